"""The calendar address of a room: ended here; `resources` makes it."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.rooms.base import blueprint, resource_of_branch
from fastoffice.blueprints.unit import writes
from fastoffice.bookings.service import feeds
from fastoffice.identity import access


@blueprint.post("/resources/<int:resource_id>/calendar/end")
@access.require("rooms.manage")
@writes
def end_feed(resource_id: int) -> Response:
    """Nobody reads this room's calendar any more."""
    found = resource_of_branch(resource_id)
    feeds.end_feed(access.current_branch(), access.current_actor(), clock.now(), resource_id=found.id)
    htmx.toast(_("The address is over: nobody reads there any more."))
    return htmx.redirect(url_for("rooms.resource", resource_id=found.id))
