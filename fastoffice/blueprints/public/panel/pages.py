"""The door's page, its pairing, and how it stands."""

from __future__ import annotations

from flask import Response, g, make_response, render_template, request

from fastoffice import clock, transaction
from fastoffice.blueprints.public.panel.base import blueprint, its_room, said
from fastoffice.blueprints.public.panel.state import LENGTHS, LONGER, state_of
from fastoffice.blueprints.unit import writes
from fastoffice.errors import Refusal
from fastoffice.extensions import db, limiter
from fastoffice.identity import devices


@blueprint.get("/")
def index() -> Response:
    """The door; where nothing is paired (any more), the page that pairs."""
    device = devices.find("panel")
    if device is None:
        return devices.take_token(_pairing(), "panel")
    try:
        room = its_room()
    except Refusal as refusal:
        return _pairing(str(refusal.message), 409)
    response = make_response(render_template(
        "public/panel/door.html", branch=device.branch, room=room, lengths=LENGTHS, longer=LONGER,
        state=state_of(device.branch, room, clock.now())))
    return devices.give_token(response, "panel", request.cookies[devices.COOKIES["panel"]])


@blueprint.post("/pairing")
@limiter.limit("10 per minute")
@writes
def pair() -> Response:
    """Type the manager's code: this browser is the room's panel from now on."""
    return devices.enter("panel", _pairing)


@blueprint.get("/state")
@devices.require("panel")
def state() -> Response:
    """What the door shows now; asked every few seconds."""
    device, now = devices.current("panel"), clock.now()
    key = device.id
    transaction.run(lambda: devices.note_seen(db.session.get_one(devices.Device, key), now))
    return said(state_of(devices.current("panel").branch, its_room(), now))


def _pairing(error: str = "", status: int = 200) -> Response:
    g.pop("devices", None)
    return make_response(render_template("public/panel/pairing.html", error=error), status)
