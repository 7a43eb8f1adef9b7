"""The client's waiting list: taking what became free, letting it go, waiting no longer."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.portal.rooms import base
from fastoffice.bookings import service
from fastoffice.bookings.models import WaitingEntry
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.service import waiting
from fastoffice.branches.models import Branch
from fastoffice.errors import NotFound
from fastoffice.identity import portal


@blueprint.post("/rooms/waiting/<int:entry_id>/acceptance")
@portal.require("rooms")
def take_offer(entry_id: int) -> Response:
    """Take what became free."""
    return _do(entry_id, lambda branch, entry: service.accept_offer(
        branch, entry, portal.current_actor(), clock.now()), _("Booked."))


@blueprint.post("/rooms/waiting/<int:entry_id>/end")
@portal.require("rooms")
def leave_line(entry_id: int) -> Response:
    """Wait no longer; what is held for them goes to the next."""
    def leave(branch: Branch, entry: WaitingEntry) -> None:
        if entry.state == waiting.OFFERED:
            waiting.decline_offer(branch, entry, portal.current_actor(), clock.now())
        else:
            service.leave_waiting(entry, portal.current_actor())

    return _do(entry_id, leave, _("You wait no longer."))


def _do(entry_id: int, work: Callable[[Branch, WaitingEntry], object], thanks: str) -> Response:
    def unit(branch: Branch) -> None:
        client_id = portal.current().client_id
        entry = next((row for row in reading.waiting(branch.id, client_id=client_id) if row.id == entry_id), None)
        if entry is None:
            raise NotFound(_l("This offer is over."))
        work(branch, entry)

    return base.act(unit, thanks)
