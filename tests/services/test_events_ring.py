"""Events that the processor tells by the dozen: one reading waits for them, and none is overheard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import clock, quiet_ring, schedule, transaction
from fastoffice.extensions import db, rq
from fastoffice.payments import jobs
from fastoffice.payments.models import ProviderEvent
from fastoffice.payments.service.online import events, tellers
from tests.factories.online import an_account, signed
from tests.factories.people import make_branch

NOON = datetime(2026, 12, 1, 18, tzinfo=UTC)
MARK = f"{schedule.WAITING}{events.READ.key}"


def empty() -> None:
    rq.get_queue().empty()
    rq.get_queue().connection.delete(MARK)


@pytest.fixture(autouse=True)
def queue(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing waits, before and after, and nobody rang."""
    monkeypatch.setattr(quiet_ring, "_rung", {})
    empty()
    yield
    empty()


@pytest.fixture
def public_id() -> str:
    return an_account(make_branch("PLC")).public_id


def tell(public_id: str, number: int) -> int:
    """The processor tells Polanco of something that is nothing of ours; how many readings wait then."""
    teller = tellers.read(public_id)
    assert teller is not None
    body = json.dumps({"id": f"evt_{number}", "type": "product.created", "livemode": False,
                       "data": {"object": {"id": "prod_1"}}}).encode()
    assert transaction.run(events.store, teller, events.checked(teller, body, signed(body, NOON), NOON))
    return len(rq.get_queue().jobs)


def test_one_reading_waits_however_many_events_come_and_however_far_apart(
    public_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(9))
    monkeypatch.setattr(clock, "monotonic", lambda: next(seconds))

    assert [tell(public_id, number) for number in (1, 2, 3)] == [1, 1, 1]
    rq.get_queue().connection.delete(MARK)  # a worker begins: what is told a second later comes too late for it
    assert [tell(public_id, number) for number in (4, 5)] == [2, 2]


def test_what_is_told_at_once_afterwards_is_heard_by_the_reading_that_was_asked_for(
    public_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: moment[0])
    assert tell(public_id, 1) == 1
    rq.get_queue().connection.delete(MARK)  # a worker begins

    def meanwhile(seconds: float) -> None:
        """The last instant in which a request still keeps quiet."""
        moment[0] = seconds * 0.99
        assert tell(public_id, 2) == 1

    monkeypatch.setattr(quiet_ring.time, "sleep", meanwhile)
    with clock.fixed_at(NOON):
        jobs.read_events()

    assert db.session.scalars(sa.select(ProviderEvent.state)).all() == ["ignored", "ignored"]
    moment[0] = quiet_ring.QUIET_SECONDS
    assert tell(public_id, 3) == 2, "whoever comes later asks for a reading of their own"


def test_while_the_queue_is_away_each_event_tries_it_anew(public_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def away(unit: object) -> bool:
        tried.append("rung")
        return False

    monkeypatch.setattr(schedule, "to_queue", away)
    for number in (1, 2):
        tell(public_id, number)

    assert tried == ["rung", "rung"]
