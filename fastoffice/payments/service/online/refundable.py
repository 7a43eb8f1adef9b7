"""What may go back through the processor, and where they ask the client for the account of a transfer."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice import clock, locale, money
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.models import CardDispute, PayAttempt, Payment
from fastoffice.payments.queries import attempts
from fastoffice.payments.rules import online as rules


def check(branch: Branch, payment: Payment, amount: int, now: datetime) -> PayAttempt:
    """The attempt that brought the payment, when `amount` of it can go back the way it came.

    Raises AlreadyReversed, NotThroughProcessor, NothingReceived, RefundTooHigh, InDispute, TooOldToRefund.
    """
    if payment.state != "received" or payment.credit is None:
        raise errors.AlreadyReversed
    attempt = attempts.of_payment(payment.id)
    if payment.method not in rules.REFUNDED or attempt is None or not attempt.intent_id:
        raise errors.NotThroughProcessor
    if amount <= 0:
        raise errors.NothingReceived
    most = payment.amount - payment.credit.refunded
    if amount > most:
        raise errors.RefundTooHigh(money.display(most, payment.currency))
    _check_dispute(payment.id)
    last = rules.last_refund_day(payment.method, clock.local_date(attempt.created_at, branch.timezone))
    if last is not None and clock.local_date(now, branch.timezone) > last:
        raise errors.TooOldToRefund(locale.date_long(last))
    return attempt


def _check_dispute(payment_id: int) -> None:
    query = sa.select(CardDispute.id).where(
        CardDispute.payment_id == payment_id, CardDispute.state.in_(rules.DISPUTE_OPEN))
    if db.session.scalar(query.limit(1)) is not None:
        raise errors.InDispute


def email_for(payment: Payment) -> str:
    """Where the processor asks for the account that a transfer goes back to; empty for a card, which they know.

    Raises NoEmailForRefund.
    """
    if payment.method != "spei":
        return ""
    people = clients.billing_contacts([payment.client_id]).get(payment.client_id, [])
    found = next((person.email for person in people if person.email), "")
    if not found:
        raise errors.NoEmailForRefund
    return str(found)
