"""What becomes of a booking: changed, cancelled, approved, checked in, ended early, extended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.bookings.errors import BookingRefused, NoLongerPossible, SlotTaken, StaleBooking
from fastoffice.bookings.models import Booking
from fastoffice.bookings.queries import free
from fastoffice.bookings.queries import resources as reading
from fastoffice.bookings.rules import policy as policy_rules
from fastoffice.bookings.rules import states
from fastoffice.bookings.service import charging, hours, placing, prepaid, telling
from fastoffice.bookings.service.booking import agree, wall_text
from fastoffice.bookings.service.wishes import STAFF, Wish, check, resource_of
from fastoffice.branches.models import Branch
from fastoffice.extensions import db

CHANGEABLE = (states.HELD, states.PENDING, states.CONFIRMED)
FORGIVABLE = (states.DONE, states.NO_SHOW, states.CANCELLED)


def hold_row(booking: Booking, seen: int | None = None) -> None:
    """Hold the booking until the unit ends, as it is now.

    Raises StaleBooking when somebody changed it since a page showed version `seen`.
    """
    db.session.flush()
    db.session.refresh(booking, with_for_update={"of": Booking})
    if seen is not None and booking.version != seen:
        raise StaleBooking


def change(branch: Branch, booking: Booking, wish: Wish, actor: audit.Actor, now: datetime, *,
           by_staff: bool = True, seen: int | None = None, quiet: bool = False) -> Booking:
    """Make a booking what `wish` says. Saved as it is, nothing changes: neither room, hours nor price.

    `quiet` tells nobody. A client may move it while cancelling is free. Raises SlotTaken, BookingRefused,
    NoLongerPossible, StaleBooking.
    """
    hold_row(booking, seen)
    wish = replace(wish, client_id=booking.client_id, contract_id=wish.contract_id or booking.contract_id,
                   origin=STAFF if by_staff else booking.origin, request_key=None)
    before, invited = booking.sequence, telling.readers(booking)
    if _same_place(booking, wish):
        _describe_anew(booking, wish, actor, now)
        _tell_change(branch, booking, before, invited, quiet)
        return booking
    if booking.state not in CHANGEABLE:
        raise NoLongerPossible(states.REASONS[booking.state])
    if not by_staff and now > booking.charge_at:
        raise NoLongerPossible(_l("It is too late to move it here. Call the reception."))
    move(branch, booking, wish, actor, now)
    _tell_change(branch, booking, before, invited, quiet)
    return booking


def _tell_change(branch: Branch, booking: Booking, before: int, invited: Sequence[str], quiet: bool) -> None:
    if booking.sequence != before and booking.state in (states.CONFIRMED, states.CHECKED_IN) and not quiet:
        telling.tell(branch, booking, telling.CHANGED)
        telling.uninvite(branch, booking, gone_of(booking, invited))


def gone_of(booking: Booking, invited: Sequence[str]) -> list[str]:
    """Of those who were told before, who is no longer."""
    return [address for address in invited if address not in telling.readers(booking)]


def _same_place(booking: Booking, wish: Wish) -> bool:
    return (booking.resource_id, booking.local_start, booking.local_end) == (
        wish.resource_id, wall_text(wish.starts), wall_text(wish.ends))


def _describe_anew(booking: Booking, wish: Wish, actor: audit.Actor, now: datetime) -> None:
    """Title, people and the like; a feed's reader sees that it changed."""
    names = ("people", "title", "notes", "private", "guest_name", "guest_email", "guest_phone", "organiser_name",
             "organiser_email")
    changed = {name: getattr(wish, name) for name in names if getattr(wish, name) != getattr(booking, name)}
    if list(wish.attendees) != list(booking.attendees):
        changed["attendees"] = list(wish.attendees)
    if not changed:
        return
    if wish.people > booking.resource.capacity:
        room = booking.resource
        raise BookingRefused(_l("%(room)s holds %(count)s people.", room=room.name, count=room.capacity),
                             field="people")
    for name, value in changed.items():
        setattr(booking, name, value)
    booking.sequence += 1
    booking.changed_at = now
    audit.record(actor, "booking.changed", ("booking", booking.id), {"fields": sorted(changed)},
                 branch_id=booking.branch_id)


