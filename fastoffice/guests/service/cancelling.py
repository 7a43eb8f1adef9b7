"""The guest cancels on their own page: what goes back is said before, and is what goes back."""

from __future__ import annotations

from datetime import datetime

from fastoffice import audit
from fastoffice.bookings.errors import NoLongerPossible
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules import policy as policy_rules
from fastoffice.bookings.rules import states
from fastoffice.bookings.service import changing
from fastoffice.branches.models import Branch
from fastoffice.guests import rules
from fastoffice.guests.errors import RefundChanged
from fastoffice.guests.models import GuestBooking
from fastoffice.guests.service import settling


def refund_of(row: GuestBooking, now: datetime) -> int:
    """How much (minor units, with taxes) goes back when it is cancelled now."""
    booking = row.booking
    if row.state != rules.BOOKED or booking.state not in (states.PENDING, states.CONFIRMED):
        return 0
    policy = setup.policy_of(row.branch_id)
    percent = 0 if booking.state == states.PENDING else policy_rules.kept_percent(booking.charge_at, now, policy)
    stays = rules.kept(booking.subtotal, policy_rules.kept_of(booking.owed, percent), row.late_fee_percent)
    _profile, taxes = setup.taxes_of(row.branch_id, booking.tax_profile_id)
    return int(row.invoice.paid) - rules.with_tax(stays, taxes)


def may_cancel(row: GuestBooking, now: datetime) -> bool:
    """Whether the page offers it: not begun, not settled."""
    return (row.booking.state in (states.HELD, states.PENDING, states.CONFIRMED) and row.booking.starts_at > now
            and row.state in (rules.PAYING, rules.BOOKED))


def cancel(branch: Branch, guest_id: int, actor: audit.Actor, now: datetime, *, expected: int | None = None
           ) -> GuestBooking:
    """Cancel it; `expected` is the refund that the page showed. Again without harm.

    Raises NoLongerPossible, RefundChanged. An unpaid hold is only let go: the minute ends its invoice.
    """
    row = settling.hold_row(guest_id)
    if row.booking.state == states.CANCELLED:
        return row
    if not may_cancel(row, now):
        raise NoLongerPossible(states.REASONS.get(row.booking.state, states.REASONS[states.DONE]))
    if expected is not None and expected != refund_of(row, now):
        raise RefundChanged
    changing.cancel(branch, row.booking, actor, now, quiet=True)
    if row.state == rules.BOOKED:
        settling.cancelled(branch, row, now)
    return row
