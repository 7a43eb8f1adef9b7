"""Stripe's events on a busy day: what proves itself is kept at once; all else is the page's, and counted."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError
from stripe import WebhookSignature

from fastoffice import clock, transaction
from fastoffice.blueprints.webhooks.stripe import LARGEST
from fastoffice.extensions import db, limiter
from fastoffice.payments.gateway.sealing import seal
from fastoffice.payments.models import CardAccount, ProviderEvent
from fastoffice.payments.service.online import events, tellers
from tests.factories.online import SECRET, an_account
from tests.factories.people import make_branch
from tests.web.browser import Browser

Tell = Callable[..., Any]


@pytest.fixture
def account(app: Flask) -> CardAccount:
    return an_account(make_branch("PLC"))


@pytest.fixture
def tell(client: Browser, account: CardAccount) -> Tell:
    """Stripe tells of event `number`, signed with `secret`; it told of one before, so that the account is known."""
    public_id = account.public_id

    def unit(number: int, secret: str = SECRET) -> Any:
        body = json.dumps({"id": f"evt_{number}", "type": "charge.updated", "livemode": False,
                           "data": {"object": {"id": "ch_1"}}})
        header = WebhookSignature.generate_signature_header(body, secret, int(clock.now().timestamp()))
        return client.post(f"/webhooks/stripe/{public_id}", data=body, headers={"Stripe-Signature": header})

    assert unit(0).status_code == 200
    assert tellers.remembered(public_id) is not None
    return unit


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was counted against an address."""
    hits: list[Any] = []

    def hit(item: Any, *_names: str, **_cost: int) -> bool:
        hits.append(item)
        return len(hits) < 2

    monkeypatch.setattr(limiter.limiter, "hit", hit)
    return hits


def kept() -> list[str]:
    return list(db.session.scalars(sa.select(ProviderEvent.event_id).order_by(ProviderEvent.id)))


def change(**values: Any) -> None:
    transaction.run(lambda: db.session.execute(sa.update(CardAccount).values(**values)))


def test_events_that_prove_themselves_are_never_too_many(tell: Tell, counted: list[Any]) -> None:
    assert [tell(number).status_code for number in (1, 2, 3)] == [200, 200, 200]
    assert (counted, kept()) == ([], ["evt_0", "evt_1", "evt_2", "evt_3"])


def test_who_proves_nothing_is_counted_and_then_refused_while_others_get_through(
    tell: Tell, counted: list[Any]
) -> None:
    assert [tell(number, "whsec_of_a_stranger").status_code for number in (1, 2)] == [400, 429]
    assert tell(3).status_code == 200
    assert (len(counted), kept()) == (2, ["evt_0", "evt_3"])


def test_an_event_that_is_told_again_is_answered_the_same_and_kept_once(tell: Tell) -> None:
    assert [tell(1).data, tell(1).data, tell(0).data] == [b"kept"] * 3
    assert kept() == ["evt_0", "evt_1"]


def test_a_secret_that_was_taken_back_lets_nothing_in_though_this_process_remembers_it(tell: Tell) -> None:
    change(webhook_secrets_sealed=seal(json.dumps(["whsec_new"])))

    assert (tell(1).status_code, kept()) == (400, ["evt_0"])
    assert (tell(2, "whsec_new").status_code, tell(3, "whsec_new").status_code) == (200, 200)


def test_a_new_secret_is_believed_at_once_though_this_process_remembers_the_old_one(tell: Tell) -> None:
    change(webhook_secrets_sealed=seal(json.dumps(["whsec_new", SECRET])))

    assert (tell(1, "whsec_new").status_code, tell(2).status_code) == (200, 200)


def test_an_account_that_went_live_takes_no_more_test_events(tell: Tell) -> None:
    change(livemode=True)

    assert (tell(1).status_code, kept()) == (400, ["evt_0"])


def test_nobody_is_told_that_an_event_is_kept_when_the_account_changed_in_between(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = tellers.read
    monkeypatch.setattr(tellers, "remembered", lambda _public_id: None)
    monkeypatch.setattr(tellers, "read", lambda public_id: replace(read(public_id), sealed="before it changed"))

    assert (tell(1).status_code, kept()) == (400, ["evt_0"])


def test_the_short_answer_carries_the_headers_of_every_other(tell: Tell, counted: list[Any]) -> None:
    answer = tell(1)

    assert (answer.status_code, counted) == (200, [])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert len(answer.headers["X-Request-Id"]) == 16


def test_when_the_database_refuses_the_page_says_so_and_the_event_is_sent_again(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_arguments: Any) -> bool:
        raise OperationalError("INSERT", {}, Exception("disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(events, "store", refused)
        answer = tell(1)
    assert (answer.status_code, "X-Request-Id" in answer.headers) == (500, True)
    assert (tell(1).status_code, kept()) == (200, ["evt_0", "evt_1"])


@pytest.mark.parametrize(("size", "named", "answer"), [
    (LARGEST, True, 400), (LARGEST + 1, True, 413), (LARGEST, False, 400), (LARGEST + 1, False, 413)])
def test_no_more_is_read_than_an_event_can_be(
    client: Browser, account: CardAccount, tell: Tell, size: int, named: bool, answer: int
) -> None:
    environ = {"wsgi.input_terminated": True} | ({"CONTENT_LENGTH": str(size)} if named else {})

    found = client.post(f"/webhooks/stripe/{account.public_id}", input_stream=io.BytesIO(b" " * size),
                        environ_overrides=environ, headers={"Stripe-Signature": "t=1,v1=a"})

    assert (found.status_code, kept()) == (answer, ["evt_0"])


@pytest.mark.parametrize("length", ["", "-1", "many", "9" * 5000, "²"])
def test_lengths_that_no_server_hands_over_break_nothing(
    client: Browser, account: CardAccount, tell: Tell, length: str
) -> None:
    found = client.post(f"/webhooks/stripe/{account.public_id}", data=b"{}", environ_overrides={"CONTENT_LENGTH": length})

    assert found.status_code in (400, 413)
