"""The visitor's own calendar address: made, made anew, ended."""

from __future__ import annotations

from flask import Response, flash, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.portal.rooms import base
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings.queries import feeds as reading
from fastoffice.bookings.service import feeds
from fastoffice.branches.models import Branch
from fastoffice.identity import portal


@blueprint.get("/rooms/calendar")
@portal.require("rooms")
def calendar() -> Response:
    """Whether they have an address, and how calendars read it."""
    return _page()


@blueprint.post("/rooms/calendar")
@own.at_most("20 per hour")
@portal.require("rooms")
def open_calendar() -> Response:
    """A private address of this person; the one before is over."""
    who, own_only = portal.current(), Typed.sent().text("which") == "own"
    token = base.unit(lambda branch: feeds.open_own(
        branch, who.user_id, portal.current_actor(), clock.now(), client_id=who.client_id, own_only=own_only))
    return _page(token)


@blueprint.post("/rooms/calendar/end")
@own.at_most("20 per hour")
@portal.require("rooms")
def end_calendar() -> Response:
    """Nobody reads at their address any more, nor at the one that all of the client shared before."""
    who, actor, now = portal.current(), portal.current_actor(), clock.now()

    def end(branch: Branch) -> None:
        feeds.end_own(branch, who.user_id, actor, now, client_id=who.client_id)
        feeds.end_feed(branch, actor, now, client_id=who.client_id)

    base.unit(end)
    flash(_("The address is over: nobody reads there any more."), "success")
    return htmx.redirect(url_for("portal.calendar"))


def _page(token: str = "") -> Response:
    who = portal.current()
    return base.page(
        "calendar.html", feed=reading.of_person(who.user_id, who.client_id), shared=reading.of_company(who.client_id),
        token=token)
