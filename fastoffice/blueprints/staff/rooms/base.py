"""What the pages of the rooms share: the blueprint and one loader per record."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx
from fastoffice.blueprints.rooming import KINDS, STATES, TONES, length_name
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.queries import bookings as reading
from fastoffice.errors import NotFound
from fastoffice.identity import access

blueprint = Blueprint("rooms", __name__, url_prefix="/staff/rooms")


def page(name: str, *, status: int = 200, fragment: str = "", **context: Any) -> Response:
    """A page of the rooms, or its fragment for htmx."""
    whole = f"staff/rooms/{name}.html"
    return htmx.page_or_fragment(
        whole, f"staff/rooms/{fragment}.html" if fragment else whole, status=status, branch=access.current_branch(),
        states=STATES, tones=TONES, kinds=KINDS, length_name=length_name, **context)


def booking_of_branch(booking_id: int) -> Booking:
    """The current branch's booking. Raises NotFound."""
    found = reading.booking_of(access.current_branch().id, booking_id)
    if found is None:
        raise NotFound(_l("There is no such booking."))
    return found


def resource_of_branch(resource_id: int) -> Resource:
    """The current branch's resource. Raises NotFound."""
    return access.scoped(Resource, resource_id)


def today() -> date:
    """The branch's day."""
    return clock.local_date(clock.now(), access.current_branch().timezone)


def day_url(day: date, **more: Any) -> str:
    """The calendar on a day."""
    return url_for("rooms.index", day=day.isoformat(), **more)
