"""What the outbox asks as it speaks of bookings: is it still worth saying?"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fastoffice import bulk, clock
from fastoffice.bookings.models import Booking
from fastoffice.bookings.rules import states
from fastoffice.bookings.service import telling
from fastoffice.notifications import registry
from fastoffice.notifications.models import Notice

_ABOUT = sa.select(Notice.id, Notice.kind, Notice.occasion, Booking.state, Booking.sequence, Booking.hold_until).join(
    Booking, Booking.id == Notice.subject_id)


def still_meets(notice_ids: list[int]) -> set[int]:
    """Nobody is told of a booking that was cancelled or changed again meanwhile: the later message says it."""
    return {row.id for row in _rows(notice_ids)
            if row.state in states.ACTIVE and row.occasion == str(row.sequence)}


def still_held(notice_ids: list[int]) -> set[int]:
    """Nobody is offered what was taken, or is held no longer."""
    now = clock.now()
    return {row.id for row in _rows(notice_ids)
            if row.state == states.HELD and row.hold_until is not None and row.hold_until > now}


def _rows(notice_ids: list[int]) -> list[Any]:
    return bulk.rows_in(_ABOUT, Notice.id, notice_ids)


def register() -> None:
    """Tell the outbox whom to ask."""
    for kind in (telling.BOOKED, telling.CHANGED):
        registry.register(kind, still_true=still_meets)
    registry.register(telling.OFFERED, still_true=still_held)
