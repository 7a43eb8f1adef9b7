"""Looking after guests' bookings: the processor is asked between units, never inside one."""

from __future__ import annotations

import logging
from datetime import datetime

import sqlalchemy as sa

from fastoffice import transaction
from fastoffice.billing.models import Invoice
from fastoffice.bookings.models import Booking
from fastoffice.bookings.rules import states
from fastoffice.extensions import db
from fastoffice.guests import rules
from fastoffice.guests.models import GuestBooking
from fastoffice.guests.service import settling
from fastoffice.payments.errors import PageStillOpen
from fastoffice.payments.service.online import clearing

log = logging.getLogger(__name__)
PORTION = 200
OPEN = sa.text("guest_booking.state IN ('paying','booked','late')")  # the index's words


def due(now: datetime, limit: int = PORTION) -> list[int]:
    """Those with something to do: a hold that is over or paid, money that came late, a booking that ended."""
    unpaid_or_paid = sa.and_(GuestBooking.state == rules.PAYING, sa.or_(
        GuestBooking.hold_until <= now, Invoice.status == "paid", Booking.state != states.HELD))
    ended = sa.and_(GuestBooking.state == rules.BOOKED, sa.or_(
        Booking.state == states.CANCELLED,
        sa.and_(Booking.state.in_((states.DONE, states.NO_SHOW)), Booking.ends_at <= now)))
    query = (
        sa.select(GuestBooking.id).join(Booking, Booking.id == GuestBooking.booking_id)
        .join(Invoice, Invoice.id == GuestBooking.invoice_id)
        .where(OPEN, sa.or_(unpaid_or_paid, GuestBooking.state == rules.LATE, ended))
        .order_by(GuestBooking.hold_until, GuestBooking.id).limit(limit))
    return list(db.session.scalars(query))


def look(now: datetime) -> int:
    """See to all that is due; how many. One that cannot be settled now stays due and stops no other."""
    done = 0
    for guest_id in due(now):
        try:
            look_after(guest_id, now)
            done += 1
        except PageStillOpen:
            log.warning("guest booking %s: its payment page could not be closed yet", guest_id)
        except Exception:  # the others are looked after all the same; this one is due again
            log.exception("guest booking %s", guest_id)
            db.session.rollback()
    return done


def look_after(guest_id: int, now: datetime) -> str:
    """Bring one up to date; its state. The payment page of a hold that is over is closed first: what was paid on it
    meanwhile is booked. No unit may be open. Raises PageStillOpen while the processor is away.
    """
    row = db.session.get_one(GuestBooking, guest_id, populate_existing=True)
    invoice_id = row.invoice_id
    is_over = row.state == rules.PAYING and (row.hold_until <= now or row.booking.state != states.HELD)
    db.session.rollback()
    if is_over:
        clearing.close_pages([invoice_id], now)
    return str(transaction.run(settling.settle, guest_id, now))
