"""Reading the events that were kept: each only says where to look, and the thing itself is asked how it stands."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice import leases, transaction
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.models import PayAttempt, ProviderEvent
from fastoffice.payments.service.online import differences, disputes, refunding, syncing, transfers
from fastoffice.payments.service.online.events import name_in

log = logging.getLogger(__name__)
PORTION, MOST_TRIES = 50, 12
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=2)
UNREAD = sa.text("provider_event.state = 'new'")  # the index's words
OURS = ("checkout.session.", "payment_intent.", "charge.", "refund.", "cash_balance.")
DISPUTE, REFUND = "charge.dispute.", ("refund.", "charge.refund.")
CASH = "cash_balance.funds_available"


def count_due(now: datetime) -> int:
    """How many wait to be read."""
    query = sa.select(sa.func.count()).select_from(ProviderEvent).where(UNREAD, ProviderEvent.next_attempt_at <= now)
    return int(db.session.scalar(query) or 0)


def read_all(now: datetime) -> int:
    """Read what is due; how many. One that can't be read is tried again and in the end shown to a person."""
    done = 0
    while rows := transaction.run(_take, now):
        for event_id, attempts in rows:
            state, error = _read(event_id, now)
            transaction.run(_note, event_id, state, error, attempts)
            done += state in ("done", "ignored")
    return done


def _take(now: datetime) -> list[tuple[int, int]]:
    query = sa.select(ProviderEvent.id, ProviderEvent.attempts).where(
        UNREAD, ProviderEvent.next_attempt_at <= now).order_by(ProviderEvent.id).limit(PORTION)
    rows = [(row.id, row.attempts + 1) for row in db.session.execute(leases.lock(query))]
    for event_id, attempts in rows:
        wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 8), LONGEST_WAIT)
        db.session.execute(sa.update(ProviderEvent).where(ProviderEvent.id == event_id).values(
            attempts=attempts, next_attempt_at=now + wait))
    return rows


def _read(event_id: int, now: datetime) -> tuple[str, str]:
    """(state, error): new when it has to be tried again."""
    event = db.session.get_one(ProviderEvent, event_id)
    work = _work(event, now) if event.type.startswith(OURS) else None
    db.session.rollback()
    if work is None:
        return "ignored", ""
    try:
        work()
    except GatewayAway as away:
        return "new", away.detail
    except GatewayRefused as refused:
        return "failed", refused.code
    return "done", ""


def _work(event: ProviderEvent, now: datetime) -> Callable[[], Any] | None:
    """What to look at: a dispute, a refund, or one of our attempts; None when it is nothing of ours."""
    account_id, object_id = event.account_id, event.object_id
    if event.type.startswith(DISPUTE):
        return lambda: disputes.sync(account_id, object_id, now)
    if event.type.startswith(REFUND):
        return lambda: refunding.look_at(account_id, object_id, now)
    attempt_id = _attempt_of(event) if event.type != CASH else transfers.attempt_of(
        account_id, name_in(json.loads(event.body)["data"]["object"].get("customer")))
    return None if attempt_id is None else lambda: syncing.sync(attempt_id, now)


def _attempt_of(event: ProviderEvent) -> int | None:
    """Our attempt behind an event: by our key, the page, or the payment that it names."""
    thing = json.loads(event.body)["data"]["object"]
    told = thing["metadata"] if isinstance(thing.get("metadata"), dict) else {}
    key = name_in(thing.get("client_reference_id")) or name_in(told.get("attempt"))
    intent = name_in(thing.get("payment_intent")) or event.object_id
    query = sa.select(PayAttempt.id).where(PayAttempt.account_id == event.account_id, sa.or_(
        PayAttempt.key == key, PayAttempt.session_id == event.object_id, PayAttempt.intent_id == intent))
    return db.session.scalar(query.limit(1))


def _note(event_id: int, state: str, error: str, attempts: int) -> None:
    if state == "new" and attempts >= MOST_TRIES:
        state = "failed"
    if state == "failed":
        log.warning("event %s could not be read: %s", event_id, error)
        _show(db.session.get_one(ProviderEvent, event_id))
    values: dict[str, Any] = {"error": error[:200]} if state == "new" else {"state": state, "error": error[:200]}
    db.session.execute(sa.update(ProviderEvent).where(ProviderEvent.id == event_id).values(**values))


def _show(event: ProviderEvent) -> None:
    """A person has to look at it."""
    branch = db.session.get_one(Branch, event.branch_id)
    differences.note(event.account_id, event.branch_id, "unread_event", event.event_id, 0, branch.currency,
                     event.received_at)
