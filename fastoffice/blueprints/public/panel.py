"""The panel at a room's door: a paired device that shows now and next, books a few minutes, ends and extends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, transaction
from fastoffice.audit import Actor
from fastoffice.blueprints.unit import writes
from fastoffice.bookings import service
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.queries import panel as reading
from fastoffice.bookings.rules import slots, states
from fastoffice.bookings.service import Wish
from fastoffice.bookings.service.wishes import PANEL
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal
from fastoffice.extensions import csrf, db, limiter
from fastoffice.identity import devices
from fastoffice.sent import whole

blueprint = Blueprint("panel", __name__, url_prefix="/panel")
LENGTHS = (15, 30, 45, 60)


@blueprint.errorhandler(Refusal)
def no_room(refusal: Refusal) -> Response:
    """A panel whose room is gone says so."""
    return _refused(refusal)


@blueprint.get("/")
def index() -> Response:
    """The door; where nothing is paired (any more), the page that pairs."""
    device = devices.find("panel")
    if device is None:
        return devices.take_token(_pairing(), "panel")
    try:
        room = _room()
    except Refusal as refusal:
        return _pairing(str(refusal.message), 409)
    response = make_response(render_template(
        "public/panel/door.html", branch=device.branch, room=room, lengths=LENGTHS,
        state=_state(device.branch, room, clock.now())))
    return devices.give_token(response, "panel", request.cookies[devices.COOKIES["panel"]])


@blueprint.post("/pairing")
@limiter.limit("10 per minute")
@writes
def pair() -> Response:
    """Type the manager's code: this browser is the room's panel from now on."""
    try:
        _device, token = devices.pair("panel", request.form.get("code", "")[:40], clock.now())
    except devices.CodeOver as refusal:
        return _pairing(str(refusal), 422)
    return devices.give_token(make_response(redirect(url_for("panel.index"), 303)), "panel", token)


@blueprint.get("/state")
@devices.require("panel")
def state() -> Response:
    """What the door shows now; asked every few seconds."""
    device, now = devices.current("panel"), clock.now()
    key = device.id
    transaction.run(lambda: devices.note_seen(db.session.get_one(devices.Device, key), now))
    return _said(_state(devices.current("panel").branch, _room(), now))


@blueprint.post("/booking")
@csrf.exempt
@devices.require("panel")
def book() -> Response:
    """A meeting now, for a quarter of an hour to an hour."""
    minutes = whole(request.form.get("minutes", ""), 0)
    if minutes not in LENGTHS:
        return _refused(Refusal(_l("Choose how long.")))
    now = clock.now()
    starts_at = now.replace(second=0, microsecond=0)
    key = request.form.get("key", "")[:40] or None

    def work(branch: Branch, room: Resource, actor: Actor) -> Any:
        starts = slots.to_wall(starts_at, branch.timezone)
        ends = slots.to_wall(starts_at + timedelta(minutes=minutes), branch.timezone)
        wish = Wish(room.id, starts, ends, origin=PANEL, request_key=f"panel-{key}" if key else None)
        booking = service.book(branch, wish, actor, now)
        return booking if booking.state != states.CONFIRMED else service.check_in(branch, booking, actor, now)

    return _do(work)


@blueprint.post("/check-in")
@csrf.exempt
@devices.require("panel")
def check_in() -> Response:
    """They are here."""
    return _do(lambda branch, room, actor: service.check_in(branch, _meant(room), actor, clock.now()))


@blueprint.post("/end")
@csrf.exempt
@devices.require("panel")
def end() -> Response:
    """They leave before its end."""
    return _do(lambda branch, room, actor: service.end_early(branch, _meant(room), actor, clock.now()))


@blueprint.post("/extension")
@csrf.exempt
@devices.require("panel")
def extend() -> Response:
    """They stay longer, if nobody comes."""
    minutes = whole(request.form.get("minutes", ""), 0)
    if minutes not in LENGTHS:
        return _refused(Refusal(_l("Choose how long.")))
    return _do(lambda branch, room, actor: service.extend(branch, _meant(room), minutes, actor, clock.now()))


def _do(work: Callable[[Branch, Resource, Actor], Any]) -> Response:
    """Carry it out as one unit and say how the door stands; or why not."""
    device, room_id = devices.current("panel"), _room().id
    branch_id, actor = device.branch_id, Actor(device.name)

    def unit() -> None:
        work(db.session.get_one(Branch, branch_id), db.session.get_one(Resource, room_id), actor)

    try:
        transaction.run(unit)
    except Refusal as refusal:
        return _refused(refusal)
    return _said(_state(db.session.get_one(Branch, branch_id), db.session.get_one(Resource, room_id), clock.now()))


def _meant(room: Resource) -> Booking:
    """The booking that the panel showed, of this room and no other. Raises Refusal."""
    found = db.session.get(Booking, whole(request.form.get("booking", ""), 0))
    if found is None or found.resource_id != room.id:
        raise Refusal(_l("There is no such booking."))
    return found


def _room() -> Resource:
    """The panel's room. Raises Refusal when it is no longer there."""
    device = devices.current("panel")
    room = db.session.get(Resource, device.resource_id) if device.resource_id else None
    if room is None or room.branch_id != device.branch_id:
        raise Refusal(_l("There is no such room."))
    return room


def _state(branch: Branch, room: Resource, now: datetime) -> dict[str, Any]:
    """The door as JSON: words and wall times, nothing that the corridor may not know."""
    door, zone = reading.door(branch, room, now), branch.timezone
    on = door.now
    waiting = on is not None and on.state == states.CONFIRMED and room.check_in
    if on is None:
        kind, text = ("free", _("Free")) if door.open else ("closed", _("Closed"))
    else:
        kind, text = ("waiting", _("Waiting for check-in")) if waiting else ("busy", _("Occupied"))
    return {
        "kind": kind, "text": text, "clock": _hour(now, zone),
        "title": reading.title_of(on) if on is not None else "",
        "until": _hour(on.ends_at if on is not None else door.free_until, zone),
        "booking": on.id if on is not None and on.resource_id == room.id else 0,
        "next": [{"title": reading.title_of(row), "from": _hour(row.starts_at, zone), "to": _hour(row.ends_at, zone)}
                 for row in door.next],
        "lengths": _lengths(door, now), "may_end": on is not None and on.resource_id == room.id,
        "may_check_in": waiting and on.resource_id == room.id,
    }


def _lengths(door: reading.Door, now: datetime) -> list[int]:
    """How long it could be booked now."""
    if door.now is not None or not door.open:
        return []
    most = (door.free_until - now) if door.free_until else timedelta(hours=1)
    return [minutes for minutes in LENGTHS if timedelta(minutes=minutes - 1) <= most]


def _hour(moment: datetime | None, zone: str) -> str:
    return f"{clock.local(moment, zone):%H:%M}" if moment else ""


def _refused(refusal: Refusal) -> Response:
    response = jsonify(refused=str(refusal.message))
    response.status_code = 422
    response.headers["Cache-Control"] = "no-store"
    return response


def _said(answer: dict[str, Any]) -> Response:
    response = jsonify(answer)
    response.headers["Cache-Control"] = "no-store"
    return response


def _pairing(error: str = "", status: int = 200) -> Response:
    g.pop("devices", None)
    return make_response(render_template("public/panel/pairing.html", error=error), status)
