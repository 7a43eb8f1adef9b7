"""Money of a guest that goes back: through the processor, the way it came."""

from __future__ import annotations

import logging
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit, work_queue
from fastoffice.billing.models import Credit
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.guests.models import GuestBooking
from fastoffice.payments.models import PayAttempt, Payment
from fastoffice.payments.service.online import differences, refunding

log = logging.getLogger(__name__)


def give_back(branch: Branch, row: GuestBooking, reason: str, actor: audit.Actor, now: datetime) -> int:
    """Ask for the refund of what is left of the payment; how much the guest gets back (minor units). It is sent after
    the unit.

    What cannot go back the way it came (paid at the desk, in dispute) stays the client's credit: staff give it back.
    """
    if row.payment_id is None:
        return 0
    payment = db.session.get_one(Payment, row.payment_id)
    credit = db.session.get_one(Credit, payment.credit_id, populate_existing=True)
    left = int(credit.amount - credit.applied - credit.refunded)
    if left <= 0:
        return 0
    try:
        with db.session.begin_nested():
            refund_id = refunding.order(branch, payment, refunding.RefundOrder(
                left, reason, f"guest-{row.id}"), actor, now)
    except Refusal as why:
        log.warning("guest booking %s: %s of payment %s stays credit: %s", row.id, left, payment.id, why)
        audit.record(actor, "guest.credit_left", ("booking", row.booking_id), {"amount": left}, branch_id=branch.id)
        return left
    work_queue.ring("fastoffice.guests.jobs.send_refund", refund_id)
    return left


def tell_staff(branch: Branch, row: GuestBooking, now: datetime) -> None:
    """A person of the branch sees that a guest paid for nothing, until they have looked at it."""
    attempt = db.session.scalar(sa.select(PayAttempt).where(PayAttempt.payment_id == row.payment_id).limit(1))
    if attempt is not None and attempt.intent_id:
        differences.note(attempt.account_id, branch.id, "guest_too_late", attempt.intent_id, attempt.amount,
                         attempt.currency, now)
