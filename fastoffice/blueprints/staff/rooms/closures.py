"""Rooms closed for a while: painted, let out, under repair."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _

from fastoffice import htmx, transaction
from fastoffice.blueprints.rooming import wall_of
from fastoffice.blueprints.staff.rooms.base import blueprint, resource_of_branch
from fastoffice.blueprints.staff.rooms.resources import list_page, policy_values
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings.models import Blackout, Resource
from fastoffice.bookings.service import resources as service
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.identity import access


@blueprint.post("/resources/closures")
@access.require("rooms.manage")
def add_blackout() -> Response:
    """Close a room, or all, for a while; who is in it is said."""
    form, branch = Typed.sent(), access.current_branch()
    starts, ends = wall_of(form, "first_day", "first_at"), wall_of(form, "last_day", "last_at")
    room = resource_of_branch(form.number("resource")) if form.number("resource") else None
    key = room.id if room else None
    met = 0
    if starts and ends and not form.errors:
        try:
            met = transaction.run(lambda: len(service.add_blackout(
                access.current_branch(), db.session.get_one(Resource, key) if key else None, starts, ends,
                form.text("reason"), access.current_actor(), request_key=form.text("request_key")[:64] or None)[1]))
        except Refusal as refusal:
            form.refuse(refusal, starts="first_at", ends="last_at")
    if form.errors or form.notes:
        form.values = {**policy_values(branch.id), **form.values}
        return list_page(form)
    if met:
        htmx.toast(_("Closed. %(count)s bookings are in it: move or cancel them.", count=met), "warning")
    else:
        htmx.toast(_("Closed."))
    return htmx.redirect(url_for("rooms.resources"))


@blueprint.post("/resources/closures/<int:blackout_id>/end")
@access.require("rooms.manage")
def remove_blackout(blackout_id: int) -> Response:
    """Open again."""
    key = access.scoped(Blackout, blackout_id).id
    transaction.run(lambda: service.remove_blackout(db.session.get_one(Blackout, key), access.current_actor()))
    htmx.toast(_("Open again."))
    return htmx.redirect(url_for("rooms.resources"))
