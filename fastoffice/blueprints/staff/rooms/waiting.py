"""Who waits for a room that is taken: what is held for them, offered now, taken for them, or given up."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import Response, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx, transaction
from fastoffice.audit import Actor
from fastoffice.blueprints.staff.rooms.base import blueprint, page
from fastoffice.bookings import service
from fastoffice.bookings.models import WaitingEntry
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.service import waiting as work
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import access


@blueprint.get("/waiting")
@access.require("rooms.view")
def waiting() -> Response:
    """Who waits for what, first come first."""
    branch = access.current_branch()
    rows = reading.waiting(branch.id)
    clients = db.session.scalars(sa.select(Client).where(Client.id.in_({row.client_id for row in rows})))
    return page("waiting", rows=rows, clients={row.id: row for row in clients}, now=clock.now(),
                rooms={room.id: room.name for room in setup.resources(branch.id, active=False)})


@blueprint.post("/waiting/<int:entry_id>/offer")
@access.require("rooms.book")
def offer(entry_id: int) -> Response:
    """Hold it for them now, whoever else waits longer."""
    return _do(entry_id, lambda branch, entry, actor: work.offer_now(branch, entry, actor, clock.now()),
               _("Held for them."))


@blueprint.post("/waiting/<int:entry_id>/acceptance")
@access.require("rooms.book")
def accept(entry_id: int) -> Response:
    """They said yes on the telephone."""
    return _do(entry_id, lambda branch, entry, actor: service.accept_offer(branch, entry, actor, clock.now()),
               _("Booked."))


@blueprint.post("/waiting/<int:entry_id>/end")
@access.require("rooms.book")
def end_waiting(entry_id: int) -> Response:
    """They do not want it any more; what was held is free again."""
    def unit(branch: Branch, entry: WaitingEntry, actor: Actor) -> None:
        work.leave_waiting(entry, actor)
        work.decline_offer(branch, entry, actor, clock.now())

    return _do(entry_id, unit, _("Off the list."))


def _do(entry_id: int, act: Callable[[Branch, WaitingEntry, Actor], object], thanks: str) -> Response:
    key, branch_id = access.scoped(WaitingEntry, entry_id).id, access.current_branch().id

    def unit() -> None:
        act(db.session.get_one(Branch, branch_id), db.session.get_one(WaitingEntry, key), access.current_actor())

    try:
        transaction.run(unit)
    except NotFound:
        raise
    except Refusal as refusal:
        htmx.toast(str(refusal.message), "error")
    else:
        htmx.toast(thanks)
    return htmx.redirect(url_for("rooms.waiting"))
