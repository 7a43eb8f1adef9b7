"""What a booking costs beyond included hours becomes a pending charge, once it can no longer be cancelled free."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice import audit
from fastoffice.bookings.models import Booking
from fastoffice.bookings.rules import states
from fastoffice.branches.models import Branch
from fastoffice.charges import queries as pending
from fastoffice.charges import service as charges
from fastoffice.contracts import queries as contracts
from fastoffice.locale import date_short

ORIGIN = "booking:"


def origin_of(booking: Booking) -> str:
    """What the pending charges of a booking name as their cause."""
    return f"{ORIGIN}{booking.id}"


def due_amount(booking: Booking, now: datetime) -> int:
    """What should stand as charges now, without tax: nothing before its free cancellation ends, of what nobody
    confirmed, nor of a guest.
    """
    if booking.client_id is None or now < booking.charge_at or booking.state in (states.HELD, states.PENDING):
        return 0
    return booking.owed


def settle(branch: Branch, booking: Booking, actor: audit.Actor, now: datetime) -> None:
    """Make the booking's charges sum to what is due. What is on a document already is corrected by the difference."""
    wanted = due_amount(booking, now)
    if wanted == booking.charged or booking.client_id is None:
        return
    known = pending.of_origin(branch.id, origin_of(booking), client_id=booking.client_id)
    for charge in known:
        if not charge.billed and charge.dropped_at is None:
            charges.withdraw_charge(charge, actor, now)
    billed = sum(charge.unit_price for charge in known if charge.billed)
    waived = sum(charge.unit_price for charge in known if charge.dropped_at is not None and not charge.is_withdrawn)
    billed += min(waived, max(wanted - billed, 0))  # what staff waived is not asked for again
    if wanted != billed:
        origin = origin_of(booking) + (f".{len(known)}" if known else "")
        charges.add_charge(
            branch, booking.client_id, _contract_for(booking), describe(branch, booking),
            datetime.fromisoformat(booking.local_start).date(), 1000, wanted - billed, _profile(booking), origin,
            actor, now)
    booking.charged = wanted


def _contract_for(booking: Booking) -> int | None:
    """The booking's contract if its documents go on; else the charge goes with the client's next document."""
    day = datetime.fromisoformat(booking.local_start).date()
    rows = contracts.in_force_of_client(booking.client_id or 0, day)
    lasting = [row.id for row in rows if row.ends_on is None]
    return booking.contract_id if booking.contract_id in lasting else None


def _profile(booking: Booking) -> int:
    if booking.tax_profile_id is None:
        raise ValueError("a booking with a price has a tax profile")
    return booking.tax_profile_id


def describe(branch: Branch, booking: Booking) -> str:
    """The booking as a line of the invoice names it, in the branch's language."""
    starts, ends = datetime.fromisoformat(booking.local_start), datetime.fromisoformat(booking.local_end)
    with force_locale(branch.language):
        said = {"room": booking.resource.name, "day": date_short(starts.date(), branch.language),
                "starts": starts.strftime("%H:%M"), "ends": ends.strftime("%H:%M"),
                "minutes": booking.minutes - booking.included}
        if booking.state == states.CANCELLED:
            return str(_("%(room)s, %(day)s %(starts)s–%(ends)s: late cancellation", **said))
        if booking.included:
            return str(_("%(room)s, %(day)s %(starts)s–%(ends)s: %(minutes)s min beyond the hours included", **said))
        return str(_("%(room)s, %(day)s %(starts)s–%(ends)s: %(minutes)s min", **said))
