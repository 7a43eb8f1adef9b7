"""Booking for somebody: the form with its price and any refusal before it is confirmed."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.rooming import LENGTHS, as_shown
from fastoffice.blueprints.staff.rooms.base import blueprint, page, today
from fastoffice.blueprints.staff.rooms.wishing import ALIASES, any_room, kind_of, offered, pick, wish_from
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings import service
from fastoffice.bookings.errors import PriceChanged, SlotTaken
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules import slots
from fastoffice.bookings.service import Quote, Wish
from fastoffice.clients.models import Client
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.sent import whole_of


@blueprint.get("/bookings/new")
@access.require("rooms.book")
def new() -> Response:
    """Which room, when, for whom; the price shows as soon as that is known."""
    return form_page(_asked(), quoted=bool(request.args.get("starts")))


@blueprint.get("/clients")
@access.require("rooms.book")
def find_clients() -> Response:
    """Clients by what was typed so far, and the guest of that name."""
    typed = request.args.get("client_name", "")
    return page("_clients", **offered(Typed({"client_name": typed})), form=Typed({"client_name": typed}))


@blueprint.post("/bookings/quote")
@access.require("rooms.book")
def quote() -> Response:
    """Price, hours left and any refusal of what stands in the form; the price alone when a script asks."""
    form = Typed.sent()
    pick(form)
    return form_page(form, quoted=True, fragment="_quote" if htmx.wants_fragment() else "")


@blueprint.post("/bookings/new")
@access.require("rooms.book")
def create() -> Response:
    """Book it at the price that was shown; taken meanwhile, what else could be had is offered."""
    form = Typed.sent()
    wish = wish_from(form)
    if wish is None:
        return form_page(form)
    try:
        if form.text("frequency"):
            from fastoffice.blueprints.staff.rooms.series import review  # it knows this file

            wish = placed(form, wish)
            form.values["resource"] = str(wish.resource_id)  # any room for the first date is the room of all
            return review(form, wish)
        if wish.shown is None:
            return form_page(form, quoted=True, unseen=True)
        made = transaction.run(_book, wish, kind_of(form))
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(form, refusal)
    htmx.toast(_("Booked."))
    return htmx.redirect(url_for("rooms.show", booking_id=made))


def _book(wish: Wish, kind: str) -> int:
    branch, actor, now = access.current_branch(), access.current_actor(), clock.now()
    if kind:
        return service.book_any(branch, wish, kind, actor, now).id
    return service.book(branch, wish, actor, now).id


def placed(form: Typed, wish: Wish) -> Wish:
    """The wish with a room of its own, also when any will do. Raises SlotTaken when none is free."""
    kind = kind_of(form)
    return any_room(access.current_branch(), wish, kind) if kind else wish


@blueprint.post("/waiting")
@access.require("rooms.book")
def wait() -> Response:
    """A client waits for a room that is taken, or for any."""
    form = Typed.sent()
    wish = wish_from(form)
    if wish is None:
        return form_page(form)
    kind, branch_id = kind_of(form), access.current_branch().id
    if kind:
        first = next((room.id for room in setup.resources(branch_id, kind=kind) if room.capacity >= wish.people), 0)
        wish = replace(wish, resource_id=first)
    try:
        transaction.run(lambda: service.join_waiting(
            access.current_branch(), wish, access.current_actor(), clock.now(), any_room=bool(kind)).id)
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(form, refusal)
    htmx.toast(_("On the waiting list. It is held and they are told when it becomes free."))
    return htmx.redirect(url_for("rooms.waiting"))


def refused(form: Typed, refusal: Refusal) -> Response:
    """The form with the reason, other rooms and times, and the price as it is now."""
    offers = refusal.alternatives if isinstance(refusal, SlotTaken) else ()
    form.refuse(refusal, **ALIASES)
    return form_page(form, quoted=isinstance(refusal, PriceChanged), alternatives=offers,
                     taken=isinstance(refusal, SlotTaken))


def form_page(form: Typed, *, quoted: bool = False, alternatives: Any = (), fragment: str = "", unseen: bool = False,
              taken: bool = False) -> Response:
    """The form of a booking; with `quoted` its price. `unseen`: it was sent before anybody saw the price."""
    wish, found = wish_from(form) if quoted else None, None
    if wish is not None:
        wish, found = quote_of(form, wish)
        if isinstance(found.refusal, SlotTaken):
            alternatives, taken = found.refusal.alternatives, True
        form.values["shown"] = as_shown(found.shown)
    whose = offered(form)
    client = db.session.get(Client, int(whose["chosen"])) if whose["chosen"].isdecimal() else None
    rooms = setup.resources(access.current_branch().id)
    sent = request.method == "POST" and request.endpoint != "rooms.quote"
    return page("new", fragment=fragment, status=422 if sent and (form.errors or form.notes) else 200, form=form,
                quote=found, alternatives=alternatives, rooms=rooms, kinds_there=[room.kind for room in rooms],
                lengths=lengths_for(form), unseen=unseen, taken=taken, whom=client, now=clock.now(),
                room=next((room for room in rooms if wish and room.id == wish.resource_id), None), **whose)


def lengths_for(form: Typed) -> tuple[int, ...]:
    """The lengths to choose from, with the one that was asked for."""
    return tuple(sorted({*LENGTHS, min(max(form.number("minutes"), 5), 7 * 24 * 60)}))


def quote_of(form: Typed, wish: Wish) -> tuple[Wish, Quote]:
    """The wish with its room, and what it costs; or that none is free."""
    try:
        wish = placed(form, wish)
    except Refusal as refusal:
        return wish, Quote(None, None, None, 0, False, None, refusal)
    return wish, service.quote(access.current_branch(), wish, clock.now())


def _asked() -> Typed:
    """The form as the calendar or the question asked for it."""
    args = request.args
    try:
        starts = datetime.fromisoformat(args.get("starts", ""))
    except ValueError:
        starts = None
    wall = starts or slots.to_wall(clock.now(), access.current_branch().timezone).replace(minute=0)
    day = wall.date().isoformat() if starts else args.get("day", today().isoformat())[:10]
    resource = args.get("resource", "") if args.get("resource", "").startswith("any:") else whole_of(args, "resource")
    return Typed({
        "request_key": secrets.token_hex(16), "resource": str(resource or ""), "day": day,
        "at": wall.strftime("%H:%M"), "minutes": str(whole_of(args, "minutes") or 60),
        "people": str(whole_of(args, "people") or 1), "client": str(whole_of(args, "client") or "")})
