"""What bookings owe the clock: two statements a minute for all branches together. Units may run late or twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from fastoffice.bookings.models import Booking, BookingPolicy, Resource, WaitingEntry
from fastoffice.bookings.rules import states
from fastoffice.bookings.rules.policy import DEFAULTS
from fastoffice.bookings.service import attending, presence
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.units import Unit

ATTEND, END_MONTHS = "fastoffice.bookings.jobs.attend_branch", "fastoffice.bookings.jobs.end_months"
# as the partial indexes of booking say it: a state that is a parameter would not find them
_ATTENDED = sa.text("booking.state IN ('pending', 'confirmed', 'checked_in')")


def due_units(now: datetime) -> Sequence[Unit]:
    """A unit for each branch with holds that ran out, rooms nobody came to, bookings that are over, charges that
    became due, or somebody who waits for what became free.
    """
    found = {*db.session.scalars(_due(now)), *_unattended(now)}
    return [Unit(ATTEND, (branch_id,), branch_id) for branch_id in sorted(found)]


def daily_units(_now: datetime) -> Sequence[Unit]:
    """A unit for each branch: included hours of months that are over."""
    ids = db.session.scalars(sa.select(Branch.id).order_by(Branch.id))
    return [Unit(END_MONTHS, (branch_id,), branch_id) for branch_id in ids]


def _due(now: datetime) -> sa.CompoundSelect[tuple[int]]:
    held = sa.select(Booking.branch_id).where(sa.text("booking.state = 'held'"), Booking.hold_until <= now)
    over = sa.select(Booking.branch_id).join(Resource, Resource.id == Booking.resource_id).where(
        _ATTENDED, *presence.over(now))
    uncharged = sa.select(Booking.branch_id).where(*attending.unsettled(now))
    waits = sa.select(WaitingEntry.branch_id).where(
        sa.text("waiting_entry.state IN ('waiting', 'offered')"),
        sa.or_(WaitingEntry.look_at.is_(None), WaitingEntry.look_at <= now))
    return sa.union(held, over, uncharged, waits)


def oldest_due(now: datetime) -> datetime | None:
    """Since when the oldest of it waits: a hold to let go, a no-show, a booking to end, a charge."""
    held = sa.select(sa.func.min(Booking.hold_until)).where(
        sa.text("booking.state = 'held'"), Booking.hold_until <= now)
    over = sa.select(sa.func.min(Booking.ends_at)).join(Resource, Resource.id == Booking.resource_id).where(
        _ATTENDED, *presence.over(now))
    uncharged = sa.select(sa.func.min(Booking.charge_at)).where(*attending.unsettled(now))
    moments = [db.session.scalar(query) for query in (held, over, uncharged)]
    return min((moment for moment in (*moments, *_no_shows(now).values()) if moment is not None), default=None)


def _unattended(now: datetime) -> set[int]:
    """Branches with a room that nobody came to within their minutes of grace."""
    return set(_no_shows(now))


def _no_shows(now: datetime) -> dict[int, datetime]:
    """When the first of those rooms was to be freed, by branch."""
    begun = sa.case((Booking.created_at > Booking.starts_at, Booking.created_at), else_=Booking.starts_at)
    query = (
        sa.select(Booking.branch_id, BookingPolicy.no_show_minutes, begun.label("begun"))
        .join(Resource, Resource.id == Booking.resource_id)
        .outerjoin(BookingPolicy, BookingPolicy.branch_id == Booking.branch_id)
        .where(_ATTENDED, Booking.state == states.CONFIRMED, Resource.check_in, Booking.starts_at <= now)
    )
    found: dict[int, datetime] = {}
    for row in db.session.execute(query):  # the few that began and are not over: grouped there, SQLite reads them all
        moment = row.begun + timedelta(minutes=_grace(row.no_show_minutes))
        if moment <= now:
            found[row.branch_id] = min(moment, found.get(row.branch_id, moment))
    return found


def _grace(minutes: int | None) -> int:
    return DEFAULTS.no_show_minutes if minutes is None else minutes
