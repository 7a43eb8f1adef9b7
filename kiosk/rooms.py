"""Rooms at the tablet: a client's named person with a PIN sees what is free now, its price and hours, and takes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response, jsonify, request
from flask_babel import lazy_gettext as _l

from fastoffice import clock, money
from fastoffice.audit import Actor
from fastoffice.blueprints import members
from fastoffice.blueprints.members import Member
from fastoffice.blueprints.rooming import as_shown, price_shown
from fastoffice.bookings import service as bookings
from fastoffice.bookings.models import Resource
from fastoffice.bookings.queries.resources import resources
from fastoffice.bookings.service import Wish
from fastoffice.bookings.service.wishes import GRACE, KIOSK
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal
from fastoffice.identity import devices
from kiosk.answers import ROOMS
from kiosk.calls import asks_names, asks_often, blueprint, device_calls, unit


@blueprint.post("/members")
@asks_names
@device_calls
def member() -> Response:
    """Who is at the tablet: company, name and PIN, all three right, or nobody; which one was wrong is not told."""
    branch = devices.current("kiosk").branch
    key = branch.id
    person = members.who(branch, _typed("text"), _typed("name"), _typed("pin"), clock.now())
    return jsonify(member=members.sealed(key, person))


@blueprint.post("/rooms")
@asks_often
@device_calls
def free_rooms() -> Response:
    """What can be had from now on for so many minutes, with its price, the hours left, or why not."""
    who, branch, now = _member(), devices.current("kiosk").branch, clock.now()
    minutes, people = _number("minutes", 30), _number("people", 1)
    rows = [room for room in resources(branch.id) if room.kind in ROOMS and room.capacity >= people]
    said = [_offer(branch, room, who, minutes, people, now) for room in rows]
    return jsonify(rooms=sorted(said, key=lambda each: each["refusal"] != ""))


@blueprint.post("/bookings")
@asks_often
@device_calls
def book_room() -> Response:
    """Take it, at the price that was shown; sent twice it is one booking. Refused by the reason in words."""
    who, now = _member(), clock.now()
    device = devices.current("kiosk")
    starts = _starts()
    wish = Wish(
        _number("room", 0), starts, starts + timedelta(minutes=_number("minutes", 30)), client_id=who.client_id,
        people=_number("people", 1), organiser_name=who.name, origin=KIOSK, request_key=f"tablet-{_typed('key')[:50]}",
        shown=price_shown(_typed("shown")))
    actor = Actor(f"{who.name} ({device.name})"[:120])
    return jsonify(unit(lambda branch: _booked(branch, wish, actor, now)))


def _starts() -> datetime:
    """The wall time that was offered. Raises Refusal for what this page never sends."""
    starts: datetime | None
    try:
        starts = datetime.fromisoformat(_typed("starts")[:16])
    except ValueError:
        starts = None
    if starts is None or starts.tzinfo is not None or not clock.is_of_our_time(starts.date()):
        raise Refusal(_l("Choose a room once more."))
    return starts


def _booked(branch: Branch, wish: Wish, actor: Actor, now: datetime) -> dict[str, Any]:
    made = bookings.book(branch, wish, actor, now)
    return {"room": made.resource.name, "until": made.local_end[11:16], "asks": made.state == "pending"}


def _offer(branch: Branch, room: Resource, who: Member, minutes: int, people: int, now: datetime) -> dict[str, Any]:
    starts = _begins(branch, room, now)
    wish = Wish(room.id, starts, starts + timedelta(minutes=minutes), client_id=who.client_id, people=people,
                origin=KIOSK)
    quote = bookings.quote(branch, wish, now)
    price = quote.price
    return {
        "id": room.id, "name": room.name, "capacity": room.capacity, "starts": starts.isoformat(timespec="minutes"),
        "from": f"{wish.starts:%H:%M}", "until": f"{wish.ends:%H:%M}",
        "refusal": str(quote.refusal) if quote.refusal else "",
        "price": money.display(price.total, branch.currency) if price and price.total else "",
        "left": quote.left_after if price else 0, "shown": as_shown(quote.shown),
    }


def _begins(branch: Branch, room: Resource, now: datetime) -> datetime:
    """The room's step that is under way, or the next one; wall time, naive."""
    local = clock.local(now, branch.timezone).replace(tzinfo=None)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    step = timedelta(minutes=room.step)
    begun = midnight + (local - midnight) // step * step
    return begun if local - begun <= GRACE else begun + step


def _member() -> Member:
    """Whose PIN was right a moment ago, at this branch. Raises PinAgain."""
    return members.opened(devices.current("kiosk").branch_id, _typed("member"))


def _typed(name: str) -> str:
    return str(request.form.get(name, ""))[:500]


def _number(name: str, otherwise: int) -> int:
    text = _typed(name)
    return int(text) if text.isdecimal() and len(text) <= 9 else otherwise
