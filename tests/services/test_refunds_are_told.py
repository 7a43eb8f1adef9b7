"""Money that goes back is told once, in whatever order the processor speaks; what came to nothing is told to those
who had heard of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.service.verifying import verify
from fastoffice.extensions import db
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.notifications.preview import message_of
from fastoffice.notifications.sending import send_due
from fastoffice.payments import service as payments
from fastoffice.payments.models import Refund
from fastoffice.payments.queries import page
from fastoffice.payments.service import RefundSpec, refund_notices
from fastoffice.payments.service.online import refunding
from tests.factories.money import MARIANA, at, pay, within
from tests.services.test_card_refunds import FULL, guemes, order, paid, polanco, processor, refund

__all__ = ["guemes", "paid", "polanco", "processor"]
PART = 200_000


def told() -> list[tuple[str, str]]:
    """(kind, state) of each message about refunds."""
    query = sa.select(Notice.kind, Delivery.state).join(Delivery, Delivery.notice_id == Notice.id).where(
        Notice.subject_type == "refund").order_by(Notice.id)
    return [(row.kind, row.state) for row in db.session.execute(query)]


def send(now: datetime) -> None:
    with clock.fixed_at(now):
        send_due(now)


def turn(processor: Any, number: int, *statuses: str, now: datetime) -> None:
    """The processor speaks of our refund, in this order."""
    [ours] = processor.refunds.values()
    account_id = db.session.scalar(sa.select(refunding.CardRefund.account_id).filter_by(id=number))
    for status in statuses:
        processor.turn(status)
        with clock.fixed_at(now):
            transaction.run(refunding.told, account_id, processor.refunds[ours.reference], now)


@pytest.mark.parametrize("statuses", [
    ("succeeded",), ("pending", "succeeded", "succeeded"), ("succeeded", "pending", "requires_action", "succeeded")])
def test_the_client_gets_one_mail_when_the_money_is_on_its_way(polanco, paid, processor, statuses) -> None:
    processor.status = "pending"
    done = refund(polanco, paid, PART)
    assert told() == []
    turn(processor, done.id, *statuses, now=at(4))
    send(at(4, 11))
    assert told() == [("payment_refunded", "sent")]
    assert [row.notice.kind for row in page(paid).deliveries] == ["payment_receipt", "payment_refunded"]


def test_the_mail_says_how_much_how_and_why_in_the_clients_language(polanco, paid, processor) -> None:
    refund(polanco, paid, PART)
    delivery = db.session.scalars(sa.select(Delivery).join(Notice).where(Notice.kind == "payment_refunded")).one()
    text = message_of(delivery).text
    for words in ("$2,000.00", "a la tarjeta Visa ·· 4242", "se canceló la sala", "PLC-000001", "/pay/"):
        assert words in text, words
    assert "{" not in text


def test_one_that_fails_before_anybody_heard_of_it_is_staffs_business_alone(polanco, paid, processor) -> None:
    processor.status = "pending"
    done = refund(polanco, paid, PART)
    turn(processor, done.id, "failed", "succeeded", now=at(4))
    assert told() == []


def test_one_that_the_bank_sends_back_is_told_to_who_had_heard_of_it(polanco, paid, processor) -> None:
    done = refund(polanco, paid, PART)
    send(at(3, 11))
    turn(processor, done.id, "failed", "failed", now=at(6))
    send(at(6, 11))
    assert told() == [("payment_refunded", "sent"), ("refund_failed", "sent")]


def test_a_mail_that_had_not_left_yet_never_leaves_and_neither_does_the_second_one(polanco, paid, processor) -> None:
    done = refund(polanco, paid, PART)
    turn(processor, done.id, "failed", now=at(6))
    send(at(6, 11))
    assert told() == [("payment_refunded", "cancelled"), ("refund_failed", "cancelled")]


def test_two_parts_are_two_mails(polanco, paid, processor) -> None:
    for name in ("one", "two"):
        refund(polanco, paid, PART, key=name)
    assert [kind for kind, _state in told()] == ["payment_refunded"] * 2


def test_credit_that_staff_give_back_by_hand_is_told_once_too(polanco, guemes) -> None:
    payment = pay(polanco, guemes, FULL + PART, at(2))
    spec = RefundSpec(PART, "cash", at(3).date(), "pagó de más", request_key="form")
    for _twice in range(2):
        within(polanco, at(3), lambda row: payments.refund_credit(row, payment.credit, spec, MARIANA, at(3)))
    assert (told(), db.session.scalar(sa.select(sa.func.count()).select_from(Refund))) == (
        [("payment_refunded", "queued")], 1)


def test_a_refund_that_was_only_booked_is_not_told(polanco, paid, processor) -> None:
    order(polanco, paid, PART)
    assert told() == []


def test_the_ledger_misses_a_message_that_was_never_owed(polanco, paid, processor, monkeypatch) -> None:
    monkeypatch.setattr(refund_notices, "owe", lambda _refund: None)
    done = refund(polanco, paid, PART)
    assert verify(polanco.id) == [f"payments: refund {done.refund_id} has no notice"]
