"""What the pages of the client's rooms share: forms read, units of work, and that a booking is theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, flash, url_for
from flask_babel import lazy_gettext as _l

from fastoffice import htmx, transaction
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.rooming import (
    LENGTHS,
    STATES,
    TONES,
    addresses,
    end_after,
    length_name,
    price_shown,
    wall_of,
)
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings import calendars
from fastoffice.bookings.errors import BookingRefused
from fastoffice.bookings.models import Booking
from fastoffice.bookings.service import Wish
from fastoffice.bookings.service.wishes import PORTAL
from fastoffice.branches.models import Branch
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import access, portal

ALIASES = {"starts": "at", "ends": "minutes"}
CARRIED = ("resource", "day", "at", "minutes", "people", "request_key", "title", "private", "attendees", "frequency",
           "every", "until", "count", "any_room")


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """A page of the rooms, with the words that all of them need."""
    return own.page(f"rooms/{template}", status=status, shows_rooms=True, branch=own.branch(), states=STATES,
                    tones=TONES, length_name=length_name, lengths=LENGTHS, carried=CARRIED, may_read=reader(),
                    **context)


def reader() -> calendars.Reader:
    """Whether a booking's title is the visitor's business."""
    return calendars.titles_for(access.require_user().email)


def unit(work: Callable[[Branch], Any]) -> Any:
    """`work(branch)` as one unit."""
    key = portal.current().branch_id
    return transaction.run(lambda: work(db.session.get_one(Branch, key)))


def act(work: Callable[[Branch], Any], thanks: str) -> Response:
    """Carry it out; back on the first page either what was done or why not is said."""
    try:
        unit(work)
    except NotFound:
        raise
    except Refusal as refusal:
        flash(str(refusal.message), "warning")
    else:
        flash(thanks, "success")
    return htmx.redirect(url_for("portal.rooms"))


def mine(booking_id: int) -> Booking:
    """A booking of the client. Raises NotFound for anybody else's."""
    found = db.session.get(Booking, booking_id)
    if found is None or found.client_id != portal.current().client_id:
        raise NotFound(_l("There is no such booking."))
    return found


def span_of(form: Typed) -> tuple[datetime, datetime] | None:
    """From when to when, on the wall; what cannot be is noted beside its field."""
    starts = wall_of(form)
    if starts is None:
        return None
    try:
        return starts, end_after(starts, max(form.number("minutes"), 1), own.branch().timezone)
    except BookingRefused as refusal:
        form.refuse(refusal, **ALIASES)
        return None


def wish_from(form: Typed) -> Wish | None:
    """What a form asks for; None with its errors noted when it cannot be read."""
    span, invited = span_of(form), addresses(form, "attendees")
    if span is None or form.errors:
        return None
    user = access.require_user()
    return Wish(
        form.number("resource"), *span, client_id=portal.current().client_id, people=form.number("people") or 1,
        title=form.text("title"), private=form.on("private"), origin=PORTAL, attendees=invited,
        organiser_name=portal.current_actor().name, organiser_email=user.email,
        request_key=form.text("request_key")[:64] or None, shown=shown(form))


def shown(form: Typed) -> tuple[int, int] | None:
    """The hours and the price that the page showed."""
    return price_shown(form.text("shown"))
