"""What is done at the door: booked, checked in, ended, extended; each after its price was shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l

from fastoffice import clock, transaction
from fastoffice.audit import Actor
from fastoffice.blueprints import members
from fastoffice.blueprints.members import Member
from fastoffice.blueprints.public.panel import terms
from fastoffice.blueprints.public.panel.base import blueprint, its_room, meant, minutes_asked, said, typed
from fastoffice.blueprints.public.panel.state import LENGTHS, LONGER, costs_nothing, now_for, state_of
from fastoffice.blueprints.rooming import price_shown
from fastoffice.bookings import service
from fastoffice.bookings.models import Resource
from fastoffice.bookings.rules import states
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal
from fastoffice.extensions import csrf, db, limiter
from fastoffice.identity import devices


def _device_key() -> str:
    return f"panel {request.cookies.get(devices.COOKIES['panel'], '')[:64]}"


asks_names = limiter.limit("20 per minute", key_func=_device_key)  # nobody tries out names and PINs


class NotAMember(Refusal):
    """Company, name or PIN is wrong: which of them is not told."""

    def __init__(self) -> None:
        super().__init__(_l("This does not match. Try again, or ask reception."), field="pin")


@blueprint.post("/offer")
@csrf.exempt
@asks_names
@devices.require("panel")
def offer() -> Response:
    """Who wants it, by their PIN or what it gave a moment ago, and what they would pay."""
    minutes, now, branch, room = minutes_asked(LENGTHS), clock.now(), devices.current("panel").branch, its_room()
    branch_id, room_id = branch.id, room.id
    if typed("member"):
        member: Member | None = members.opened(branch_id, typed("member"))
    else:
        member = members.who(branch, typed("company"), typed("name"), typed("pin"), now)
    if member is None:
        raise NotAMember
    branch, room = db.session.get_one(Branch, branch_id), db.session.get_one(Resource, room_id)
    return said({"member": members.sealed(branch_id, member), **terms.of_booking(branch, room, member, minutes, now)})


@blueprint.post("/booking")
@csrf.exempt
@devices.require("panel")
def book() -> Response:
    """A meeting now, for a quarter of an hour to an hour; by a member at the price that was shown, or free."""
    minutes, now, room = minutes_asked(LENGTHS), clock.now(), its_room()
    free = costs_nothing(room) and not typed("member")
    member = None if free else members.opened(devices.current("panel").branch_id, typed("member"))
    key = typed("key")[:40]

    def work(branch: Branch, room: Resource, actor: Actor) -> Any:
        wish = now_for(branch, room, minutes, now, shown=_shown(), request_key=f"panel-{key}" if key else None)
        if member is not None:
            actor = Actor(f"{member.name} ({actor.name})"[:120])
            wish = replace(wish, client_id=member.client_id, organiser_name=member.name)
        booking = service.book(branch, wish, actor, now)
        return booking if booking.state != states.CONFIRMED else service.check_in(branch, booking, actor, now)

    return _do(work)


@blueprint.post("/check-in")
@csrf.exempt
@devices.require("panel")
def check_in() -> Response:
    """They are here."""
    return _do(lambda branch, room, actor: service.check_in(branch, meant(room), actor, clock.now()))


@blueprint.post("/end")
@csrf.exempt
@devices.require("panel")
def end() -> Response:
    """They leave before its end."""
    return _do(lambda branch, room, actor: service.end_early(branch, meant(room), actor, clock.now()))


@blueprint.post("/longer")
@csrf.exempt
@devices.require("panel")
def longer() -> Response:
    """What staying longer would cost, or why it can't be."""
    minutes, room = minutes_asked(LONGER), its_room()
    return said(terms.of_longer(devices.current("panel").branch, meant(room), minutes, clock.now()))


@blueprint.post("/extension")
@csrf.exempt
@devices.require("panel")
def extend() -> Response:
    """They stay longer, if nobody comes, at what was shown."""
    minutes, now, shown = minutes_asked(LONGER), clock.now(), _shown()

    def work(branch: Branch, room: Resource, actor: Actor) -> Any:
        booking = meant(room)
        terms.of_longer(branch, booking, minutes, now)
        return service.extend(branch, booking, minutes, actor, now, shown=shown)

    return _do(work)


def _do(work: Callable[[Branch, Resource, Actor], Any]) -> Response:
    """Carry it out as one unit and say how the door stands."""
    device, room_id = devices.current("panel"), its_room().id
    branch_id, actor = device.branch_id, Actor(device.name)

    def unit() -> None:
        work(db.session.get_one(Branch, branch_id), db.session.get_one(Resource, room_id), actor)

    transaction.run(unit)
    return said(state_of(db.session.get_one(Branch, branch_id), db.session.get_one(Resource, room_id), clock.now()))


def _shown() -> tuple[int, int] | None:
    """What the page showed: included minutes and subtotal."""
    return price_shown(typed("shown"))
