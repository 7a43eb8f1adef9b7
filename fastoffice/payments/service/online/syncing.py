"""What the processor says now becomes what we say. Whoever rings (page, event, tick, poll), it is read again.

No unit is open while the processor is asked; what is written afterwards may be written twice, late, in any order.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from fastoffice import transaction
from fastoffice.extensions import db
from fastoffice.payments.gateway import Gateway, GatewayRefused, SessionState
from fastoffice.payments.models import CardAccount, PayAttempt
from fastoffice.payments.rules import online as rules
from fastoffice.payments.service.online import accounts, charging, ending, opening, outcomes, transfers
from fastoffice.payments.service.online.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class _Known:
    state: str
    session_id: str | None
    intent_id: str | None
    is_over: bool
    is_late: bool
    keeps_price: bool
    gateway: Gateway
    question: opening.Question | None


def sync(attempt_id: int, now: datetime) -> str:
    """Bring an attempt up to date and answer its state; at the end of its price its page is closed first.

    Raises GatewayAway: nothing is known then, and nothing changes.
    """
    found = ask(attempt_id, now)
    return transaction.run(outcomes.write, found, now) if found.is_news else found.state


def ask(attempt_id: int, now: datetime) -> Outcome:
    """How an attempt stands at the processor; its page is closed at the end of its price. Raises GatewayAway."""
    try:
        return charging.ask(attempt_id, now) if charging.is_charge(attempt_id) else _ask(attempt_id, now)
    except GatewayRefused as refusal:
        if refusal.code != GatewayRefused.UNKNOWN:
            raise
        return Outcome(attempt_id, "expired", error=refusal.code)  # nothing of this account is paid with it any more


def _ask(attempt_id: int, now: datetime) -> Outcome:
    known = _read(attempt_id, now)
    session = None if known.state == "paid" else _session(attempt_id, known)
    if session is None:
        return Outcome(attempt_id, "paid" if known.state == "paid" else "failed")
    if known.is_over and session.status == "open":
        session = known.gateway.expire(session.id)
    intent_id = session.intent_id or known.intent_id
    intent = known.gateway.intent(intent_id) if intent_id else None
    if intent is not None and not known.keeps_price:
        intent = transfers.used(known.gateway, intent)
        if intent.left and known.is_late:
            intent = replace(intent, status="canceled")  # they keep it open, but nothing pays it without us
    state = rules.outcome(session.status, intent.status if intent else None)
    return Outcome(attempt_id, state, session, intent, intent.error if intent else "")


def close(attempt_id: int, now: datetime) -> str:
    """Close its page, whatever time is left, and bring it up to date: it may have been paid meanwhile."""
    if charging.is_charge(attempt_id):
        return sync(attempt_id, now)
    known = _read(attempt_id, now)
    with suppress(GatewayRefused):  # why, the next question tells
        session = _session(attempt_id, known)
        if session is not None and session.status == "open":
            known.gateway.expire(session.id)
    state = sync(attempt_id, now)
    if state == "processing" and not known.keeps_price:
        transaction.run(ending.end, attempt_id, "expired", "", now)  # should it come, it is booked all the same
        return "expired"
    return state


def _read(attempt_id: int, now: datetime) -> _Known:
    attempt = db.session.get_one(PayAttempt, attempt_id, populate_existing=True)
    account = db.session.get_one(CardAccount, attempt.account_id)
    ends = [end for end in (attempt.promised_until, attempt.expires_at) if end is not None]
    known = _Known(
        attempt.state, attempt.session_id, attempt.intent_id, bool(ends) and min(ends) <= now,
        (attempt.promised_until or attempt.created_at + rules.TRANSFER_WAITS) <= now,
        attempt.method in rules.PRICE_ENDS,
        accounts.gateway(account), None if attempt.session_id else opening.prepare(attempt))
    db.session.rollback()
    return known


def _session(attempt_id: int, known: _Known) -> SessionState | None:
    """The page as it is; one that was never heard of is asked for again with its key, to learn what became of it."""
    if known.session_id is not None:
        return known.gateway.session(known.session_id)
    if known.question is None or known.state not in rules.UNDER_WAY:
        return None
    try:
        return opening.ask(attempt_id, known.question)
    except GatewayRefused:
        return None
