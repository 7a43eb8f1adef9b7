"""Refunds and disputes with the double of Stripe: what is asked, what is told, and that it ends in the same books."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fastoffice.billing.service.verifying import verify
from fastoffice.extensions import db
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.gateway.sealing import seal
from fastoffice.payments.models import CardAccount, CardDispute, CardRefund, Payment, ProviderDifference
from fastoffice.payments.service.online import accounts, disputes, polling, refunding, refunds_due
from tests.factories.money import MARIANA, at, within
from tests.services.test_card_payments import PAID, PROMPT, House

OPEN_AGAIN = [("prompt", "issued", PROMPT, 0)]


@pytest.fixture
def house(app, stripe) -> House:
    """Güemes paid December's invoice by card on day 3."""
    found = House(app, stripe)
    session = found.begin(at(3))
    found.do(at(3, 10, 5), stripe.pay, session)
    found.hear(at(3, 10, 6))
    assert found.chain == PAID
    return found


def order(house: House, amount: int, now, key: str = "form") -> int:
    [payment] = house.payments
    number, wanted = payment.id, refunding.RefundOrder(amount, "se canceló", key)
    return within(house.branch, now, lambda row: refunding.order(
        row, db.session.get_one(Payment, number), wanted, MARIANA, now))


def send(house: House, number: int, now) -> str:
    with house.stripe.at(now):
        return refunding.send(number, now)


def states() -> list[str]:
    return list(db.session.scalars(sa.select(CardRefund.state).order_by(CardRefund.id)))


def test_the_branchs_key_is_known(house) -> None:
    assert accounts.check(house.branch_id) == "ok"
    house.stripe.away = "500"
    assert accounts.check(house.branch_id) == "away"


def test_all_of_it_goes_back_in_two_parts(house) -> None:
    for part in (100_000, PROMPT - 100_000):
        assert send(house, order(house, part, at(4), f"form {part}"), at(4)) == "succeeded"
    house.hear(at(4, 11), duplicate=1, reverse=True)
    assert house.chain == OPEN_AGAIN
    assert [each["amount"] for each in house.stripe.all("refund")] == [100_000, PROMPT - 100_000]
    assert db.session.scalars(sa.select(ProviderDifference.kind)).all() == []
    assert verify(house.branch_id) == []


@pytest.mark.parametrize("away", ["500", "drop", "lost", "429"])
def test_whatever_is_lost_on_the_way_it_is_one_refund(house, away) -> None:
    number = order(house, PROMPT, at(4))
    house.stripe.away = away
    with pytest.raises(GatewayAway):
        send(house, number, at(4))
    assert states() == ["created"]
    house.stripe.away = None
    with house.stripe.at(at(6)):  # the processor forgot the key after a day
        refunds_due.look(at(6))
    house.hear(at(6, 11))
    assert (states(), len(house.stripe.all("refund"))) == (["succeeded"], 1)
    assert verify(house.branch_id) == []


def test_one_that_the_bank_sends_back_pays_the_invoice_again(house) -> None:
    send(house, order(house, PROMPT, at(4)), at(4))
    [refund] = house.stripe.all("refund")
    house.do(at(5), house.stripe.finish_refund, refund["id"], "failed")
    house.hear(at(5, 11), duplicate=2, reverse=True)
    assert states() == ["failed"]
    assert house.chain == PAID
    assert db.session.scalars(sa.select(ProviderDifference.kind)).all() == ["refund_failed"]
    assert verify(house.branch_id) == []


def test_one_that_was_made_in_the_dashboard_waits_for_a_person(house) -> None:
    stripe_api = accounts.gateway(accounts.of_branch(house.branch_id))._stripe
    intent = house.attempt.intent_id
    with house.stripe.at(at(4)):
        stripe_api.v1.refunds.create({"payment_intent": intent, "amount": 5_000})
        polling.poll(house.account_id, at(4))
    house.hear(at(4, 11))
    assert db.session.scalars(sa.select(ProviderDifference.kind)).all() == ["unknown_refund"]
    assert house.chain == PAID


@pytest.mark.parametrize("outcome", ["won", "lost"])
@pytest.mark.parametrize("told", [True, False])
def test_a_dispute_is_opened_and_decided(house, outcome, told) -> None:
    intent = house.attempt.intent_id
    house.do(at(8), house.stripe.dispute, intent)
    if told:
        house.hear(at(8, 11), duplicate=1)
        assert db.session.scalars(sa.select(CardDispute.state)).all() == ["needs_response"]
        assert house.chain == PAID
    house.do(at(20), house.stripe.dispute, intent, outcome)
    with house.stripe.at(at(20, 11)):
        polling.poll(house.account_id, at(20, 11))
    house.hear(at(20, 12), reverse=True)
    assert db.session.scalars(sa.select(CardDispute.state)).all() == [outcome]
    assert house.chain[0] == (PAID if outcome == "won" else OPEN_AGAIN)[0]
    assert house.payments[0].state == ("received" if outcome == "won" else "reversed")
    assert verify(house.branch_id) == []


def test_an_event_that_can_not_be_read_is_shown_to_a_person(house, monkeypatch) -> None:
    def refuse(*_args: object) -> None:
        raise GatewayRefused("resource_missing")

    monkeypatch.setattr(disputes, "sync", refuse)
    house.do(at(8), house.stripe.dispute, house.attempt.intent_id)
    house.hear(at(8, 11), only=["charge.dispute.created"])
    assert db.session.scalars(sa.select(ProviderDifference.kind)).all() == ["unread_event"]


def test_a_dispute_that_is_heard_of_before_its_payment_books_the_payment_first(app, stripe) -> None:
    found = House(app, stripe)
    session = found.begin(at(3))
    found.do(at(3, 10, 5), stripe.pay, session)
    found.do(at(3, 12), stripe.dispute, stripe.all("payment_intent")[0]["id"])
    found.hear(at(3, 13), only=["charge.dispute.created"])
    assert found.chain == PAID
    assert db.session.scalars(sa.select(CardDispute.payment_id)).all() == [found.payments[0].id]
    assert db.session.scalars(sa.select(ProviderDifference.kind)).all() == []


def test_a_branch_that_changed_its_account_is_compared_and_what_the_new_one_lacks_is_shown(house) -> None:
    house.do(at(8), house.stripe.dispute, house.attempt.intent_id)
    house.hear(at(8, 11))
    account = db.session.get_one(CardAccount, house.account_id)
    account.secret_key_sealed = seal("sk_test_another000000000000000")
    db.session.commit()
    house.do(at(9, 3), polling.poll, house.account_id, at(9, 3))
    assert account.polled_at == at(9, 3)
    assert db.session.scalars(sa.select(ProviderDifference.kind)).all() == ["missing_money"]
