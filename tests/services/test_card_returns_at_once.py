"""Two managers, two workers and the deadline at the same moment: what goes back goes back once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.service import cycle
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.models import CardDispute, CardRefund, Payment, Refund
from fastoffice.payments.service.online import accounts, disputes, refunding
from tests.factories.money import MARIANA, at, chain, invoices_of
from tests.factories.online import paid_online
from tests.services.test_card_refunds import FULL, INTENT, Processor, dispute
from tests.services.test_payments_at_once import at_once, client_of, polanco

__all__ = ["polanco"]


@pytest.fixture
def paid(polanco) -> int:
    """Güemes paid December by card; the payment's id."""
    branch = db.session.get_one(Branch, polanco)
    payment = paid_online(branch, invoices_of(client_of(polanco))[0], at(2), intent_id=INTENT)
    number = payment.id
    db.session.rollback()
    return number


def order(branch_id: int, payment_id: int, key: str) -> int:
    def unit() -> int:
        return refunding.order(db.session.get_one(Branch, branch_id), db.session.get_one(Payment, payment_id),
                               refunding.RefundOrder(FULL, "se canceló", key), MARIANA, at(3))

    with clock.fixed_at(at(3)):
        return transaction.run(unit)


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_two_managers_give_the_same_money_back_once(committed_app, polanco, paid) -> None:
    results = at_once(committed_app, lambda: order(polanco, paid, "one"), lambda: order(polanco, paid, "two"))
    assert sorted(type(each) for each in results if not isinstance(each, int)) == [errors.RefundTooHigh]
    assert (count(Refund), count(CardRefund)) == (1, 1)
    assert verify(polanco) == []


def test_two_workers_that_hear_of_one_refund_write_it_once(committed_app, polanco, paid, monkeypatch) -> None:
    processor = Processor(status="failed")
    monkeypatch.setattr(accounts, "gateway", lambda _account: processor)
    number = order(polanco, paid, "one")
    db.session.rollback()

    def send() -> str:
        with clock.fixed_at(at(3)):
            return refunding.send(number, at(3))

    assert at_once(committed_app, send, send) == ["failed", "failed"]
    assert chain(client_of(polanco)) == [("prompt", "paid", FULL, FULL)]
    assert verify(polanco) == []


def test_a_lost_dispute_told_twice_while_the_deadline_acts_is_one_reversal(committed_app, polanco, paid) -> None:
    account_id = accounts.of_branch(polanco).id
    db.session.rollback()

    def hear() -> None:
        with clock.fixed_at(at(10)):
            transaction.run(disputes.told, account_id, dispute("lost"), at(10))

    def close() -> None:
        with clock.fixed_at(at(10)):
            cycle.close_branch(polanco, MARIANA, at(10))

    assert at_once(committed_app, hear, close, hear) == [None, None, None]
    assert db.session.scalars(sa.select(CardDispute.state)).all() == ["lost"]
    assert db.session.get_one(Payment, paid).state == "reversed"
    assert chain(client_of(polanco))[0][3] == 0
    assert verify(polanco) == []
