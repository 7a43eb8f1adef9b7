"""What a booking or a longer stay would cost whom, said before anybody confirms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import money
from fastoffice.blueprints.members import Member
from fastoffice.blueprints.public.panel.state import hour, now_for
from fastoffice.blueprints.rooming import as_shown
from fastoffice.bookings import service
from fastoffice.bookings.models import Booking, Resource
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal


def of_booking(branch: Branch, room: Resource, member: Member, minutes: int, now: datetime) -> dict[str, Any]:
    """What the member would pay. Raises the refusal of the wish."""
    wish = now_for(branch, room, minutes, now, client_id=member.client_id)
    found = service.quote(branch, wish, now)
    if found.refusal is not None or found.price is None:
        raise found.refusal or Refusal(_l("Choose how long."))
    price, says = found.price, [f"{wish.starts:%H:%M}–{wish.ends:%H:%M}"]
    if price.included:
        says.append(_("%(minutes)s min of your included hours; %(left)s h are left afterwards.",
                      minutes=price.included, left=_hours(found.left_after)))
    if price.total:
        says.append(_("%(price)s with tax, on your company's next invoice.",
                      price=money.display(price.total, branch.currency)))
    elif not price.included:
        says.append(_("Free of charge."))
    if found.needs_approval:
        says.append(_("Reception confirms it."))
    says.append(_("Leaving earlier does not change what it costs."))
    return {"says": says, "shown": as_shown(found.shown)}


def of_longer(branch: Branch, booking: Booking, minutes: int, now: datetime) -> dict[str, Any]:
    """What staying longer would cost whoever booked. Raises the refusal of it."""
    found = service.quote_longer(branch, booking, minutes, now)
    if found.refusal is not None or found.price is None:
        raise found.refusal or Refusal(_l("Choose how long."))
    more = found.price.total - booking.subtotal - booking.tax
    hours = found.price.included - booking.included
    if more > 0 and booking.client_id is None:
        raise Refusal(_l("Please ask reception: staying longer costs %(price)s.",
                         price=money.display(more, branch.currency)))
    says = [_("Until %(hour)s.", hour=hour(found.ends_at, branch.timezone))]
    if hours:
        says.append(_("%(minutes)s min more of the included hours of whoever booked.", minutes=hours))
    if more:
        says.append(_("%(price)s more with tax, for whoever booked.", price=money.display(more, branch.currency)))
    if not hours and not more:
        says.append(_("Free of charge."))
    return {"says": says, "shown": as_shown(found.shown)}


def _hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
