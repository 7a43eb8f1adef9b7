"""What bookings owe the clock, branch by branch: small units that may run late or twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.bookings.models import Booking, Resource, WaitingEntry
from fastoffice.bookings.queries.hours import month_of
from fastoffice.bookings.rules import states
from fastoffice.bookings.service import attending, hours, presence
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.units import Unit

ATTEND = "fastoffice.bookings.jobs.attend_branch"


def due_units(now: datetime) -> list[Unit]:
    """A unit for each branch with holds that ran out, rooms nobody came to, bookings that are over, charges that
    became due, somebody waiting, or a month's hours to end.
    """
    return [Unit(ATTEND, (branch.id,), branch.id) for branch in branches.branches_by_id() if _is_due(branch, now)]


def _is_due(branch: Branch, now: datetime) -> bool:
    return bool(
        _any(sa.select(Booking.id).where(
            Booking.branch_id == branch.id, Booking.state == states.HELD, Booking.hold_until <= now))
        or presence.due_no_shows(branch.id, now)
        or _any(sa.select(Booking.id).join(Resource, Resource.id == Booking.resource_id).where(
            Booking.branch_id == branch.id, *presence.over(now)))
        or attending.uncharged(branch.id, now, limit=1)
        or _any(sa.select(WaitingEntry.id).where(
            WaitingEntry.branch_id == branch.id, WaitingEntry.state.in_(("waiting", "offered"))))
        or hours.months_to_expire(branch.id, month_of(clock.local_date(now, branch.timezone)))
    )


def _any(query: Any) -> bool:
    return db.session.scalar(query.limit(1)) is not None
