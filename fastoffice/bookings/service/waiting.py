"""The waiting list: what becomes free is held for the first who waits for it, for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.bookings.errors import BookingRefused, NoLongerPossible, SlotTaken
from fastoffice.bookings.models import Booking, WaitingEntry
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.queries import free
from fastoffice.bookings.queries import resources as reading_resources
from fastoffice.bookings.rules import slots, states
from fastoffice.bookings.service import booking as making
from fastoffice.bookings.service import changing, placing, telling
from fastoffice.bookings.service.wishes import PORTAL, Wish, check, resource_of
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal
from fastoffice.extensions import db

LOOK_AGAIN = timedelta(hours=1)  # besides whenever something of that time becomes free
WAITING, OFFERED, TAKEN, ENDED = "waiting", "offered", "taken", "ended"


def join_waiting(
    branch: Branch, wish: Wish, actor: audit.Actor, now: datetime, *, any_room: bool = False
) -> WaitingEntry:
    """Wait for a room and time that is taken, or for any room of its kind. The same `request_key` waits once.

    Raises BookingRefused when it could not be booked anyway, or is free now.
    """
    if wish.client_id is None:
        raise BookingRefused(_l("Only clients can wait for a room."), field="client")
    if wish.request_key:
        known = db.session.scalar(sa.select(WaitingEntry).where(
            WaitingEntry.branch_id == branch.id, WaitingEntry.request_key == wish.request_key))
        if known is not None:
            return known
    resource = resource_of(branch, wish.resource_id)
    spaces = reading_resources.space_ids(resource.id, reading_resources.parts_of(branch.id))
    starts_at, ends_at = check(branch, resource, wish, spaces, reading_resources.policy_of(branch.id), now)
    if free.around(branch, starts_at, ends_at).is_free(resource, starts_at, ends_at):
        raise BookingRefused(_l("It is free: book it now."), field="starts")
    entry = WaitingEntry(
        branch_id=branch.id, resource_id=None if any_room else resource.id, kind=resource.kind,
        client_id=wish.client_id, name=wish.organiser_name, email=wish.organiser_email, people=wish.people,
        starts_at=starts_at, ends_at=ends_at, request_key=wish.request_key, created_at=now, created_by=actor.name)
    db.session.add(entry)
    db.session.flush()
    audit.record(actor, "booking.waits", ("waiting_entry", entry.id), {"resource": entry.resource_id},
                 branch_id=branch.id)
    return entry


def offer_waiting(branch: Branch, actor: audit.Actor, now: datetime) -> list[WaitingEntry]:
    """Hold what became free for those who wait, first come first, until the branch's minutes run out. Who got one.

    Offers that nobody took are over, and go to the next. Late or twice without harm.
    """
    placing.let_expired_go(branch.id, now)
    offered = []
    for entry in reading.waiting(branch.id):
        db.session.refresh(entry, with_for_update=True)
        if entry.state == OFFERED:
            _end_if_over(entry)
        elif entry.state == WAITING and entry.starts_at <= now:
            entry.state = ENDED
        elif entry.state == WAITING and _offer(branch, entry, actor, now):
            offered.append(entry)
        if entry.state == WAITING:
            entry.look_at = min(now + LOOK_AGAIN, entry.starts_at)
    return offered


def _end_if_over(entry: WaitingEntry) -> None:
    booking = db.session.get(Booking, entry.booking_id) if entry.booking_id else None
    if booking is None or booking.state in (states.RELEASED, states.CANCELLED):
        entry.state = ENDED
    elif booking.state != states.HELD:
        entry.state = TAKEN


def _offer(branch: Branch, entry: WaitingEntry, actor: audit.Actor, now: datetime) -> bool:
    minutes = reading_resources.policy_of(branch.id).offer_minutes
    until = min(now + timedelta(minutes=minutes), entry.starts_at)
    wish = Wish(
        entry.resource_id or 0, slots.to_wall(entry.starts_at, branch.timezone),
        slots.to_wall(entry.ends_at, branch.timezone), client_id=entry.client_id, people=entry.people,
        organiser_name=entry.name, organiser_email=entry.email, origin=PORTAL)
    known = free.around(branch, entry.starts_at, entry.ends_at)
    offers = free.find_free(branch, entry.starts_at, entry.ends_at, people=entry.people, kind=entry.kind, day=known)
    room = next((offer for offer in offers if entry.resource_id in (None, offer.resource_id)), None)
    if room is None:
        return False
    try:
        with db.session.begin_nested():  # refused at the last step, nothing of it stays
            booking = making.book(branch, replace(wish, resource_id=room.resource_id), actor, now, hold_until=until)
    except SlotTaken:
        return False
    except Refusal:
        entry.state = ENDED
        return False
    entry.state, entry.booking_id, entry.offer_until, entry.look_at = OFFERED, booking.id, until, until
    telling.tell(branch, booking, telling.OFFERED, until=until)
    return True


def offer_now(branch: Branch, entry: WaitingEntry, actor: audit.Actor, now: datetime) -> None:
    """Hold it for one of those who wait, whoever else waits longer: the desk decides. Raises NoLongerPossible."""
    db.session.refresh(entry, with_for_update=True)
    if entry.state == OFFERED:
        return
    if entry.state != WAITING or entry.starts_at <= now:
        raise NoLongerPossible(_l("They do not wait any more."))
    placing.let_expired_go(branch.id, now)
    if not _offer(branch, entry, actor, now):
        raise NoLongerPossible(_l("It is still taken: nothing can be held for them."))
    audit.record(actor, "booking.offered", ("waiting_entry", entry.id), {"booking": entry.booking_id},
                 branch_id=branch.id)


def accept_offer(branch: Branch, entry: WaitingEntry, actor: audit.Actor, now: datetime) -> Booking:
    """Take what was held. Again without harm. Raises NoLongerPossible when it is over."""
    db.session.refresh(entry, with_for_update=True)
    if entry.booking_id is None or entry.state not in (OFFERED, TAKEN):
        raise NoLongerPossible(_l("This offer is over."))
    booking = making.confirm_hold(branch, db.session.get_one(Booking, entry.booking_id), actor, now)
    entry.state = TAKEN
    return booking


def decline_offer(branch: Branch, entry: WaitingEntry, actor: audit.Actor, now: datetime) -> None:
    """Do not take what was held: it is free again at once, and the next who waits is asked. Again without harm."""
    db.session.refresh(entry, with_for_update=True)
    if entry.state == OFFERED and entry.booking_id is not None:
        booking = db.session.get_one(Booking, entry.booking_id)
        if booking.state == states.HELD:
            changing.cancel(branch, booking, actor, now, quiet=True)
        entry.state = ENDED
        audit.record(actor, "booking.offer_declined", ("waiting_entry", entry.id), branch_id=branch.id)


def leave_waiting(entry: WaitingEntry, actor: audit.Actor) -> None:
    """Wait no longer; what was held is free again at its time."""
    if entry.state == WAITING:
        entry.state = ENDED
        audit.record(actor, "booking.waits_no_more", ("waiting_entry", entry.id), branch_id=entry.branch_id)
