"""What a guest is told, with the way to their own page: booked, waiting for reception, changed, cancelled, too late."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice import clock, money
from fastoffice.bookings.models import Booking
from fastoffice.bookings.service import telling as room_telling
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.guests.models import GuestBooking
from fastoffice.locale import weekday_long
from fastoffice.notifications.service import NoticeSpec, owe_notice

BOOKED, PENDING, CHANGED, CANCELLED, LOST = KINDS = (
    "guest_booked", "guest_pending", "guest_changed", "guest_cancelled", "guest_lost")
_OURS = {room_telling.BOOKED: BOOKED, room_telling.CHANGED: CHANGED}
Key = tuple[str, int, str]


def speak(branch: Branch, booking: Booking, kind: str) -> list[str]:
    """Tell a guest in place of the usual message, which whomever else was invited gets; who is told so. A cancellation
    is told once it is settled: with what goes back.
    """
    if booking.origin != "guest":
        return []
    row = db.session.scalar(sa.select(GuestBooking).where(GuestBooking.booking_id == booking.id))
    if row is None:
        return []
    if kind in _OURS:
        _owe(branch, row, booking, _OURS[kind], [*_meeting(branch, row, booking), *_paper(row, kind)])
    return [row.email_key]


def tell_pending(branch: Branch, row: GuestBooking) -> None:
    """Paid; reception has a say before it is certain."""
    _owe(branch, row, row.booking, PENDING, _paper(row, room_telling.BOOKED))


def tell_cancelled(branch: Branch, row: GuestBooking, refunded: int) -> None:
    """Cancelled, and what of the money goes back."""
    papers: list[Key] = [] if row.booking.owed in (0, row.booking.subtotal) else _paper(row, room_telling.BOOKED)
    _owe(branch, row, row.booking, CANCELLED, [*_meeting(branch, row, row.booking), *papers], refunded)
    room_telling.tell(branch, row.booking, room_telling.CANCELLED)  # to the others, unless they know


def tell_lost(branch: Branch, row: GuestBooking, refunded: int) -> None:
    """The payment came when the room was gone."""
    _owe(branch, row, row.booking, LOST, [], refunded)


def _meeting(branch: Branch, row: GuestBooking, booking: Booking) -> list[Key]:
    return list(room_telling.meeting(branch, [booking], row.language))


def _paper(row: GuestBooking, kind: str) -> list[Key]:
    """The invoice, with the first message."""
    return [("invoice", row.invoice_id, "invoice")] if kind == room_telling.BOOKED else []


def _owe(branch: Branch, row: GuestBooking, booking: Booking, kind: str, papers: list[Key], refunded: int = 0) -> None:
    starts, ends = (clock.local(moment, branch.timezone) for moment in (booking.starts_at, booking.ends_at))
    shown = money.display
    owe_notice(NoticeSpec(
        branch_id=branch.id, kind=kind, subject=("booking", booking.id), occasion=str(booking.sequence),
        party_id=row.client_id, party_name=booking.guest_name, language=row.language, emails=[booking.guest_email],
        documents=papers, context={
            "client_name": booking.guest_name, "contact_name": booking.guest_name,
            "room_name": booking.resource.name,
            "booking_time": f"{weekday_long(starts.date(), row.language)}, {starts:%H:%M}–{ends:%H:%M}",
            "total": shown(booking.subtotal + booking.tax, branch.currency),
            "refund_amount": shown(refunded, branch.currency),
            "branch_name": f"Fast Office {branch.name}", "branch_phone": branch.phone or "",
            "branch_address": branch.address or "", "branch_email": branch.email or ""}))
