"""Booking a room: the price and the hours left, or why not, before anything is confirmed."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.portal.rooms import base, first, series
from fastoffice.blueprints.recurring import NAMES
from fastoffice.blueprints.rooming import as_shown
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings import service
from fastoffice.bookings.errors import SlotTaken
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules import states
from fastoffice.errors import NotFound, Refusal
from fastoffice.identity import portal


@blueprint.get("/rooms/book")
@portal.require("rooms")
def ask_room() -> Response:
    """A room at an hour: what it costs, what is left, or why not."""
    return form_page(first.asked(setup.resources(own.branch().id)))


@blueprint.post("/rooms/book")
@own.at_most("60 per hour")
@portal.require("rooms")
def book_room() -> Response:
    """Book it at the price that was shown; what repeats is shown date by date first."""
    form = Typed.sent()
    wish = base.wish_from(form)
    if wish is None:
        return form_page(form)
    if form.text("frequency"):
        return series.review(form, wish)
    try:
        made = base.unit(lambda branch: service.book(branch, wish, portal.current_actor(), clock.now()).state)
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(form, refusal)
    flash(_("Booked.") if made == states.CONFIRMED else _("Asked for. The staff confirms it."), "success")
    return htmx.redirect(url_for("portal.rooms"))


@blueprint.post("/rooms/wait")
@own.at_most("30 per hour")
@portal.require("rooms")
def wait_for_room() -> Response:
    """Wait for a time that is taken; in that room, or in any that is large enough."""
    form = Typed.sent()
    wish = base.wish_from(form)
    if wish is None:
        return form_page(form)
    any_room = form.on("any_room")
    try:
        base.unit(lambda branch: service.join_waiting(
            branch, wish, portal.current_actor(), clock.now(), any_room=any_room).id)
    except Refusal as refusal:
        return refused(form, refusal)
    flash(_("We hold it for you when it becomes free, and tell you."), "success")
    return htmx.redirect(url_for("portal.rooms"))


def refused(form: Typed, refusal: Refusal) -> Response:
    """The form with the reason, what else can be had, and the price as it is now."""
    form.refuse(refusal, **base.ALIASES)
    return form_page(form, alternatives=refusal.alternatives if isinstance(refusal, SlotTaken) else ())


def form_page(form: Typed, alternatives: Any = ()) -> Response:
    """The booking with its price; 422 with the reason when something is wrong."""
    branch, status = own.branch(), 422 if form.errors or form.notes else 200
    wish = base.wish_from(Typed({**form.values, "attendees": ""}))
    quote = service.quote(branch, wish, clock.now()) if wish is not None else None
    taken = quote is not None and isinstance(quote.refusal, SlotTaken)
    if quote is not None and isinstance(quote.refusal, SlotTaken):
        alternatives = quote.refusal.alternatives
    form.values["shown"] = as_shown(quote.shown) if quote else ""
    found = next((room for room in setup.resources(branch.id) if room.id == form.number("resource")), None)
    return base.page("book.html", status=status, form=form, quote=quote, alternatives=alternatives, room=found,
                     taken=taken, frequencies=NAMES, now=clock.now(), sent=request.method == "POST")
