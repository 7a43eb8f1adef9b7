"""An attempt that ends: its documents are free again, its hold is over, and if it brought money that is booked."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.billing.service import holds
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.payments.gateway import IntentState
from fastoffice.payments.models import PayAttempt
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.rules import online as rules
from fastoffice.payments.service import recording
from fastoffice.payments.service.online import cards, warning, wording

SYSTEM = audit.Actor.system()


def hold_attempt(attempt_id: int) -> PayAttempt:
    """The attempt as it is now, with its client's money, until the unit ends."""
    query = sa.select(PayAttempt.client_id).where(PayAttempt.id == attempt_id)
    clients.lock([db.session.scalars(query).one()])  # the row itself is read once it is ours: who waited sees it new
    return db.session.get_one(PayAttempt, attempt_id, with_for_update=True, populate_existing=True)


def end(attempt_id: int, state: str, error: str, now: datetime) -> None:
    """It came to nothing (failed, expired). Again, or after it was paid, without harm."""
    attempt = hold_attempt(attempt_id)
    if not rules.may_become(attempt.state, state):
        return
    attempt.state = state
    _free(attempt, now)
    attempt.error = error[:200]
    audit.record(SYSTEM, f"attempt.{state}", ("pay_attempt", attempt.id), {"error": attempt.error},
                 branch_id=attempt.branch_id)
    if attempt.kind == "autopay":
        warning.declined(attempt)


def book(attempt_id: int, intent: IntentState, now: datetime) -> None:
    """Record the money, once: the payment's key is the processor's own name for it.

    The holds end first, so that money which came after the price ended finds what is owed now.
    """
    attempt = hold_attempt(attempt_id)
    if not rules.may_become(attempt.state, "paid"):
        return
    branch = db.session.get_one(Branch, attempt.branch_id)
    _free(attempt, now)
    day = rules.value_date(intent.method, intent.charged_at or now, attempt.promised_until, branch.timezone)
    spec = PaymentSpec(
        client_id=attempt.client_id, method=intent.method, amount=intent.received, value_date=day,
        currency=intent.currency, reference=intent.card or intent.id[-20:], taken_by=wording.taken_by(branch),
        request_key=f"stripe:{intent.id}"[:64], is_online=True,
        wishes=tuple((part.invoice_id, None) for part in attempt.parts))
    payment_id = recording.record_payments(branch, [spec], SYSTEM, now)[0]
    attempt.payment_id, attempt.state, attempt.settled_at = payment_id, "paid", now
    attempt.intent_id, attempt.card, attempt.error = intent.id, intent.card, ""
    cards.keep_from(attempt, intent)
    db.session.flush()
    audit.record(SYSTEM, "attempt.paid", ("pay_attempt", attempt.id),
                 {"payment": payment_id, "amount": intent.received}, branch_id=attempt.branch_id)


def _free(attempt: PayAttempt, now: datetime) -> None:
    """Nothing waits for it any more. The hold kept the price for this money alone, and only until its promise ended:
    whatever comes later finds what the deadline made of the document at its own moment."""
    ends = now if attempt.promised_until is None else min(now, attempt.promised_until)
    attempt.next_check_at = None
    for part in attempt.parts:
        part.active = False
    db.session.flush()
    holds.release_by_source(attempt.branch_id, attempt.source, SYSTEM, ends)
