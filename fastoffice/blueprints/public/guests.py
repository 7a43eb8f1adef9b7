"""The branch's rooms for outside guests: what is free then, its price and terms, and the way to pay by card."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from fastoffice import clock, csp, transaction
from fastoffice.blueprints import paying
from fastoffice.blueprints.public import guest_page
from fastoffice.blueprints.rooming import LENGTHS, as_shown, end_after, length_name, photo_of, price_shown, wall_of
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings.errors import BookingRefused, PriceChanged, SlotTaken
from fastoffice.bookings.models import Resource
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules import slots
from fastoffice.bookings.service import Quote, Wish, quote
from fastoffice.bookings.service.wishes import GUEST
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db, limiter
from fastoffice.guests import queries, service
from fastoffice.guests.errors import NotOnline
from fastoffice.guests.service import Order
from fastoffice.sent import house_of

blueprint = Blueprint("guests", __name__, url_prefix="/rooms")
ALIASES = {"starts": "at", "ends": "minutes", "legal_name": "company", "name-0": "name", "email-0": "email",
           "phone-0": "phone"}
ASKED = ("people", "day", "at", "minutes", "resource")
MOST_PEOPLE = 1000
UNSEEN = (-1, -1)  # no price is that: it is shown first


@blueprint.get("/<code>")
@limiter.limit("60 per minute")
def rooms(code: str) -> Response:
    """For how many, when: what is free, with its whole price."""
    branch = _branch(code)
    why_not = _why_closed(branch)
    form, found = _asked(branch), None
    if request.args.get("people") and not why_not:
        found = _find(branch, form)
    shown = [] if why_not or found else queries.rooms(branch.id)
    why_not = why_not or ("" if found or shown else "none")
    return _page("rooms", 422 if form.errors else 200, branch=branch, form=form, found=found, why_not=why_not,
                 rooms=shown, hourly=queries.hourly(branch.id, shown), lengths=LENGTHS)


@blueprint.get("/<code>/book")
@limiter.limit("60 per minute")
def ask(code: str) -> Response:
    """One room at an hour: its price, its terms, and who takes it."""
    form = _asked(branch := _branch(code))
    form.values["request_key"] = secrets.token_hex(16)
    return _order_page(branch, form)


@blueprint.post("/<code>/book")
@limiter.limit("20 per hour")
def book(code: str) -> Response:
    """Hold it and go to the card page; pressed twice it is one booking."""
    branch, form = _branch(code), Typed.sent()
    order = _order(branch, form)
    if order is None:
        return _order_page(branch, form)
    key, now = branch.id, clock.now()
    try:
        made = transaction.run(lambda: service.place(db.session.get_one(Branch, key), order, now).id)
    except SlotTaken as taken:
        form.refuse(taken, **ALIASES)
        return _order_page(_branch(code), form)
    except PriceChanged as changed:
        form.refuse(changed)
        return _order_page(_branch(code), form)
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal, **ALIASES)
        return _order_page(_branch(code), form)
    return guest_page.go_and_pay(made)


@blueprint.get("/<code>/photos/<int:resource_id>")
@limiter.limit("240 per minute")
def photo(code: str, resource_id: int) -> Response:
    """The picture of a room that guests may rent."""
    branch = _branch(code)
    room = db.session.get(Resource, resource_id)
    ours = room is not None and room.branch_id == branch.id and room.for_guests and room.is_active
    return photo_of(room if ours else None)


def _branch(code: str) -> Branch:
    """The branch of the address. Raises NotFound."""
    return branches.branch_by_code(code[:12])


def _why_closed(branch: Branch) -> str:
    """Why nothing can be paid online here; "" when it can."""
    try:
        service.check_branch(branch)
    except NotOnline:
        return "offline"
    return ""


def _asked(branch: Branch) -> Typed:
    """People, day, hour and length as asked; else what most people mean."""
    first = queries.first_wish(slots.to_wall(clock.now(), branch.timezone))
    values = {"people": "4", "day": first.date().isoformat(), "at": f"{first:%H:%M}", "minutes": "60"}
    return Typed(values | {name: request.args[name][:20] for name in ASKED if request.args.get(name)})


def _span(branch: Branch, form: Typed) -> tuple[datetime, datetime] | None:
    """The asked hours on the wall clock; None with the reason beside its field."""
    starts = wall_of(form)
    if starts is None or form.errors:
        return None
    try:
        ends = end_after(starts, min(max(form.number("minutes"), 5), 1440), branch.timezone)
        slots.to_utc(starts, branch.timezone)
    except BookingRefused as refusal:
        form.refuse(refusal, **ALIASES)
        return None
    return starts, ends


def _people(form: Typed) -> int:
    return min(max(form.number("people"), 1), MOST_PEOPLE)


def _find(branch: Branch, form: Typed) -> queries.Found | None:
    span = _span(branch, form)
    if span is None:
        return None
    moments = [slots.to_utc(wall, branch.timezone) for wall in span]
    return queries.find(branch, moments[0], moments[1], _people(form), clock.now())


def _order(branch: Branch, form: Typed) -> Order | None:
    """What was sent; None when it is a machine's or cannot be read."""
    span = _span(branch, form)
    if form.on("website"):  # a field that people do not see
        form.notes.append(_l("This could not be sent. Call the reception, they book it for you."))
    if span is None or form.notes or form.errors:
        return None
    return Order(
        form.number("resource"), *span, _people(form), form.text("name")[:120], form.text("email")[:254],
        form.text("phone")[:40], form.text("company")[:200], form.text("tax_id")[:20], str(get_locale())[:2],
        house_of(request.remote_addr or ""), _key(form), price_shown(form.text("shown")) or UNSEEN)


def _key(form: Typed) -> str:
    """The form's own mark, as we made it; anything else is none of ours, and makes a booking of its own."""
    text = form.text("request_key")
    good = len(text) == 32 and all(char in "0123456789abcdef" for char in text)
    return text if good else secrets.token_hex(16)


def _quote(branch: Branch, form: Typed) -> Quote | None:
    span = _span(branch, Typed(form.values))
    if span is None:
        return None
    return quote(branch, Wish(form.number("resource"), *span, people=_people(form), origin=GUEST), clock.now())


def _order_page(branch: Branch, form: Typed) -> Response:
    """A room with its price and terms; 422 with the reason when something is wrong."""
    room = next((each for each in queries.rooms(branch.id) if each.id == form.number("resource")), None)
    if room is None:
        raise NotFound(_l("There is no such room."))
    why_not, said = _why_closed(branch), _quote(branch, form)
    others = _find(branch, Typed(form.values)) if said is not None and said.refusal is not None else None
    form.values["shown"] = as_shown(said.shown) if said else ""
    csp.let_forms_go_to(paying.hosts())
    return _page("order", 422 if form.errors or form.notes else 200, branch=branch, form=form, room=room, quote=said,
                 others=others, why_not=why_not, policy=setup.policy_of(branch.id), now=clock.now())


def _page(name: str, status: int, **context: Any) -> Response:
    response = make_response(
        render_template(f"public/guests/{name}.html", length_name=length_name, **context), status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


