"""Rows of bookings and of the hours' ledger for exports; amounts have two decimals, moments are branch-local."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import clock, money
from fastoffice.bookings.models import Booking, HoursEntry, Resource
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.contracts.models import Contract
from fastoffice.extensions import db

SLICE = 500


def booking_rows(branch: Branch, moments: tuple[datetime, datetime] | None = None) -> Iterator[dict[str, Any]]:
    """Every booking, cancelled ones too, in the order they were made; with `moments` those that begin between them."""
    where = [Booking.branch_id == branch.id]
    if moments:
        where += [Booking.starts_at >= moments[0], Booking.starts_at < moments[1]]
    query = sa.select(
        Booking, Resource.name.label("room"), Resource.kind.label("room_kind"), Client.legal_name, Client.tax_id,
        Contract.code).join(Resource, Resource.id == Booking.resource_id).outerjoin(
        Client, Client.id == Booking.client_id).outerjoin(Contract, Contract.id == Booking.contract_id).where(*where)
    last = 0
    while rows := db.session.execute(query.where(Booking.id > last).order_by(Booking.id).limit(SLICE)).all():
        yield from (_booking(branch, row) for row in rows)
        last = rows[-1].Booking.id


def _booking(branch: Branch, row: Any) -> dict[str, Any]:
    found: Booking = row.Booking
    return {
        "id": found.id, "room": row.room, "kind": row.room_kind, "state": found.state, "origin": found.origin,
        "client": row.legal_name or "", "tax_id": row.tax_id or "", "contract": row.code or "",
        "guest": found.guest_name, "guest_email": found.guest_email, "guest_phone": found.guest_phone,
        "title": found.title, "people": found.people, "series": found.series_id,
        "starts_at": _wall(branch, found.starts_at), "ends_at": _wall(branch, found.ends_at),
        "minutes": found.minutes, "included_minutes": found.included, "subtotal": money.plain(found.subtotal),
        "tax": money.plain(found.tax), "owed": money.plain(found.owed), "charged": money.plain(found.charged),
        "checked_in_at": _wall(branch, found.checked_in_at), "ended_at": _wall(branch, found.ended_at),
        "end_reason": found.end_reason, "booked_at": _wall(branch, found.created_at), "booked_by": found.created_by,
    }


def hours_rows(branch: Branch, month: str | None = None) -> Iterator[dict[str, Any]]:
    """The ledger of included hours in its own order, minutes that were given above zero; with `month` of that one."""
    where = [HoursEntry.branch_id == branch.id] + ([HoursEntry.month == month] if month else [])
    query = sa.select(HoursEntry, Contract.code, Client.legal_name).join(
        Contract, Contract.id == HoursEntry.contract_id).join(Client, Client.id == Contract.client_id).where(*where)
    last = 0
    while rows := db.session.execute(query.where(HoursEntry.id > last).order_by(HoursEntry.id).limit(SLICE)).all():
        for row in rows:
            entry: HoursEntry = row.HoursEntry
            yield {"id": entry.id, "month": entry.month, "contract": row.code, "client": row.legal_name,
                   "kind": entry.kind, "minutes": entry.minutes, "booking": entry.booking_id,
                   "noted_at": _wall(branch, entry.noted_at), "noted_by": entry.noted_by}
        last = rows[-1].HoursEntry.id


def _wall(branch: Branch, moment: datetime | None) -> str | None:
    return clock.local(moment, branch.timezone).isoformat() if moment else None
