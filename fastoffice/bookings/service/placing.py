"""Putting a booking into its spaces: locks first, then the database's own word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fastoffice import audit
from fastoffice.bookings import overlap
from fastoffice.bookings.errors import SlotTaken
from fastoffice.bookings.models import Booking, BookingSpace, Resource, WaitingEntry
from fastoffice.bookings.queries import resources as reading
from fastoffice.bookings.rules import slots, states
from fastoffice.branches.models import Branch
from fastoffice.extensions import db


def lock_spaces(branch_id: int, resource_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Hold the physical resources behind some, in order of id: those who want one room take turns, so that nobody
    waits on two of them crosswise. The branch's combined rooms.
    """
    parts = reading.parts_of(branch_id)
    wanted = sorted({space for resource_id in resource_ids for space in reading.space_ids(resource_id, parts)})
    query = sa.select(Resource.id).where(Resource.id.in_(wanted)).order_by(Resource.id)
    db.session.execute(query.with_for_update())
    return parts


def let_expired_go(branch_id: int, now: datetime, spaces: Sequence[int] | None = None) -> int:
    """Holds that ran out give their spaces back; of these resources, or of the branch. How many."""
    query = sa.select(Booking).where(
        Booking.branch_id == branch_id, Booking.state == states.HELD, Booking.hold_until <= now)
    if spaces is not None:
        query = query.where(Booking.id.in_(
            sa.select(BookingSpace.booking_id).where(BookingSpace.resource_id.in_(spaces), BookingSpace.active)))
    expired = list(db.session.scalars(query.order_by(Booking.id).with_for_update()))
    for booking in expired:
        booking.state = states.RELEASED
        booking.changed_at = now
        vacate(booking)
        audit.record(audit.Actor.system(), "booking.hold_expired", ("booking", booking.id), branch_id=branch_id)
    return len(expired)


def occupy(branch: Branch, booking: Booking, resource: Resource, spaces: Sequence[int]) -> None:
    """Take the spaces, in place of those it has. Raises SlotTaken, the database as before."""
    starts_at, ends_at = slots.occupied(
        booking.starts_at, booking.ends_at, resource.buffer_before, resource.buffer_after)
    rows = [{"branch_id": branch.id, "booking_id": booking.id, "resource_id": space, "starts_at": starts_at,
             "ends_at": ends_at, "active": True} for space in spaces]
    try:
        with db.session.begin_nested():
            db.session.execute(sa.delete(BookingSpace).where(BookingSpace.booking_id == booking.id))
            db.session.execute(sa.insert(BookingSpace), rows)
    except IntegrityError as error:
        if not overlap.is_overlap(error):
            raise
        raise SlotTaken from error
    db.session.expire(booking, ["spaces"])


def call_waiting(booking: Booking) -> None:
    """Who waits for a time of this booking's spaces is looked at at once: they are about to become free."""
    touching = sa.exists().where(
        BookingSpace.booking_id == booking.id, BookingSpace.active, BookingSpace.starts_at < WaitingEntry.ends_at,
        BookingSpace.ends_at > WaitingEntry.starts_at)
    db.session.execute(sa.update(WaitingEntry).where(
        WaitingEntry.branch_id == booking.branch_id, WaitingEntry.state == "waiting", touching
    ).values(look_at=None).execution_options(synchronize_session=False))


def call_all_waiting(branch_id: int) -> None:
    """Look at everybody who waits at once: what can be booked changed, whenever it is."""
    db.session.execute(sa.update(WaitingEntry).where(
        WaitingEntry.branch_id == branch_id, WaitingEntry.state == "waiting"
    ).values(look_at=None).execution_options(synchronize_session=False))


def vacate(booking: Booking, from_moment: datetime | None = None) -> None:
    """Give the spaces back; with a moment, from then on."""
    call_waiting(booking)
    ours = sa.update(BookingSpace).where(BookingSpace.booking_id == booking.id)
    if from_moment is None:
        db.session.execute(ours.values(active=False))
    else:
        db.session.execute(ours.where(BookingSpace.starts_at < from_moment, BookingSpace.ends_at > from_moment)
                           .values(ends_at=from_moment))
        db.session.execute(ours.where(BookingSpace.starts_at >= from_moment).values(active=False))
    db.session.expire(booking, ["spaces"])
