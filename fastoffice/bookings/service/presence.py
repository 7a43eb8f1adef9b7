"""Who came: check-in, ending early, staying longer, and rooms that nobody came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.bookings.errors import NoLongerPossible
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.queries import resources as reading
from fastoffice.bookings.rules import policy as policy_rules
from fastoffice.bookings.rules import slots, states
from fastoffice.bookings.service import placing, telling
from fastoffice.bookings.service.booking import quote, wish_of
from fastoffice.bookings.service.changing import cancel, hold_row, move
from fastoffice.bookings.service.wishes import PANEL, Quote, Wish
from fastoffice.branches.models import Branch
from fastoffice.extensions import db

EARLY = timedelta(minutes=30)


def may_check_in(booking: Booking, now: datetime) -> bool:
    """Whether somebody may be said to have come by now: from half an hour before its beginning to its end."""
    return booking.starts_at - EARLY <= now < booking.ends_at


def check_in(branch: Branch, booking: Booking, actor: audit.Actor, now: datetime) -> Booking:
    """Somebody came. One that was released because nobody had is taken back if its room is still free.

    Again without harm. Raises NoLongerPossible, SlotTaken.
    """
    hold_row(booking)
    if booking.state == states.CHECKED_IN:
        return booking
    states.check_step(booking.state, states.CHECKED_IN)
    if now < booking.starts_at - EARLY:
        raise NoLongerPossible(_l("It is too early to check in."))
    if now >= booking.ends_at:
        raise NoLongerPossible(states.REASONS[states.DONE])
    if booking.state == states.NO_SHOW:
        _take_back(branch, booking, now)
        booking.sequence += 1  # calendars took it out
    booking.state, booking.checked_in_at, booking.changed_at = states.CHECKED_IN, now, now
    booking.ended_at, booking.end_reason = None, ""
    audit.record(actor, "booking.checked_in", ("booking", booking.id), branch_id=branch.id)
    return booking


def _take_back(branch: Branch, booking: Booking, now: datetime) -> None:
    parts = placing.lock_spaces(branch.id, [booking.resource_id])
    spaces = reading.space_ids(booking.resource_id, parts)
    placing.let_expired_go(branch.id, now, spaces)
    placing.occupy(branch, booking, booking.resource, spaces)


def end_early(branch: Branch, booking: Booking, actor: audit.Actor, now: datetime) -> Booking:
    """They left: the room is free from now on. What was booked is what it costs. Again without harm."""
    hold_row(booking)
    if booking.state == states.DONE:
        return booking
    states.check_step(booking.state, states.DONE)
    if now < booking.starts_at:
        raise NoLongerPossible(_l("It has not begun yet. Cancel it instead."))
    placing.vacate(booking, now)
    booking.state, booking.ended_at, booking.changed_at = states.DONE, now, now
    booking.sequence += 1
    audit.record(actor, "booking.ended_early", ("booking", booking.id), branch_id=branch.id)
    return booking


def extend(branch: Branch, booking: Booking, minutes: int, actor: audit.Actor, now: datetime, *,
           shown: tuple[int, int] | None = None) -> Booking:
    """Stay `minutes` longer, hours and price with it, as `shown` by quote_longer; who was invited is told.

    Raises SlotTaken when somebody comes next, PriceChanged, NoLongerPossible.
    """
    hold_row(booking)
    move(branch, booking, replace(_longer(branch, booking, minutes, now), shown=shown), actor, now, under_way=True)
    telling.tell(branch, booking, telling.CHANGED)
    return booking


def quote_longer(branch: Branch, booking: Booking, minutes: int, now: datetime) -> Quote:
    """What the whole booking would cost with `minutes` more. Writes nothing. Raises NoLongerPossible."""
    return quote(branch, _longer(branch, booking, minutes, now), now, instead_of=booking)


def _longer(branch: Branch, booking: Booking, minutes: int, now: datetime) -> Wish:
    if booking.state not in (states.CONFIRMED, states.CHECKED_IN) or now >= booking.ends_at:
        raise NoLongerPossible(states.REASONS[states.DONE])
    ends = slots.to_wall(booking.ends_at + timedelta(minutes=minutes), branch.timezone)
    return replace(wish_of(booking), ends=ends, origin=PANEL)


def due_no_shows(branch_id: int, now: datetime) -> list[Booking]:
    """Confirmed bookings whose time to check in is over."""
    policy = reading.policy_of(branch_id)
    grace = timedelta(minutes=policy.no_show_minutes)
    query = (
        sa.select(Booking).join(Resource, Resource.id == Booking.resource_id)
        .where(Booking.branch_id == branch_id, Booking.state == states.CONFIRMED, Resource.check_in,
               Booking.starts_at <= now - grace, Booking.created_at <= now - grace)
        .order_by(Booking.id)
    )
    found = list(db.session.scalars(query))
    return [row for row in found if policy_rules.no_show_at(row.starts_at, row.created_at, policy) <= now]


def release_no_shows(branch: Branch, actor: audit.Actor, now: datetime) -> int:
    """Free the rooms that nobody came to; hours and price stay as agreed.

    Late or twice, each is released once. How many.
    """
    released = 0
    for booking in due_no_shows(branch.id, now):
        hold_row(booking)
        if booking.state != states.CONFIRMED:
            continue
        placing.vacate(booking)
        booking.state, booking.ended_at, booking.changed_at = states.NO_SHOW, now, now
        booking.sequence += 1
        audit.record(actor, "booking.no_show", ("booking", booking.id), branch_id=branch.id)
        released += 1
    return released


def over(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions on bookings (joined with their resource) whose time is over and that nobody is waited for in.

    The states and the start say nothing more: they let an index find the few among all that ever were.
    """
    return (Booking.state.in_((states.PENDING, states.CONFIRMED, states.CHECKED_IN)), Booking.starts_at <= now,
            Booking.ends_at <= now, sa.or_(Booking.state != states.CONFIRMED, ~Resource.check_in))


def finish(branch: Branch, actor: audit.Actor, now: datetime) -> int:
    """Bookings whose time is over are done; what nobody approved by then costs nothing. How many."""
    query = sa.select(Booking).join(Resource, Resource.id == Booking.resource_id).where(
        Booking.branch_id == branch.id, *over(now))
    rows = list(db.session.scalars(query.order_by(Booking.id).with_for_update(of=Booking)))
    for booking in rows:
        if booking.state == states.PENDING:
            cancel(branch, booking, actor, now, quiet=True)
        else:
            booking.state, booking.changed_at = states.DONE, now
    return len(rows)
