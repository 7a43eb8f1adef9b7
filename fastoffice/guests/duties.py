"""What is due of guests' bookings at a moment."""

from __future__ import annotations

from datetime import datetime

from fastoffice.guests.service import looking
from fastoffice.units import Unit


def due_units(now: datetime) -> list[Unit]:
    """One unit when a hold is over, a payment came, or a booking that was paid has ended."""
    return [Unit("fastoffice.guests.jobs.look_after")] if looking.due(now, 1) else []
