"""What the processor tells us: checked, kept once, answered. A worker reads it afterwards (`reading`).

https://docs.stripe.com/webhooks: the body is signed as it came, with its moment; events come twice, late, in any
order and sometimes not at all.
"""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk, quiet_ring, transaction
from fastoffice.extensions import db
from fastoffice.payments.gateway import GatewayRefused
from fastoffice.payments.gateway.client import check_signature
from fastoffice.payments.models import CardAccount, ProviderEvent
from fastoffice.payments.service.online.tellers import Teller
from fastoffice.units import Unit
from fastoffice.upsert import insert_unless_there

TOLERANCE = timedelta(minutes=5)
READ = Unit("fastoffice.payments.jobs.read_events")
TOLD = ("event_id", "type", "object_id", "body", "received_at", "state", "attempts", "next_attempt_at", "error")


class NotTheirs(Exception):
    """Not signed with a secret of this account, too old, or of the other mode: it is not kept."""


def checked(teller: Teller, body: bytes, header: str, now: datetime) -> dict[str, Any]:
    """The row of an event, if it is theirs. Raises NotTheirs."""
    _check(teller, body, header, now)
    event = _parsed(body)
    if event["livemode"] is not teller.livemode:
        raise NotTheirs("mode")
    return {"event_id": event["id"][:120], "type": event["type"][:80], "object_id": event["object_id"][:120],
            "body": body.decode(), "received_at": now, "state": "new", "attempts": 0, "next_attempt_at": now,
            "error": ""}


def store(teller: Teller, event: dict[str, Any]) -> bool:
    """Keep a checked event, once. False when nothing was written: it is there, or the account changed meanwhile."""
    wanted = {"teller_public_id": teller.public_id, "teller_secrets": teller.sealed, "teller_livemode": teller.livemode}
    connection = db.session.connection()
    if connection.execute(_insert(connection.dialect.name), event | wanted).rowcount != 1:
        return False
    transaction.after_commit(_ring, key=READ)
    return True


def _ring() -> None:
    """One reading waits in the queue, however many events arrive."""
    quiet_ring.ring(READ)


def is_kept(teller: Teller, event: dict[str, Any]) -> bool:
    """Whether it is in our books."""
    return db.session.scalar(sa.select(ProviderEvent.id).where(
        ProviderEvent.account_id == teller.account_id, ProviderEvent.event_id == event["event_id"])) is not None


@functools.cache
def _insert(_dialect: str) -> Any:
    """The row, while the account is still as it was when the signature was checked: the same secrets, the same mode.

    So that what is remembered of an account can never let in what the account itself would refuse. Made once.
    """
    table, account = bulk.table_of(ProviderEvent), bulk.table_of(CardAccount)
    row = sa.select(account.c.id, account.c.branch_id, *(
        sa.bindparam(name, type_=table.c[name].type) for name in TOLD)).where(
            account.c.public_id == sa.bindparam("teller_public_id"),
            account.c.webhook_secrets_sealed == sa.bindparam("teller_secrets"),
            account.c.livemode == sa.bindparam("teller_livemode"))
    statement = insert_unless_there(table).from_select(["account_id", "branch_id", *TOLD], row, include_defaults=False)
    return statement.execution_options(preserve_rowcount=True)


def _check(teller: Teller, body: bytes, header: str, now: datetime) -> None:
    for secret in teller.secrets:
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
