"""The first of the month: many clients pay at once, and a worker books what the processor told it in portions."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fastoffice.billing.service.verifying import verify
from fastoffice.extensions import db
from fastoffice.payments.gateway import IntentState
from fastoffice.payments.models import PayAttempt, Payment, ProviderEvent
from fastoffice.payments.service.online import outcomes, reading, syncing
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at, invoices_of, issue_month
from tests.factories.online import an_attempt
from tests.factories.people import make_branch
from tests.services.test_card_payments import PROMPT, House


@pytest.fixture
def polanco(app):
    """A branch where three clients have a month to pay, and a page open for it."""
    branch = make_branch("PLC")
    people = [make_client(branch, name) for name in ("Cafés de Chiapas", "Despacho Gómez", "Imprenta Luz")]
    for client in people:
        make_contract(client)
    issue_month(branch)
    return branch, [an_attempt(branch, invoices_of(client.id)[0], at(2)) for client in people]


def paid(attempt: PayAttempt, moment=None) -> outcomes.Outcome:
    return outcomes.Outcome(attempt.id, "paid", intent=IntentState(
        f"pi_{attempt.id}", "succeeded", attempt.amount, attempt.amount, "MXN", moment or at(3), "card",
        "Visa ·· 4242", attempt.key, ""))


def test_three_clients_are_booked_together_each_once(polanco) -> None:
    branch, attempts = polanco
    told = [paid(attempt) for attempt in attempts]
    assert outcomes.write_all(told + told[:1], at(3)) == {}
    assert outcomes.write_all(told, at(3, 11)) == {}
    assert {(attempt.state, attempt.card, attempt.payment_id is None, attempt.parts[0].active)
            for attempt in map(_again, attempts)} == {("paid", "Visa ·· 4242", False, False)}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 3
    assert verify(branch.id) == []


def test_one_that_cannot_be_booked_yet_does_not_hold_up_the_others(polanco) -> None:
    branch, attempts = polanco
    early = attempts[1]
    told = [paid(attempt, at(4) if attempt is early else at(3)) for attempt in attempts]  # their clock is a day ahead
    assert outcomes.write_all(told, at(3)) == {early.id: "DateInFuture"}
    assert [_again(attempt).state for attempt in attempts] == ["paid", "open", "paid"]
    assert outcomes.write_all(told, at(4)) == {}
    assert _again(early).state == "paid"
    assert verify(branch.id) == []


def _again(attempt: PayAttempt) -> PayAttempt:
    return db.session.get_one(PayAttempt, attempt.id, populate_existing=True)


def test_all_that_is_told_of_one_payment_is_asked_once(app, stripe, monkeypatch) -> None:
    house = House(app, stripe)
    house.do(at(3, 10, 5), stripe.pay, house.begin(at(3)))
    asked = []
    monkeypatch.setattr(syncing, "ask", lambda key, now, ask=syncing.ask: asked.append(key) or ask(key, now))
    house.hear(at(3, 10, 6))
    told = db.session.scalar(sa.select(sa.func.count()).select_from(ProviderEvent).filter_by(state="done"))
    assert (len(asked), told > 2, house.chain[0][3]) == (1, True, PROMPT)


def test_an_event_that_we_fail_at_is_tried_again_and_the_others_are_read(app, stripe, monkeypatch) -> None:
    house = House(app, stripe)
    session = house.begin(at(3))
    house.do(at(3, 10, 5), stripe.pay, session)
    house.hear(at(3, 10, 6))
    house.do(at(3, 10, 7), stripe.dispute, house.attempt.intent_id)
    house.do(at(3, 10, 7), stripe.dispute, house.attempt.intent_id)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(reading.disputes, "sync", broken)
        house.hear(at(3, 10, 8))
    states = sa.select(ProviderEvent.state, ProviderEvent.error).where(ProviderEvent.type == "charge.dispute.created")
    assert set(map(tuple, db.session.execute(states))) == {("new", "ZeroDivisionError")}
    house.hear(at(3, 10, 10))
    assert {state for state, _error in db.session.execute(states)} == {"done"}
