"""Booking for somebody: the form with its price and any refusal before it is confirmed."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.rooming import LENGTHS, end_after, wall_of
from fastoffice.blueprints.staff.rooms.base import blueprint, page, today
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings import service
from fastoffice.bookings.errors import BookingRefused, PriceChanged, SlotTaken
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules import slots
from fastoffice.bookings.service import Wish
from fastoffice.clients import lists as clients
from fastoffice.clients.models import Client
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.sent import whole_of

FEW = 8
ALIASES = {"starts": "at", "ends": "minutes", "client": "client_name"}


@blueprint.get("/bookings/new")
@access.require("rooms.book")
def new() -> Response:
    """Which room, when, for whom; the price shows as soon as that is known."""
    return form_page(_asked(), quoted=bool(request.args.get("starts")))


@blueprint.get("/clients")
@access.require("rooms.book")
def find_clients() -> Response:
    """Clients by what was typed so far."""
    return page("_clients", hits=hits(request.args.get("client_name", "")), chosen="")


@blueprint.post("/bookings/quote")
@access.require("rooms.book")
def quote() -> Response:
    """Price, hours left and any refusal of what stands in the form."""
    return form_page(Typed.sent(), quoted=True)


@blueprint.post("/bookings/new")
@access.require("rooms.book")
def create() -> Response:
    """Book it; taken meanwhile, what else could be had is offered."""
    form = Typed.sent()
    wish = wish_from(form)
    if wish is None:
        return form_page(form)
    if form.text("frequency"):
        from fastoffice.blueprints.staff.rooms.series import review  # it knows this file

        return review(form, wish)
    try:
        made = transaction.run(lambda: service.book(
            access.current_branch(), wish, access.current_actor(), clock.now()).id)
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(form, refusal)
    htmx.toast(_("Booked."))
    return htmx.redirect(url_for("rooms.show", booking_id=made))


def refused(form: Typed, refusal: Refusal) -> Response:
    """The form with the reason, other rooms and times, and the price as it is now."""
    offers = refusal.alternatives if isinstance(refusal, SlotTaken) else ()
    form.refuse(refusal, **ALIASES)
    return form_page(form, quoted=isinstance(refusal, PriceChanged), alternatives=offers)


def form_page(form: Typed, *, quoted: bool = False, alternatives: Any = ()) -> Response:
    """The form of a booking; with `quoted` its price."""
    branch = access.current_branch()
    found = None
    if quoted:
        wish = wish_from(form)
        found = service.quote(branch, wish, clock.now()) if wish is not None else None
        if found is not None and isinstance(found.refusal, SlotTaken):
            alternatives = found.refusal.alternatives
        known = wish is not None and (wish.client_id or wish.guest_name)  # the price is nobody's before
        form.values["shown"] = ",".join(map(str, found.shown)) if known and found and found.shown else ""
    sent = request.method == "POST" and request.endpoint != "rooms.quote"
    return page("new", status=422 if sent and (form.errors or form.notes) else 200, form=form, quote=found,
                alternatives=alternatives, rooms=setup.resources(branch.id), lengths=LENGTHS, **offered(form))


def _asked() -> Typed:
    """The form as the calendar or the question asked for it."""
    args = request.args
    try:
        starts = datetime.fromisoformat(args.get("starts", ""))
    except ValueError:
        starts = None
    wall = starts or slots.to_wall(clock.now(), access.current_branch().timezone).replace(minute=0)
    day = wall.date().isoformat() if starts else args.get("day", today().isoformat())[:10]
    return Typed({
        "request_key": secrets.token_hex(16), "resource": str(whole_of(args, "resource") or ""), "day": day,
        "at": wall.strftime("%H:%M"), "minutes": str(whole_of(args, "minutes") or 60),
        "people": str(whole_of(args, "people") or 1), "client": str(whole_of(args, "client") or "")})


def wish_from(form: Typed) -> Wish | None:
    """What the form asks for; None with its errors noted when it cannot be read."""
    branch = access.current_branch()
    starts, client_id = wall_of(form), chosen_client(form)
    if client_id and not _is_ours(client_id):  # or the quote would tell another branch's hours
        form.errors["client_name"] = _l("There is no such client.")
    if starts is None or form.errors:
        return None
    try:
        ends = end_after(starts, max(form.number("minutes"), 1), branch.timezone)
    except BookingRefused as refusal:
        form.refuse(refusal, **ALIASES)
        return None
    return Wish(
        form.number("resource"), starts, ends, client_id=client_id, people=form.number("people") or 1,
        title=form.text("title"), notes=form.text("notes"), private=form.on("private"),
        guest_name="" if client_id else form.text("client_name"), guest_email=form.text("guest_email"),
        organiser_name=form.text("organiser_name"), organiser_email=form.text("organiser_email"),
        attendees=attendees(form), request_key=form.text("request_key")[:64] or None, shown=_shown(form))


def attendees(form: Typed) -> tuple[str, ...]:
    """Addresses that are told, one a line or with commas between."""
    words = form.text("attendees").replace(",", " ").replace(";", " ").split()
    found = tuple(dict.fromkeys(word for word in words if "@" in word))[:50]
    if len(found) != len(set(words)):
        form.errors["attendees"] = _l("Write e-mail addresses, one a line.")
    return found


def _shown(form: Typed) -> tuple[int, int] | None:
    parts = form.text("shown").split(",")
    return (int(parts[0]), int(parts[1])) if len(parts) == 2 and all(part.isdecimal() for part in parts) else None


def chosen_client(form: Typed) -> int | None:
    """The client that was ticked, else the only one that what was typed means; None is a guest of the house."""
    if form.number("client"):
        return form.number("client")
    rows = hits(form.text("client_name"))
    return rows[0].id if len(rows) == 1 else None


def hits(text: str) -> list[Any]:
    """Clients in use that hold every word."""
    rows = clients.find(access.current_branch().id, text.strip()[:80], FEW) if text.strip() else []
    return [row for row in rows if row.archived_at is None]


def offered(form: Typed) -> dict[str, Any]:
    """The clients to tick below the field, and which one is."""
    ticked = form.number("client")
    if not ticked:
        return {"hits": hits(form.text("client_name")), "chosen": ""}
    return {"hits": [db.session.get_one(Client, ticked)] if _is_ours(ticked) else [], "chosen": str(ticked)}


def _is_ours(client_id: int) -> bool:
    client = db.session.get(Client, client_id)
    return client is not None and client.branch_id == access.current_branch().id