def move(branch: Branch, booking: Booking, wish: Wish, actor: audit.Actor, now: datetime, *,
         under_way: bool = False) -> None:
    """Put it into the room and time of the wish, at their price. Raises SlotTaken, BookingRefused."""
    resource = resource_of(branch, wish.resource_id)
    parts = placing.lock_spaces(branch.id, [booking.resource_id, resource.id])
    spaces = reading.space_ids(resource.id, parts)
    placing.let_expired_go(branch.id, now, spaces)
    policy = reading.policy_of(branch.id)
    starts_at, ends_at = check(branch, resource, wish, spaces, policy, now, under_way=under_way)
    before = {"resource": booking.resource_id, "starts": booking.local_start, "ends": booking.local_end}
    booking.resource_id, booking.resource = resource.id, resource
    booking.starts_at, booking.ends_at = starts_at, ends_at
    booking.local_start, booking.local_end = wall_text(wish.starts), wall_text(wish.ends)
    booking.charge_at = policy_rules.free_until(starts_at, policy)
    booking.sequence += 1
    booking.changed_at = now
    db.session.flush()
    placing.call_waiting(booking)
    try:
        placing.occupy(branch, booking, resource, spaces)
    except SlotTaken as taken:
        raise SlotTaken(free.alternatives(
            branch, resource, starts_at, ends_at, now=now, people=wish.people)) from taken
    if not prepaid.is_prepaid(booking):  # what the guest pays stays the price
        hours.give_back(booking, booking.hours_kept, actor, now)
        agree(branch, booking, wish, actor, now)
    _describe_anew(booking, wish, actor, now)
    audit.record(actor, "booking.moved", ("booking", booking.id),
                 {"from": before, "resource": resource.id, "starts": booking.local_start, "ends": booking.local_end},
                 branch_id=branch.id)


def cancel(branch: Branch, booking: Booking, actor: audit.Actor, now: datetime, *, waive: bool = False,
           reason: str = "", quiet: bool = False) -> Booking:
    """Cancel it; its hours go back to the month they came from. After the free time the policy's part stays, unless
    the staff waives it. Again without harm. Raises NoLongerPossible.
    """
    hold_row(booking)
    if booking.state == states.CANCELLED:
        return booking
    states.check_step(booking.state, states.CANCELLED)
    if booking.starts_at <= now and booking.state == states.CONFIRMED and not waive:
        raise NoLongerPossible(_l("It has begun already."))
    was, policy = booking.state, reading.policy_of(branch.id)
    percent = 0 if waive or was in (states.HELD, states.PENDING) else policy_rules.kept_percent(
        booking.charge_at, now, policy)
    booking.state, booking.ended_at, booking.end_reason = states.CANCELLED, now, reason.strip()[:200]
    booking.hold_until = None
    booking.sequence += 1
    booking.changed_at = now
    placing.vacate(booking)
    if was != states.HELD:
        _keep(branch, booking, percent, actor, now)
    audit.record(actor, "booking.cancelled", ("booking", booking.id),
                 {"kept_percent": percent, "owed": booking.owed, "hours_kept": booking.hours_kept},
                 branch_id=branch.id)
    if was != states.HELD and not quiet:
        telling.tell(branch, booking, telling.CANCELLED)
    return booking


def _keep(branch: Branch, booking: Booking, percent: int, actor: audit.Actor, now: datetime) -> None:
    kept = policy_rules.kept_of(booking.hours_kept, percent)
    hours.give_back(booking, booking.hours_kept - kept, actor, now)
    booking.hours_kept = kept
    booking.owed = policy_rules.kept_of(booking.owed, percent)
    charging.settle(branch, booking, actor, now)


def forgive(branch: Branch, booking: Booking, actor: audit.Actor, now: datetime, *, reason: str = "") -> Booking:
    """Ask nothing for what is over: nobody came, the room was not fit, or it was cancelled late. Its hours go back to
    their month, and what is on a document already is corrected on the next. Again without harm.

    Raises NoLongerPossible for what is to come or on (it is cancelled), or was paid before (that goes back as money).
    """
    hold_row(booking)
    if booking.state not in FORGIVABLE or booking.client_id is None:
        raise NoLongerPossible(_l("Only what a client's booking that is over costs can be forgiven."))
    if not booking.owed and not booking.hours_kept:
        return booking
    audit.record(actor, "booking.forgiven", ("booking", booking.id),
                 {"owed": booking.owed, "hours_kept": booking.hours_kept, "reason": reason.strip()[:200]},
                 branch_id=branch.id)
    booking.changed_at = now
    _keep(branch, booking, 0, actor, now)
    return booking


def approve(branch: Branch, booking: Booking, actor: audit.Actor, now: datetime) -> Booking:
    """The staff says yes; "no" is `cancel`. Again without harm."""
    hold_row(booking)
    if booking.state != states.CONFIRMED:
        states.check_step(booking.state, states.CONFIRMED)
        if booking.state == states.HELD:
            raise NoLongerPossible(states.REASONS[states.HELD])
        booking.state, booking.changed_at = states.CONFIRMED, now
        booking.sequence += 1
        charging.settle(branch, booking, actor, now)
        audit.record(actor, "booking.approved", ("booking", booking.id), branch_id=branch.id)
        telling.tell(branch, booking, telling.BOOKED)
    return booking
