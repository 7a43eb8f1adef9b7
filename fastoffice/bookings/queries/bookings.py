"""Bookings as screens, panels and feeds read them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from fastoffice.bookings.models import Booking, BookingSpace, Resource, WaitingEntry
from fastoffice.bookings.queries.once import memory, once
from fastoffice.bookings.rules import states
from fastoffice.clients.models import Client
from fastoffice.extensions import db

SHOWN = (*states.ACTIVE, states.DONE, states.NO_SHOW)
LONGEST = timedelta(days=8)  # no booking is longer: bounds what an index has to look through


def between(
    branch_id: int, starts_at: datetime, ends_at: datetime, *, resource_ids: Sequence[int] | None = None,
    client_id: int | None = None, states_shown: Sequence[str] = SHOWN,
) -> list[Any]:
    """Rows of bookings that touch a span, in order: the booking's columns, `client_name`, `resource_name`.

    A booking past midnight is among those of both days.
    """
    query = (
        sa.select(Booking.id, Booking.version, Booking.resource_id, Booking.series_id, Booking.client_id, Booking.title,
                  Booking.private, Booking.guest_name, Booking.people, Booking.starts_at, Booking.ends_at,
                  Booking.state, Booking.minutes, Booking.included, Booking.subtotal, Booking.owed,
                  Booking.checked_in_at, Booking.ended_at, Booking.hold_until, Booking.charge_at,
                  Resource.name.label("resource_name"), Resource.is_private.label("resource_is_private"),
                  sa.func.coalesce(sa.func.nullif(Client.trade_name, ""), Client.legal_name, "").label("client_name"))
        .join(Resource, Resource.id == Booking.resource_id)
        .outerjoin(Client, Client.id == Booking.client_id)
        .where(Booking.branch_id == branch_id, Booking.starts_at < ends_at, Booking.starts_at > starts_at - LONGEST,
               Booking.ends_at > starts_at, Booking.state.in_(states_shown))
        .order_by(Booking.starts_at, Booking.id)
    )
    if resource_ids is not None:
        query = query.where(Booking.resource_id.in_(resource_ids))
    if client_id is not None:
        query = query.where(Booking.client_id == client_id)
    return list(db.session.execute(query))


def taken(resource_ids: Sequence[int], starts_at: datetime, ends_at: datetime) -> list[Any]:
    """Active spaces of resources that touch a span: resource_id, starts_at, ends_at, booking_id; buffers included."""
    known = memory()
    if known is None or not known.covers(starts_at, ends_at):
        return _taken(resource_ids, starts_at, ends_at)
    rows, starts = once(("taken", tuple(resource_ids)), lambda: _taken_by_start(
        resource_ids, known.starts_at, known.ends_at))
    near = rows[bisect_right(starts, starts_at - LONGEST):bisect_left(starts, ends_at)]
    return [row for row in near if row.ends_at > starts_at]


def _taken_by_start(resource_ids: Sequence[int], starts_at: datetime, ends_at: datetime
                    ) -> tuple[list[Any], list[datetime]]:
    rows = _taken(resource_ids, starts_at, ends_at)
    return rows, [row.starts_at for row in rows]


def _taken(resource_ids: Sequence[int], starts_at: datetime, ends_at: datetime) -> list[Any]:
    query = sa.select(BookingSpace.resource_id, BookingSpace.starts_at, BookingSpace.ends_at, BookingSpace.booking_id)
    query = query.where(
        BookingSpace.resource_id.in_(resource_ids), BookingSpace.active, BookingSpace.starts_at < ends_at,
        BookingSpace.ends_at > starts_at).order_by(BookingSpace.starts_at)
    return list(db.session.execute(query))


def booking_of(branch_id: int, booking_id: int) -> Booking | None:
    """One booking of a branch with its resource."""
    query = sa.select(Booking).where(Booking.branch_id == branch_id, Booking.id == booking_id)
    return db.session.scalar(query.options(joinedload(Booking.resource)))


def of_series(series_id: int) -> list[Booking]:
    """A series' bookings in order."""
    query = sa.select(Booking).where(Booking.series_id == series_id)
    return list(db.session.scalars(query.order_by(Booking.starts_at, Booking.id)))


def waiting(branch_id: int, *, client_id: int | None = None) -> list[WaitingEntry]:
    """Who waits or has an offer, first come first."""
    query = sa.select(WaitingEntry).where(
        WaitingEntry.branch_id == branch_id, WaitingEntry.state.in_(("waiting", "offered")))
    if client_id is not None:
        query = query.where(WaitingEntry.client_id == client_id)
    return list(db.session.scalars(query.order_by(WaitingEntry.id)))
