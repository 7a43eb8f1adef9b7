"""What pages ask of guests' bookings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.queries import free
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules import pricing
from fastoffice.bookings.service import Wish, quote
from fastoffice.bookings.service.wishes import GUEST
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.guests.models import GuestBooking


@dataclass(frozen=True, slots=True)
class Offer:
    """A room for guests that is free then, with what it costs in all (minor units, taxes included)."""

    room: Resource
    price: pricing.Price


def rooms(branch_id: int) -> list[Resource]:
    """What guests may rent and is not given away."""
    return [room for room in setup.resources(branch_id) if room.for_guests and room.rate > 0]


def offers(branch: Branch, starts: datetime, ends: datetime, span: tuple[datetime, datetime], people: int,
           now: datetime) -> list[Offer]:
    """Rooms for guests from `starts` to `ends` (wall times; `span` the same in UTC), the smallest first."""
    allowed = {room.id: room for room in rooms(branch.id)}
    found = []
    for offer in free.find_free(branch, *span, people=people, kind=None):
        room = allowed.get(offer.resource_id)
        if room is None:
            continue
        said = quote(branch, Wish(room.id, starts, ends, people=people, origin=GUEST), now)
        if said.price is not None and said.refusal is None and said.price.total > 0:
            found.append(Offer(room, said.price))
    return found


def of_booking(booking_id: int) -> GuestBooking | None:
    """The guest's side of a booking, with its invoice."""
    query = sa.select(GuestBooking).where(GuestBooking.booking_id == booking_id)
    return db.session.scalar(query.options(joinedload(GuestBooking.invoice)))


def bookings_of_client(client_id: int, limit: int = 20) -> list[Any]:
    """A client's bookings as a guest, the newest first: booking_id, room, starts_at, state."""
    query = (
        sa.select(Booking.id.label("booking_id"), Resource.name.label("room"), Booking.starts_at, Booking.state)
        .join(GuestBooking, GuestBooking.booking_id == Booking.id).join(Resource, Resource.id == Booking.resource_id)
        .where(GuestBooking.client_id == client_id).order_by(Booking.starts_at.desc()).limit(limit))
    return list(db.session.execute(query))


LEAST = timedelta(minutes=15)


def next_start(wall: datetime, step: int = 30) -> datetime:
    """The next whole step on a wall clock at least a quarter of an hour away: what a form begins with."""
    later = wall + LEAST
    minutes = -(-(later.hour * 60 + later.minute) // step) * step
    return later.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)
