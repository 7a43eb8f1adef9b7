"""What the processor tells us: checked, kept once, answered. A worker reads it afterwards (`reading`).

https://docs.stripe.com/webhooks: the body is signed as it came, with its moment; events come twice, late, in any
order and sometimes not at all.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from fastoffice import bulk, schedule, transaction
from fastoffice.extensions import db
from fastoffice.payments.gateway import GatewayRefused
from fastoffice.payments.gateway.client import check_signature
from fastoffice.payments.gateway.sealing import SealBroken
from fastoffice.payments.models import CardAccount, ProviderEvent
from fastoffice.payments.service.online import accounts
from fastoffice.units import Unit
from fastoffice.upsert import insert_unless_there

TOLERANCE = timedelta(minutes=5)
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
        found = {"id": name_in(event["id"]), "type": name_in(event["type"]), "livemode": event["livemode"],
                 "object_id": name_in(thing.get("id"))}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotTheirs("shape") from error
    if not found["id"] or not found["type"]:
        raise NotTheirs("shape")
    return found


def name_in(value: Any) -> str:
    """A name as the processor writes them; "" for anything else, which no database could keep or find."""
    return value if isinstance(value, str) and value.isascii() and value.isprintable() else ""
