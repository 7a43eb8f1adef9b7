"""An attempt that ends: its documents are free again, its hold is over, and if it brought money that is booked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from fastoffice import audit, bulk
from fastoffice.billing.service import holds
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.payments.gateway import IntentState
from fastoffice.payments.models import PayAttempt, PayAttemptPart
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.rules import online as rules
from fastoffice.payments.service import recording
from fastoffice.payments.service.online import cards, warning, wording

SYSTEM = audit.Actor.system()
Listener = Callable[[Branch, Mapping[int, int], datetime], object]  # branch, payment by document, now
_listeners: list[Listener] = []


def also(listener: Listener) -> None:
    """Let others hear of money in the unit that books it; again without harm. What they raise undoes the unit."""
    if listener not in _listeners:
        _listeners.append(listener)


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
    _free([attempt], now)
    attempt.state, attempt.error, attempt.next_check_at = state, error[:200], None
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
    paid = {part.invoice_id: payment_id for attempt, payment_id in zip(found, payment_ids, strict=True)
            for part in attempt.parts}
    _settle(zip(found, payment_ids, strict=True), told, now)
    for listener in _listeners:
        listener(branch, paid, now)


def _spec(branch: Branch, attempt: PayAttempt, intent: IntentState, now: datetime) -> PaymentSpec:
    day = rules.value_date(intent.method, intent.charged_at or now, attempt.promised_until, branch.timezone)
    return PaymentSpec(
        client_id=attempt.client_id, method=intent.method, amount=intent.received, value_date=day,
        currency=intent.currency, reference=intent.card or intent.id[-20:], taken_by=wording.taken_by(branch),
        request_key=rules.payment_key(intent.id), is_online=True,
        wishes=tuple((part.invoice_id, None) for part in attempt.parts))


def _settle(paid: Iterable[tuple[PayAttempt, int]], told: Mapping[int, IntentState], now: datetime) -> None:
    """Note which payment each attempt brought. In one statement: their versions are ours as long as we hold them."""
    rows = []
    for attempt, payment_id in paid:
        intent = told[attempt.id]
        rows.append({"id": attempt.id, "state": "paid", "payment_id": payment_id, "settled_at": now, "error": "",
                     "intent_id": intent.id, "card": intent.card, "next_check_at": None,
                     "version": attempt.version + 1})
        cards.keep_from(attempt, intent)
        audit.record(SYSTEM, "attempt.paid", ("pay_attempt", attempt.id),
                     {"payment": payment_id, "amount": intent.received}, branch_id=attempt.branch_id)
        db.session.expire(attempt)
    bulk.update(PayAttempt, rows)


def _free(found: Sequence[PayAttempt], now: datetime) -> None:
    """Nothing waits for them any more. A hold kept the price for this money alone, and only until its promise ended:
    whatever comes later finds what the deadline made of the document at its own moment."""
    db.session.execute(sa.update(PayAttemptPart).where(
        PayAttemptPart.attempt_id.in_([attempt.id for attempt in found])).values(active=False))
    holds.release_by_sources(found[0].branch_id, {
        attempt.source: min(now, attempt.promised_until or now) for attempt in found}, SYSTEM)
