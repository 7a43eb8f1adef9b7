"""What the processor tells us: checked, kept once, answered; read by a worker, who looks at the thing itself.

https://docs.stripe.com/webhooks: the body is signed as it came, with its moment; events come twice, late, in any
order and sometimes not at all.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk, leases, schedule, transaction
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.gateway.client import check_signature
from fastoffice.payments.gateway.sealing import SealBroken
from fastoffice.payments.models import CardAccount, PayAttempt, ProviderEvent
from fastoffice.payments.service.online import accounts, differences, disputes, refunding, syncing, transfers
from fastoffice.units import Unit
from fastoffice.upsert import insert_unless_there

log = logging.getLogger(__name__)
TOLERANCE = timedelta(minutes=5)
PORTION, MOST_TRIES = 50, 12
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=2)
UNREAD = sa.text("provider_event.state = 'new'")  # the index's words
OURS = ("checkout.session.", "payment_intent.", "charge.", "refund.", "cash_balance.")
DISPUTE, REFUND = "charge.dispute.", ("refund.", "charge.refund.")
CASH = "cash_balance.funds_available"
READ = Unit("fastoffice.payments.jobs.read_events")


class NotTheirs(Exception):
    """Not signed with a secret of this account, too old, or of the other mode: it is not kept."""


def store(account: CardAccount, body: bytes, header: str, now: datetime) -> bool:
    """Keep an event, whether it was new. Raises NotTheirs."""
    _check(account, body, header, now)
    event = _parsed(body)
    if event["livemode"] is not account.livemode:
        raise NotTheirs("mode")
    table = bulk.table_of(ProviderEvent)
    made = db.session.execute(insert_unless_there(table).values(
        account_id=account.id, branch_id=account.branch_id, event_id=event["id"][:120],
        type=event["type"][:80], object_id=event["object_id"][:120], body=body.decode(),
        received_at=now, state="new", attempts=0, next_attempt_at=now, error="").returning(table.c.id)).scalar()
    transaction.after_commit(lambda: schedule.to_queue(READ), key=READ)  # waits there once, however many arrive
    return made is not None


def _check(account: CardAccount, body: bytes, header: str, now: datetime) -> None:
    for secret in _secrets(account):
        try:
            check_signature(body, header, secret)
            break
        except GatewayRefused:
            continue
    else:
        raise NotTheirs("signature")
    stamp = next((part[2:] for part in header.split(",") if part.startswith("t=")), "")
    try:
        signed_at = datetime.fromtimestamp(int(stamp), UTC)
    except (ValueError, OverflowError, OSError) as error:  # the signature covers the number, not how it is written
        raise NotTheirs("age") from error
    if abs(now - signed_at) > TOLERANCE:
        raise NotTheirs("age")


def _secrets(account: CardAccount) -> list[str]:
    try:
        return accounts.webhook_secrets(account)
    except SealBroken as error:  # nobody can say who signed it; it is sent again for days, and polling finds the rest
        raise NotTheirs("no secret of ours can be read") from error


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body.decode())
        thing = dict(event["data"]["object"])
        found = {"id": _name(event["id"]), "type": _name(event["type"]), "livemode": event["livemode"],
                 "object_id": _name(thing.get("id"))}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotTheirs("shape") from error
    if not found["id"] or not found["type"]:
        raise NotTheirs("shape")
    return found


def _name(value: Any) -> str:
    """A name as the processor writes them; "" for anything else, which no database could keep or find."""
    return value if isinstance(value, str) and value.isascii() and value.isprintable() else ""


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
        account_id, _name(json.loads(event.body)["data"]["object"].get("customer")))
    return None if attempt_id is None else lambda: syncing.sync(attempt_id, now)


def _attempt_of(event: ProviderEvent) -> int | None:
    """Our attempt behind an event: by our key, the page, or the payment that it names."""
    thing = json.loads(event.body)["data"]["object"]
    told = thing["metadata"] if isinstance(thing.get("metadata"), dict) else {}
    key = _name(thing.get("client_reference_id")) or _name(told.get("attempt"))
    intent = _name(thing.get("payment_intent")) or event.object_id
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
