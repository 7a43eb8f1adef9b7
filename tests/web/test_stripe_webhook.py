"""Strangers and broken machines at the address that Stripe calls: refused in a word, never a fault of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from stripe import WebhookSignature

from fastoffice import clock
from fastoffice.extensions import db
from fastoffice.payments.models import CardAccount, ProviderEvent
from tests.factories.online import SECRET, an_account
from tests.factories.people import make_branch
from tests.web.browser import Browser

EVENT: dict[str, Any] = {"id": "evt_1", "type": "charge.updated", "livemode": False, "data": {"object": {"id": "ch_1"}}}


@pytest.fixture
def address(app: object) -> str:
    return f"/webhooks/stripe/{an_account(make_branch('PLC')).public_id}"


def signed(body: bytes, stamp: str = "") -> str:
    moment = int(clock.now().timestamp())
    header: str = WebhookSignature.generate_signature_header(body.decode(), SECRET, moment)
    return header.replace(f"t={moment}", f"t={moment}{stamp}", 1)


def kept() -> int:
    return db.session.scalar(sa.select(sa.func.count(ProviderEvent.id))) or 0


def test_an_event_in_order_is_kept(client: Browser, address: str) -> None:
    body = json.dumps(EVENT).encode()

    assert client.post(address, data=body, headers={"Stripe-Signature": signed(body)}).status_code == 200
    assert kept() == 1


@pytest.mark.parametrize("header", [
    "", "nonsense", "t=,v1=", "t=1,v1=\xe9", "t=9" + "9" * 5000 + ",v1=a", "t=1=2=3,v1=a", "t=\xb2,v1=a", "v1=a"])
def test_a_forged_signature_is_refused_however_odd(client: Browser, address: str, header: str) -> None:
    answer = client.post(address, data=json.dumps(EVENT), headers={"Stripe-Signature": header})

    assert (answer.status_code, kept()) == (400, 0)


@pytest.mark.parametrize("body", [
    b"", b"[]", b"null", b"{}", b'{"id": 1}', b"[" * 5000, json.dumps({**EVENT, "data": []}).encode(),
    json.dumps({**EVENT, "data": {"object": "x"}}).encode(), json.dumps({**EVENT, "livemode": "false"}).encode(),
    json.dumps({**EVENT, "livemode": True}).encode(), json.dumps({**EVENT, "id": "evt\0"}).encode(),
    json.dumps({**EVENT, "type": "a\ud800"}).encode(),
    json.dumps(EVENT).encode("utf-16-le")])
def test_what_is_signed_and_still_no_event_is_refused(client: Browser, address: str, body: bytes) -> None:
    answer = client.post(address, data=body, headers={"Stripe-Signature": signed(body)})

    assert (answer.status_code, kept()) == (400, 0)


def test_bytes_that_are_no_text_and_bodies_without_end_are_refused(client: Browser, address: str) -> None:
    assert client.post(address, data=b"\xff\xfe", headers={"Stripe-Signature": "t=1,v1=a"}).status_code == 400
    assert client.post(address, data=b" " * 600_000, headers={"Stripe-Signature": "t=1,v1=a"}).status_code == 413
    assert client.post("/webhooks/stripe/%00", data=b"{}").status_code == 404
    assert client.post("/webhooks/stripe/%ff", data=b"{}").status_code == 404


def test_a_moment_written_otherwise_than_stripe_does_is_refused(client: Browser, address: str) -> None:
    body = json.dumps(EVENT).encode()

    assert client.post(address, data=body, headers={"Stripe-Signature": signed(body, "=x")}).status_code == 400


def test_while_the_secrets_cannot_be_read_nothing_is_believed(client: Browser, address: str) -> None:
    db.session.execute(sa.update(CardAccount).values(webhook_secrets_sealed="sealed under another key"))
    body = json.dumps(EVENT).encode()

    assert client.post(address, data=body, headers={"Stripe-Signature": signed(body)}).status_code == 400
