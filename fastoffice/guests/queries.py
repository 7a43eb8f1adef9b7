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
from fastoffice.bookings.rules import pricing, slots
from fastoffice.bookings.rules.slots import Span
from fastoffice.bookings.service import Wish
from fastoffice.bookings.service.wishes import GRACE, GUEST, stretches_for
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.guests import rules
from fastoffice.guests.models import GuestBooking

Taxes = tuple[int, int, int]
NEAREST = 4


@dataclass(frozen=True, slots=True)
class Offer:
    """A room for guests that is free then, with what it costs in all (minor units, taxes included)."""

    room: Resource
    starts_at: datetime
    total: int


@dataclass(frozen=True, slots=True)
class Found:
    """What is free as asked; where nothing is, the nearest other hours of that day."""

    offers: list[Offer]
    others: list[Offer]


def rooms(branch_id: int) -> list[Resource]:
    """What guests may rent and is not given away."""
    return [room for room in setup.resources(branch_id) if room.for_guests and room.rate > 0]


def hourly(branch_id: int, found: list[Resource]) -> dict[int, int]:
    """The lowest price of an hour by room, with taxes: "from"."""
    taxes = _taxes(branch_id)
    lowest = {room.id: min([room.rate, *(row.rate for row in room.rates if row.basis == "all")]) for room in found}
    return {room.id: rules.with_tax(lowest[room.id], taxes(room)) for room in found}


def find(branch: Branch, starts_at: datetime, ends_at: datetime, people: int, now: datetime) -> Found:
    """Rooms for guests between two moments, the smallest that is large enough first; a fixed number of statements."""
    ahead = timedelta(days=setup.policy_of(branch.id).ahead_days)
    if starts_at < now - GRACE or starts_at > now + ahead:
        return Found([], [])
    day, taxes = free.around(branch, starts_at, ends_at), _taxes(branch.id)
    allowed = {room.id: room for room in day.rooms if room.for_guests and room.rate > 0 and room.capacity >= people}
    taken = free.find_free(branch, starts_at, ends_at, people=people, kind=None, day=day)
    offers = [_offer(branch, allowed[each.resource_id], (starts_at, ends_at), taxes) for each in taken
              if each.resource_id in allowed]
    others = [] if offers else _other_times(branch, list(allowed.values()), day, (starts_at, ends_at), taxes, now)
    return Found(offers, others)


def _other_times(branch: Branch, found: list[Resource], day: free.Day, span: Span, taxes: Any, now: datetime
                 ) -> list[Offer]:
    """The nearest hours of that day at which one of the rooms is free for as long."""
    length = span[1] - span[0]
    on = slots.to_wall(span[0], branch.timezone).date()
    near: dict[datetime, Resource] = {}
    for room in found:
        terms = setup.terms_of(room, branch, day.closed)
        for moment in slots.free_starts(terms, on, int(length.total_seconds()) // 60, day.busy(room),
                                        room.buffer_before, room.buffer_after, now):
            near.setdefault(moment, room)
    nearest = sorted(near, key=lambda moment: (abs(moment - span[0]), moment))[:NEAREST]
    return [_offer(branch, near[moment], (moment, moment + length), taxes) for moment in sorted(nearest)]


def _offer(branch: Branch, room: Resource, span: Span, taxes: Any) -> Offer:
    starts, ends = (slots.to_wall(moment, branch.timezone) for moment in span)
    parts = stretches_for(room, Wish(room.id, starts, ends, origin=GUEST), *span, branch.timezone)
    price = pricing.price(pricing.billed_minutes(*span, room.step), [], parts, taxes(room))
    return Offer(room, span[0], price.total)


def _taxes(branch_id: int) -> Any:
    """A room's taxes, read once for all of the branch."""
    rates, first = branches.tax_rates(branch_id), branches.tax_profiles(branch_id)[0].id

    def of(room: Resource) -> Taxes:
        _name, vat, isr, withheld = rates[room.tax_profile_id if room.tax_profile_id in rates else first]
        return vat or 0, isr, withheld

    return of


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


def first_wish(now: datetime) -> datetime:
    """What a form begins with (`now` on the wall clock): the next half hour, in the evening tomorrow at ten."""
    soon = now + timedelta(minutes=45)
    if soon.hour >= 18 or soon.date() != now.date():
        return (now + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
    return max(soon.replace(minute=soon.minute // 30 * 30, second=0, microsecond=0),
               soon.replace(hour=9, minute=0, second=0, microsecond=0))
