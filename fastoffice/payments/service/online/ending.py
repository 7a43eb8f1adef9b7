"""An attempt that ends: its documents are free again, its hold is over, and if it brought money that is booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

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
    return hold_attempts([attempt_id])[0]


def hold_attempts(ids: Sequence[int]) -> Sequence[PayAttempt]:
    """Attempts as they are now, in order of id, with their clients' money, until the unit ends."""
    clients.lock(list(db.session.scalars(sa.select(PayAttempt.client_id).where(PayAttempt.id.in_(ids)))))
    query = sa.select(PayAttempt).where(PayAttempt.id.in_(ids)).order_by(PayAttempt.id)  # read once they are ours
    return db.session.scalars(query.options(selectinload(PayAttempt.parts)).with_for_update().execution_options(
        populate_existing=True)).all()


def end(attempt_id: int, state: str, error: str, now: datetime) -> None:
    """It came to nothing (failed, expired). Again, or after it was paid, without harm."""
    attempt = hold_attempt(attempt_id)
    if not rules.may_become(attempt.state, state):
        return
    attempt.state = state
    _free([attempt], now)
    attempt.error = error[:200]
    audit.record(SYSTEM, f"attempt.{state}", ("pay_attempt", attempt.id), {"error": attempt.error},
                 branch_id=attempt.branch_id)
    if attempt.kind == "autopay":
        warning.declined(attempt)


def book(attempt_id: int, intent: IntentState, now: datetime) -> None:
    """Record the money of one attempt, once."""
    book_many({attempt_id: intent}, now)


def book_many(told: Mapping[int, IntentState], now: datetime) -> None:
    """Record the money of attempts of one branch, each once: the payment's key is the processor's own name for it.

    The holds end first, so that money which came after the price ended finds what is owed now.
    """
    found = [attempt for attempt in hold_attempts(list(told)) if rules.may_become(attempt.state, "paid")]
    if not found:
        return
    branch = db.session.get_one(Branch, found[0].branch_id)
    _free(found, now)
    payment_ids = recording.record_payments(
        branch, [_spec(branch, attempt, told[attempt.id], now) for attempt in found], SYSTEM, now)
    for attempt, payment_id in zip(found, payment_ids, strict=True):
        _settle(attempt, payment_id, told[attempt.id], now)
    db.session.flush()


def _spec(branch: Branch, attempt: PayAttempt, intent: IntentState, now: datetime) -> PaymentSpec:
    day = rules.value_date(intent.method, intent.charged_at or now, attempt.promised_until, branch.timezone)
    return PaymentSpec(
        client_id=attempt.client_id, method=intent.method, amount=intent.received, value_date=day,
        currency=intent.currency, reference=intent.card or intent.id[-20:], taken_by=wording.taken_by(branch),
        request_key=f"stripe:{intent.id}"[:64], is_online=True,
        wishes=tuple((part.invoice_id, None) for part in attempt.parts))


def _settle(attempt: PayAttempt, payment_id: int, intent: IntentState, now: datetime) -> None:
    attempt.payment_id, attempt.state, attempt.settled_at = payment_id, "paid", now
    attempt.intent_id, attempt.card, attempt.error = intent.id, intent.card, ""
    cards.keep_from(attempt, intent)
    audit.record(SYSTEM, "attempt.paid", ("pay_attempt", attempt.id),
                 {"payment": payment_id, "amount": intent.received}, branch_id=attempt.branch_id)


def _free(found: Sequence[PayAttempt], now: datetime) -> None:
    """Nothing waits for them any more. A hold kept the price for this money alone, and only until its promise ended:
    whatever comes later finds what the deadline made of the document at its own moment."""
    for attempt in found:
        attempt.next_check_at = None
        for part in attempt.parts:
            part.active = False
    db.session.flush()
    holds.release_by_sources(found[0].branch_id, {
        attempt.source: min(now, attempt.promised_until or now) for attempt in found}, SYSTEM)
