"""What the outbox asks as it speaks to guests: is it still so, and where is their page."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice import bulk
from fastoffice.bookings.outbox import still_meets
from fastoffice.guests.models import GuestBooking
from fastoffice.guests.service import telling, tokens
from fastoffice.notifications import registry
from fastoffice.notifications.models import Notice


def values(notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """The private address, whose secret is not stored in the outbox."""
    query = sa.select(Notice.id, GuestBooking.nonce).join(GuestBooking, GuestBooking.booking_id == Notice.subject_id)
    return {row.id: {"booking_link": tokens.url_of(row.nonce)} for row in bulk.rows_in(query, Notice.id, notice_ids)}


def register() -> None:
    """Answer the outbox; again without harm."""
    for kind in (telling.BOOKED, telling.PENDING, telling.CHANGED):
        registry.register(kind, still_true=still_meets, values=values)
    for kind in (telling.CANCELLED, telling.LOST):
        registry.register(kind, values=values)
