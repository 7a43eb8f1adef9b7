"""What the panel's pages and calls share: the room it hangs at, its language, and answers that nobody keeps."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request
from flask_babel import lazy_gettext as _l
from flask_babel import refresh

from fastoffice.bookings.models import Booking, Resource
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.identity import devices
from fastoffice.sent import whole

blueprint = Blueprint("panel", __name__, url_prefix="/panel")


@blueprint.before_request
def _language() -> None:
    """The one that somebody chose at the door, else the branch's."""
    device, asked = devices.find("panel"), request.values.get("language", "")
    if asked in current_app.config["LANGUAGES"]:
        g.language = asked
    elif device is not None:
        g.language = device.branch.language
    refresh()


@blueprint.after_request
def _never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    """Why not, in words."""
    response = jsonify(refused=str(refusal.message))
    response.status_code = 422
    return response


def its_room() -> Resource:
    """The panel's room. Raises Refusal when it is no longer there."""
    device = devices.current("panel")
    room = db.session.get(Resource, device.resource_id) if device.resource_id else None
    if room is None or room.branch_id != device.branch_id:
        raise Refusal(_l("There is no such room."))
    return room


def meant(room: Resource) -> Booking:
    """The booking that the panel showed, of this room and no other. Raises Refusal."""
    found = db.session.get(Booking, whole(request.form.get("booking", ""), 0))
    if found is None or found.resource_id != room.id:
        raise Refusal(_l("There is no such booking."))
    return found


def minutes_asked(allowed: tuple[int, ...]) -> int:
    """How long. Raises Refusal for what the panel never offers."""
    minutes = whole(request.form.get("minutes", ""), 0)
    if minutes not in allowed:
        raise Refusal(_l("Choose how long."))
    return minutes


def typed(name: str) -> str:
    return str(request.form.get(name, ""))[:500]


def said(answer: dict[str, Any]) -> Response:
    return jsonify(answer)
