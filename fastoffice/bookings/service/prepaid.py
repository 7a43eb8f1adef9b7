"""Bookings that are paid before they are made: what was paid stays the price, and money that comes late is not lost."""

from __future__ import annotations

from datetime import datetime

from fastoffice import audit
from fastoffice.bookings.errors import NoLongerPossible
from fastoffice.bookings.models import Booking
from fastoffice.bookings.queries import resources as reading
from fastoffice.bookings.rules import states
from fastoffice.bookings.service import placing, telling
from fastoffice.branches.models import Branch


def is_prepaid(booking: Booking) -> bool:
    """Whether somebody outside bought it: no client's hours or charges stand behind it."""
    return booking.client_id is None and booking.origin == "guest"


def confirm_paid(branch: Branch, booking: Booking, actor: audit.Actor, now: datetime) -> Booking:
    """What was held is booked at the price that was paid. One whose hold ran out is booked too while its room is free
    and its time not over. Again without harm. Raises SlotTaken, NoLongerPossible.
    """
    if booking.state in (states.PENDING, states.CONFIRMED, states.CHECKED_IN):
        return booking
    if booking.ends_at <= now:
        raise NoLongerPossible(states.REASONS[states.DONE])
    if booking.state == states.RELEASED:
        _take_again(branch, booking, now)
    elif booking.state != states.HELD:
        raise NoLongerPossible(states.REASONS[booking.state])
    booking.state = states.PENDING if booking.resource.needs_approval else states.CONFIRMED
    booking.hold_until, booking.changed_at, booking.owed = None, now, booking.subtotal
    audit.record(actor, "booking.confirmed", ("booking", booking.id), branch_id=branch.id)
    if booking.state == states.CONFIRMED:
        telling.tell(branch, booking, telling.BOOKED)
    return booking


def _take_again(branch: Branch, booking: Booking, now: datetime) -> None:
    parts = placing.lock_spaces(branch.id, [booking.resource_id])
    spaces = reading.space_ids(booking.resource_id, parts)
    placing.let_expired_go(branch.id, now, spaces)
    placing.occupy(branch, booking, booking.resource, spaces)
