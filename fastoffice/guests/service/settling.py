"""What follows from the facts of a guest's booking: its hold, its invoice, its money. Late or twice it is the same.

Order of locks: the client, the guest's row, the booking, the room, documents (docs/locking.md).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice import audit
from fastoffice.billing.models import Allocation, Credit, Invoice
from fastoffice.billing.service import cancelling
from fastoffice.bookings.errors import BookingRefused
from fastoffice.bookings.models import Booking
from fastoffice.bookings.rules import states
from fastoffice.bookings.service import changing, placing, prepaid
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.guests import rules
from fastoffice.guests.models import GuestBooking
from fastoffice.guests.service import billing, files, refunds, telling
from fastoffice.payments.models import Payment
from fastoffice.payments.queries import online

log = logging.getLogger(__name__)
SYSTEM = audit.Actor.system()


def hold_row(guest_id: int) -> GuestBooking:
    """The guest's booking as it is now, with its client's money, until the unit ends."""
    client_id = db.session.scalars(sa.select(GuestBooking.client_id).where(GuestBooking.id == guest_id)).one()
    clients.lock([client_id])
    query = sa.select(GuestBooking).where(GuestBooking.id == guest_id).with_for_update(of=GuestBooking)
    row = db.session.scalars(query.execution_options(populate_existing=True)).one()
    db.session.refresh(row.booking, with_for_update={"of": Booking})
    db.session.refresh(row.invoice)
    return row


def heard(branch: Branch, paid: Mapping[int, int], now: datetime) -> None:
    """Money was booked for documents (document -> payment): those of guests are booked in the same unit.

    What came after the end of a hold is marked, so that the next minute looks at it.
    """
    query = sa.select(GuestBooking.id, GuestBooking.invoice_id).where(GuestBooking.invoice_id.in_(list(paid)))
    for guest_id, invoice_id in db.session.execute(query).all():
        row = hold_row(guest_id)
        row.payment_id = row.payment_id or paid[invoice_id]
        if row.state == rules.ENDED:
            row.state = rules.LATE
        elif _can_be_booked(row, now):
            _booked(branch, row, now)


def _can_be_booked(row: GuestBooking, now: datetime) -> bool:
    """Whether nothing stands in the way: what does is looked at afterwards, in a unit of its own."""
    return (row.state == rules.PAYING and row.booking.state == states.HELD and row.invoice.status == "paid"
            and row.booking.ends_at > now)


def settle(guest_id: int, now: datetime) -> str:
    """Bring one up to what happened; its state. In a unit."""
    row = hold_row(guest_id)
    branch = db.session.get_one(Branch, row.branch_id)
    if row.state == rules.PAYING and row.invoice.status == "paid":
        row.payment_id = row.payment_id or _payment_of(row.invoice_id)
        _book_or_lose(branch, row, now)
    elif row.state == rules.PAYING and (row.hold_until <= now or row.booking.state != states.HELD):
        _end(branch, row, now)
    elif row.state == rules.LATE:
        _book_or_lose(branch, row, now)
    elif row.state == rules.BOOKED:
        _follow(branch, row, now)
    return row.state


def _booked(branch: Branch, row: GuestBooking, now: datetime) -> None:
    prepaid.confirm_paid(branch, row.booking, SYSTEM, now)
    row.state = rules.BOOKED
    db.session.flush()
    if row.booking.state == states.PENDING:
        telling.tell_pending(branch, row)


def _book_or_lose(branch: Branch, row: GuestBooking, now: datetime) -> None:
    """Paid: the room is theirs if it still can be; else the money goes back, and guest and staff hear of it."""
    try:
        with db.session.begin_nested():
            if row.state == rules.LATE:
                _bill_again(branch, row, now)
            _booked(branch, row, now)
    except BookingRefused:
        row = hold_row(row.id)
        _lose(branch, row, now)


def _bill_again(branch: Branch, row: GuestBooking, now: datetime) -> None:
    """The document of the hold that ran out was cancelled: the same one again, paid with the money that came."""
    invoice = billing.bill(branch, row.client_id, row.booking, row.booking.subtotal, "late", SYSTEM, now)
    billing.pay_with(branch, invoice, credit_of(row), SYSTEM, now)
    row.invoice_id, row.invoice = invoice.id, invoice


def _lose(branch: Branch, row: GuestBooking, now: datetime) -> None:
    _cancel_invoice(branch, row, words(branch, "taken"), now)
    row.state, row.settled_at = rules.LOST, now
    sent = refunds.give_back(branch, row, words(branch, "taken"), SYSTEM, now)
    refunds.tell_staff(branch, row, now)
    audit.record(SYSTEM, "guest.lost", ("booking", row.booking_id), {"refunded": sent}, branch_id=branch.id)
    telling.tell_lost(branch, row, sent)


def _end(branch: Branch, row: GuestBooking, now: datetime) -> None:
    """Nobody paid: the room is free, the document is cancelled. Waits while a payment page is still open."""
    if online.under_way([row.invoice_id]):
        return
    placing.let_expired_go(branch.id, now)
    db.session.refresh(row.booking)
    if row.booking.state == states.HELD:
        changing.cancel(branch, row.booking, SYSTEM, now, quiet=True)
    _cancel_invoice(branch, row, words(branch, "unpaid"), now)
    row.state, row.settled_at = rules.ENDED, now
    db.session.flush()
    files.put_away(row, SYSTEM, now)
    audit.record(SYSTEM, "guest.ended", ("booking", row.booking_id), branch_id=branch.id)


def _follow(branch: Branch, row: GuestBooking, now: datetime) -> None:
    """A booking that was paid: cancelled by whomever, what is not kept goes back; over, nothing more is owed."""
    if row.booking.state == states.CANCELLED:
        cancelled(branch, row, now)
    elif row.booking.state in (states.DONE, states.NO_SHOW) and row.booking.ends_at <= now:
        row.state, row.settled_at = rules.OVER, now


def cancelled(branch: Branch, row: GuestBooking, now: datetime) -> None:
    """Settle a cancelled booking: the document becomes one of what is kept, the rest of the money goes back."""
    booking = row.booking
    booking.owed = rules.kept(booking.subtotal, booking.owed, row.late_fee_percent)
    row.state, row.settled_at, sent = rules.CANCELLED, now, 0
    if booking.owed < booking.subtotal:
        _cancel_invoice(branch, row, words(branch, "cancelled"), now)
        if booking.owed:
            invoice = billing.bill(branch, row.client_id, booking, booking.owed, "kept", SYSTEM, now)
            if row.payment_id is not None:
                billing.pay_with(branch, invoice, credit_of(row), SYSTEM, now)
            row.invoice_id, row.invoice = invoice.id, invoice
        db.session.flush()
        sent = refunds.give_back(branch, row, words(branch, "cancelled"), SYSTEM, now)
    audit.record(SYSTEM, "guest.cancelled", ("booking", booking.id), {"kept": booking.owed, "refunded": sent},
                 branch_id=branch.id)
    telling.tell_cancelled(branch, row, sent)


def _payment_of(invoice_id: int) -> int | None:
    """What paid the document, when it was taken at the desk."""
    query = sa.select(Payment.id).join(Allocation, Allocation.credit_id == Payment.credit_id).where(
        Allocation.invoice_id == invoice_id, Allocation.released_at.is_(None))
    return db.session.scalar(query.order_by(Allocation.id).limit(1))


def credit_of(row: GuestBooking) -> Credit:
    """The money that the guest paid, in billing's books."""
    payment = db.session.get_one(Payment, row.payment_id)
    return db.session.get_one(Credit, payment.credit_id, populate_existing=True)


def _cancel_invoice(branch: Branch, row: GuestBooking, reason: str, now: datetime) -> None:
    """Unless staff, or an earlier end of the hold, did it already."""
    if row.invoice.status == "cancelled":
        return
    cancelling.cancel_invoice(branch, db.session.get_one(Invoice, row.invoice_id), reason, SYSTEM, now,
                              money_to_credit=True)


def words(branch: Branch, what: str) -> str:
    """Why, in the branch's language, as it stays in the history."""
    with force_locale(branch.language):
        return str({"unpaid": _("The hold ran out without a payment"), "cancelled": _("The booking was cancelled"),
                    "taken": _("The payment came when the room was taken already")}[what])
