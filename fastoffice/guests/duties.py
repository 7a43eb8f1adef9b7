"""What is due of guests' bookings at a moment."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice.extensions import db
from fastoffice.guests import rules
from fastoffice.guests.models import GuestBooking
from fastoffice.guests.service import looking
from fastoffice.units import Unit


def due_units(now: datetime) -> list[Unit]:
    """One unit when a hold is over, a payment came, or a booking that was paid has ended."""
    return [Unit("fastoffice.guests.jobs.look_after")] if looking.due(now, 1) else []


def oldest_due(now: datetime) -> datetime | None:
    """Since when the oldest of it waits: a hold that is over and not settled, money that came after it."""
    return db.session.scalar(sa.select(sa.func.min(GuestBooking.hold_until)).where(
        looking.OPEN, GuestBooking.state.in_((rules.PAYING, rules.LATE)), GuestBooking.hold_until <= now))
