"""Rows of the mail room for exports: what arrived, what became of it, and who took it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailHandover, MailItem

SLICE = 500


def mail_rows(branch: Branch, moments: tuple[datetime, datetime] | None = None) -> Iterator[dict[str, Any]]:
    """Every piece, call and message as it came in; with `moments` those received between them. Calls: `sender` called,
    `note` is what they said.
    """
    where = [MailItem.branch_id == branch.id]
    if moments:
        where += [MailItem.received_at >= moments[0], MailItem.received_at < moments[1]]
    query = sa.select(
        MailItem, Client.legal_name, MailHandover.taken_by, MailHandover.proof, MailHandover.authorised_by).outerjoin(
        Client, Client.id == MailItem.client_id).outerjoin(
        MailHandover, MailHandover.id == MailItem.handover_id).where(*where)
    last = 0
    while rows := db.session.execute(query.where(MailItem.id > last).order_by(MailItem.id).limit(SLICE)).all():
        yield from (_item(branch, row) for row in rows)
        last = rows[-1].MailItem.id


def _item(branch: Branch, row: Any) -> dict[str, Any]:
    item: MailItem = row.MailItem

    def wall(moment: datetime | None) -> str | None:
        return clock.local(moment, branch.timezone).isoformat() if moment else None

    return {
        "id": item.id, "kind": item.kind, "state": item.state, "client": row.legal_name or "",
        "addressee": item.addressee, "sender": item.sender, "phone": item.phone, "carrier": item.carrier,
        "tracking": item.tracking, "note": item.note, "received_at": wall(item.received_at),
        "received_by": item.received_by, "reminders": item.reminders,
        "held_until": item.held_until.isoformat() if item.held_until else None, "closed_at": wall(item.closed_at),
        "closed_by": item.closed_by or "", "taken_by": row.taken_by or "", "proof": row.proof or "",
        "authorised_by": row.authorised_by or "",
    }
