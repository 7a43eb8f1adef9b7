"""Changing a booking: what the change costs and takes of hours is shown before it is confirmed."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, flash, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.portal.rooms import base, one
from fastoffice.blueprints.rooming import addresses, as_shown
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings import service
from fastoffice.bookings.errors import PriceChanged, SeriesConflicts, SlotTaken
from fastoffice.bookings.models import Booking
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.service import Wish, previews, series
from fastoffice.errors import Conflict, NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import portal

SENT = ("resource", "day", "at", "minutes", "people", "title", "private", "attendees", "scope", "version")


@blueprint.post("/rooms/bookings/<int:booking_id>/change")
@own.at_most("120 per hour")
@portal.require("rooms")
def change_room(booking_id: int) -> Response:
    """Another room, time or title, of this date, this and later, or all; a new price is shown first."""
    found, form = base.mine(booking_id), Typed.sent()
    wish = _wish(found, form)
    if wish is None:
        return one.booking_page(found, form, 422)
    if not form.on("confirmed") and not _stays(found, wish):
        return _preview(found, form, wish)
    key, scope, seen = found.id, form.text("scope") or series.THIS, form.number("version")
    try:
        base.unit(lambda branch: series.change(
            branch, db.session.get_one(Booking, key), wish, scope, portal.current_actor(), clock.now(),
            by_staff=False, seen=seen) and None)
    except NotFound:
        raise
    except (SeriesConflicts, PriceChanged, SlotTaken) as refusal:
        form.notes.append(refusal.message)
        return _preview(base.mine(key), form, wish)
    except Refusal as refusal:
        form.refuse(refusal, **base.ALIASES)
        return one.booking_page(base.mine(key), form, 409 if isinstance(refusal, Conflict) else 422)
    flash(_("Saved."), "success")
    return htmx.redirect(url_for("portal.show_room", booking_id=key))


def _wish(found: Booking, form: Typed) -> Wish | None:
    """The booking as it should become. Whose title it is not keeps it, and who is invited, as they are."""
    span = base.span_of(form)
    readable = base.reader()(found)
    invited = addresses(form, "attendees") if readable else tuple(found.attendees)
    if span is None or form.errors:
        return None
    return replace(
        service.wish_of(found), resource_id=form.number("resource"), starts=span[0], ends=span[1],
        people=form.number("people") or 1, title=form.text("title") if readable else found.title,
        private=form.on("private") if readable else found.private, attendees=invited, shown=base.shown(form))


def _stays(found: Booking, wish: Wish) -> bool:
    """Whether room and time stay: then nothing of its price changes."""
    was = service.wish_of(found)
    return (was.resource_id, was.starts, was.ends) == (wish.resource_id, wish.starts, wish.ends)


def _preview(found: Booking, form: Typed, wish: Wish) -> Response:
    """Each date as it would become, with its price, and what it costs now; refused, why and what else is free."""
    branch, scope = own.branch(), form.text("scope") or series.THIS
    try:
        dates = previews.preview_change(branch, found, wish, scope, clock.now(), by_staff=False)
        rows = series.part_of_series(found, scope, clock.now())
    except Refusal as refusal:
        form.refuse(refusal, **base.ALIASES)
        return one.booking_page(found, form, 422)
    refusals = [item.quote.refusal for item in dates if item.quote.refusal]
    if refusals and len(dates) == 1:
        form.notes = []
        form.refuse(refusals[0], **base.ALIASES)
        return one.booking_page(found, form, 422, getattr(refusals[0], "alternatives", ()))
    total = previews.total_shown(dates)
    form.values["shown"] = as_shown(total)
    return base.page(
        "change.html", status=422 if form.notes or refusals else 200, booking=found, form=form, dates=dates,
        total=total, refusals=len(refusals), sent=SENT, rooms={room.id: room for room in setup.resources(branch.id)},
        before=(sum(row.hours_kept for row in rows), sum(row.owed for row in rows)),
        left=dates[0].quote.left if dates else 0)
