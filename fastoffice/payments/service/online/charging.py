"""Charging a kept card: one touch, or by itself. No page, so it is over in one call.

Asked once. When no answer came we look whether it went through; it is never asked again, because the price that it
was asked for may have ended meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fastoffice import audit, clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments.gateway import ChargeRequest, Gateway, GatewayRefused, IntentState
from fastoffice.payments.models import CardAccount, PayAttempt, PayAttemptPart, SavedCard
from fastoffice.payments.rules import online as rules
from fastoffice.payments.service.online import accounts, cards, ending, outcomes, wording
from fastoffice.payments.service.online.outcomes import Outcome

SURELY_OVER = timedelta(minutes=2)  # no call of ours takes longer
SLIP = timedelta(minutes=5)  # between their clock and ours
UNANSWERED = "unanswered"
SYSTEM = audit.Actor.system()
BANK_ASKS = ("authentication_required", "requires_action")  # their words for: the holder has to confirm it


@dataclass(frozen=True, slots=True)
class _Known:
    state: str
    key: str
    intent_id: str | None
    created_at: datetime
    gateway: Gateway


def is_charge(attempt_id: int) -> bool:
    """Whether an attempt charges a kept card."""
    kind = db.session.scalar(sa.select(PayAttempt.kind).where(PayAttempt.id == attempt_id))
    db.session.rollback()
    return kind != "checkout"


def charge(attempt_id: int) -> str:
    """Charge, and write what came of it; the state. Raises GatewayAway (it is looked after), GatewayRefused."""
    attempt = db.session.get_one(PayAttempt, attempt_id, populate_existing=True)
    if attempt.state != "created":
        return attempt.state
    wanted, gateway = _request(attempt), accounts.gateway(db.session.get_one(CardAccount, attempt.account_id))
    db.session.rollback()
    try:
        intent = gateway.charge(wanted)
    except GatewayRefused as refusal:
        transaction.run(_refused, attempt_id, refusal.code)
        raise
    return transaction.run(outcomes.write, _outcome(attempt_id, intent), clock.now())


def _refused(attempt_id: int, code: str) -> None:
    now = clock.now()
    ending.end(attempt_id, "failed", code, now)
    if code == GatewayRefused.UNKNOWN:
        attempt = db.session.get_one(PayAttempt, attempt_id)
        cards.take_out_of_use(db.session.get_one(SavedCard, attempt.saved_card_id), SYSTEM, now)


def _request(attempt: PayAttempt) -> ChargeRequest:
    card = db.session.get_one(SavedCard, attempt.saved_card_id)
    branch = db.session.get_one(Branch, attempt.branch_id)
    numbers = db.session.scalars(sa.select(Invoice.number).join(
        PayAttemptPart, PayAttemptPart.invoice_id == Invoice.id).where(PayAttemptPart.attempt_id == attempt.id))
    return ChargeRequest(attempt.key, attempt.amount, attempt.currency, card.customer_id, card.method_id,
                         " · ".join(wording.line(str(number), branch.language) for number in numbers))


def ask(attempt_id: int, now: datetime) -> Outcome:
    """What became of a charge. Raises GatewayAway."""
    known = _read(attempt_id)
    if known.state == "paid":
        return Outcome(attempt_id, "paid")
    intent = known.gateway.intent(known.intent_id) if known.intent_id else known.gateway.find(
        known.key, known.created_at - SLIP)
    if intent is not None:
        return _outcome(attempt_id, intent)
    if known.state in rules.UNDER_WAY and now - known.created_at >= SURELY_OVER:
        return Outcome(attempt_id, "failed", error=UNANSWERED)
    return Outcome(attempt_id, known.state)


def _read(attempt_id: int) -> _Known:
    attempt = db.session.get_one(PayAttempt, attempt_id, populate_existing=True)
    account = db.session.get_one(CardAccount, attempt.account_id)
    known = _Known(attempt.state, attempt.key, attempt.intent_id, attempt.created_at, accounts.gateway(account))
    db.session.rollback()
    return known


def _outcome(attempt_id: int, intent: IntentState) -> Outcome:
    state = {"succeeded": "paid", "processing": "processing"}.get(intent.status, "failed")
    return Outcome(attempt_id, state, None, intent, intent.error or intent.status)
