"""SPEI money that goes back: the processor asks the client for the account, and it may find none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fastoffice import transaction
from fastoffice.billing.service.verifying import verify
from fastoffice.clients.models import ClientContact
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.payments import errors
from fastoffice.payments.gateway import GatewayAway
from fastoffice.payments.models import CardRefund, Payment, ProviderDifference
from fastoffice.payments.service.online import polling, refunding, refunds_due
from tests.factories.money import MARIANA, at, within
from tests.services.test_card_payments import PAID, PROMPT, House

LAURA = "laura@guemes.mx"
OPEN_AGAIN = [("prompt", "issued", PROMPT, 0)]


@pytest.fixture
def house(app, stripe) -> House:
    """Güemes paid December's invoice by SPEI on day 3."""
    found = House(app, stripe)
    session = found.begin(at(3), "spei")
    found.do(at(3, 10, 5), stripe.show_clabe, session)
    found.do(at(3, 11), stripe.transfer, session, PROMPT)
    found.hear(at(3, 11, 1))
    assert (found.chain, found.payments[0].method) == (PAID, "spei")
    return found


def write_down(house: House, email: str) -> None:
    """The address of whoever receives Güemes' documents; the one before is gone."""
    def unit() -> None:
        db.session.execute(sa.delete(ClientContact).where(ClientContact.client_id == house.client_id))
        db.session.add(ClientContact(branch_id=house.branch_id, client_id=house.client_id, name="Laura", email=email))

    transaction.run(unit)


def order(house: House, now, amount: int = PROMPT) -> int:
    number, wanted = house.payments[0].id, refunding.RefundOrder(amount, "se canceló la oficina", "form")
    return within(house.branch, now, lambda row: refunding.order(
        row, db.session.get_one(Payment, number), wanted, MARIANA, now))


def refund(house: House, now) -> dict[str, Any]:
    """Asked for; the refund as the processor has it."""
    number = order(house, now)
    with house.stripe.at(now):
        assert refunding.send(number, now) == "pending"
    [made] = house.stripe.all("refund")
    return made


def states() -> list[str]:
    return list(db.session.scalars(sa.select(CardRefund.state)))


def told() -> list[str]:
    return list(db.session.scalars(sa.select(Notice.kind).where(Notice.subject_type == "refund").order_by(Notice.id)))


def differing() -> list[str]:
    return list(db.session.scalars(sa.select(ProviderDifference.kind).order_by(ProviderDifference.id)))


def test_the_processor_asks_the_clients_contact_for_the_account_and_then_sends_it(house) -> None:
    write_down(house, LAURA)
    made = refund(house, at(8))
    assert (made["instructions_email"], made["status"], told()) == (LAURA, "requires_action", [])
    assert house.chain == OPEN_AGAIN
    house.do(at(10), house.stripe.finish_refund, made["id"])
    house.hear(at(10, 11), duplicate=1, reverse=True)
    assert (states(), told(), differing()) == (["succeeded"], ["payment_refunded"], [])
    assert verify(house.branch_id) == []


def test_without_an_address_to_ask_nothing_is_booked(house) -> None:
    write_down(house, "")
    with pytest.raises(errors.NoEmailForRefund):
        order(house, at(8))
    assert (house.chain, states()) == (PAID, [])


def test_it_can_go_back_for_180_days(house) -> None:
    write_down(house, LAURA)
    with pytest.raises(errors.TooOldToRefund):
        order(house, at(3) + timedelta(days=181))
    assert refund(house, at(3) + timedelta(days=180))["status"] == "requires_action"


@pytest.mark.parametrize("how", [{}, {"reverse": True, "duplicate": 1}, None], ids=str)
def test_one_that_finds_no_account_lies_with_the_processor_and_pays_the_next_transfer(house, how) -> None:
    write_down(house, LAURA)
    made = refund(house, at(4))
    house.do(at(4, 12), house.stripe.finish_refund, made["id"], "canceled")
    if how is None:  # no event came: the round finds it
        with house.stripe.at(at(4, 18)):
            refunds_due.look(at(4, 18))
    else:
        house.hear(at(4, 13), **how)
    assert (states(), told(), differing()) == (["kept"], [], ["refund_kept"])
    assert house.chain == OPEN_AGAIN, "its money is in nobody's books"
    house.do(at(4, 19), house.stripe.show_clabe, house.begin(at(4, 19), "spei"))
    house.look(at(4, 21))
    assert house.chain == PAID
    assert [each.amount for each in house.payments] == [PROMPT, PROMPT]
    assert verify(house.branch_id) == []


def test_one_that_the_bank_sends_to_the_branch_is_credit_again_and_the_client_hears_of_both(house) -> None:
    write_down(house, LAURA)
    made = refund(house, at(8))
    house.do(at(9), house.stripe.finish_refund, made["id"])
    house.hear(at(9, 11))
    house.do(at(10), house.stripe.finish_refund, made["id"], "failed")
    with house.stripe.at(at(10, 11)):
        polling.poll(house.account_id, at(10, 11))
    house.hear(at(10, 12), duplicate=1, reverse=True)
    assert (states(), told()) == (["failed"], ["payment_refunded", "refund_failed"])
    assert (house.chain, differing()) == (PAID, ["refund_failed"])
    assert verify(house.branch_id) == []


def test_asked_again_after_the_contact_changed_it_is_the_same_question(house) -> None:
    write_down(house, LAURA)
    number = order(house, at(8))
    house.stripe.away = "lost"
    with pytest.raises(GatewayAway), house.stripe.at(at(8)):
        refunding.send(number, at(8))
    house.stripe.away = None
    write_down(house, "otra@guemes.mx")
    with house.stripe.at(at(8, 10, 5)):
        assert refunding.send(number, at(8, 10, 5)) == "pending"
    assert [each["instructions_email"] for each in house.stripe.all("refund")] == [LAURA]
