"""Setting up rooms: what they are, when they are open, what they cost, when they are closed."""

from __future__ import annotations

import secrets
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx, money, transaction
from fastoffice.blueprints.staff.rooms import rate_rows
from fastoffice.blueprints.staff.rooms.base import blueprint, page, resource_of_branch
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings.models import Resource
from fastoffice.bookings.models.resources import WORKDAYS
from fastoffice.bookings.queries import payers
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules.policy import Policy
from fastoffice.bookings.service import feeds
from fastoffice.bookings.service import resources as service
from fastoffice.bookings.service.resources import ResourceData
from fastoffice.branches.queries import tax_profiles
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.sent import whole

WEEKDAYS = (_l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"))
FLAGS = ("open_on_holidays", "needs_approval", "for_guests", "check_in", "uses_hours", "is_private", "is_active")
NUMBERS = ("capacity", "buffer_before", "buffer_after", "min_minutes", "max_minutes", "step")
POLICY = tuple(item.name for item in fields(Policy))
YEAR = timedelta(days=366)


@blueprint.get("/resources")
@access.require("rooms.manage")
def resources() -> Response:
    """All of them, the branch's rules for bookings, and when nothing can be booked."""
    return list_page(Typed(policy_values(access.current_branch().id)))


def policy_values(branch_id: int) -> dict[str, str]:
    """The branch's numbers as the form has them."""
    policy = setup.policy_of(branch_id)
    return {name: str(getattr(policy, name)) for name in POLICY}


@blueprint.get("/resources/new")
@access.require("rooms.manage")
def new_resource() -> Response:
    """An empty one."""
    given = asdict(ResourceData("", capacity=6, opening=dict(WORKDAYS)))
    rates = given.pop("rates")
    form = values_of(Resource(**given, rates=list(rates), version=0))
    form.values["rate"] = ""  # what is free of charge is said so, not forgotten
    return form_page(None, form)


@blueprint.get("/resources/<int:resource_id>")
@access.require("rooms.manage")
def resource(resource_id: int) -> Response:
    """One of them."""
    found = resource_of_branch(resource_id)
    return form_page(found, values_of(found))


@blueprint.post("/resources/new")
@access.require("rooms.manage")
def create_resource() -> Response:
    """Add it."""
    return _save(None)


@blueprint.post("/resources/<int:resource_id>")
@access.require("rooms.manage")
def save_resource(resource_id: int) -> Response:
    """Change it; bookings keep what they were made with."""
    return _save(resource_of_branch(resource_id))


@blueprint.post("/resources/<int:resource_id>/calendar")
@access.require("rooms.manage")
def open_feed(resource_id: int) -> Response:
    """A private address at which calendars read this room; the one before is over."""
    key = resource_of_branch(resource_id).id
    token = transaction.run(lambda: feeds.open_feed(
        access.current_branch(), access.current_actor(), clock.now(), resource_id=key))
    found = resource_of_branch(key)
    return form_page(found, values_of(found), url_for("calendars.feed", token=token, _external=True))


@blueprint.post("/resources/policy")
@access.require("rooms.manage")
def save_policy() -> Response:
    """The branch's numbers."""
    form = Typed.sent()
    policy = Policy(**{name: _whole(form, name) for name in POLICY})
    if not form.errors:
        try:
            transaction.run(lambda: service.save_policy(access.current_branch(), policy, access.current_actor()))
        except Refusal as refusal:
            form.refuse(refusal)
    if form.errors:
        return list_page(form)
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("rooms.resources"))


def list_page(form: Typed) -> Response:
    """The rooms, the branch's rules and closures, with what was typed."""
    branch, now = access.current_branch(), clock.now()
    rooms = setup.resources(branch.id, active=False)
    return page("resources", status=422 if form.errors or form.notes else 200, rooms=rooms, form=form,
                names={room.id: room.name for room in rooms}, blackouts=setup.blackouts(branch.id, now, now + YEAR),
                request_key=form.text("request_key")[:64] or secrets.token_hex(16))


def _save(found: Resource | None) -> Response:
    form, key = Typed.sent(), found.id if found else None
    data = _data(form, found)
    parts = [part for value in form.several("parts") if (part := whole(value, 0))]

    def unit() -> int:
        branch, actor = access.current_branch(), access.current_actor()
        row = db.session.get_one(Resource, key) if key else None
        saved = service.save_resource(branch, row, data, actor, seen=form.number("version") if key else None)
        if set(parts) != set(setup.parts_of(branch.id).get(saved.id, ())):
            service.set_parts(branch, saved, parts, actor, clock.now())
        return saved.id

    made = key
    if not form.errors:
        try:
            made = transaction.run(unit)
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
    if form.errors or form.notes:
        return form_page(resource_of_branch(key) if key else None, form)
    if key is None:  # the next thing that a new room wants stands on its own page
        htmx.toast(_("Saved. Now it can have a photo."))
        return htmx.redirect(url_for("rooms.resource", resource_id=made, _anchor="photo-panel"))
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("rooms.resources"))


def _data(form: Typed, found: Resource | None) -> ResourceData:
    """The form as the service takes it; what cannot be read is noted beside its field."""
    numbers: dict[str, Any] = {name: _whole(form, name) for name in NUMBERS}
    flags: dict[str, Any] = {name: form.on(name) for name in FLAGS}
    equipment = tuple(dict.fromkeys(word.strip() for word in form.text("equipment").split(",") if word.strip()))
    return ResourceData(
        form.text("name"), kind=form.text("kind"), description=form.text("description"), equipment=equipment,
        photo_sha256=found.photo_sha256 if found else None, opening=_opening(form), rate=form.money("rate"),
        tax_profile_id=_profile(form), rates=rate_rows.read(form), **numbers, **flags)


def _whole(form: Typed, name: str) -> int:
    text = form.text(name).strip()
    if not text.isdecimal() or len(text) > 6:
        form.errors[name] = _l("Write a whole number.")
        return 0
    return int(text)


def _profile(form: Typed) -> int | None:
    known = {row.id for row in tax_profiles(access.current_branch().id)}
    return form.number("tax_profile") if form.number("tax_profile") in known else None


def _opening(form: Typed) -> dict[str, Any]:
    """"08:00-14:00, 16:00-20:00" of each weekday; empty is closed."""
    found: dict[str, Any] = {}
    for day in range(7):
        text = form.text(f"opening_{day}").replace("–", "-")
        spans = [[part.strip() for part in span.split("-", 1)] for span in text.split(",") if span.strip()]
        if any(len(span) != 2 for span in spans):
            form.errors[f"opening_{day}"] = _l("Write hours like 08:00-20:00.")
        elif spans:
            found[str(day)] = spans
    return found


def values_of(found: Resource) -> Typed:
    """The form of a room as it is."""
    values: dict[str, Any] = {name: str(getattr(found, name)) for name in NUMBERS}
    values |= {name: "y" if getattr(found, name) else "" for name in FLAGS}
    for day in range(7):
        values[f"opening_{day}"] = ", ".join("-".join(span) for span in found.opening.get(str(day), []))
    parts = setup.parts_of(found.branch_id).get(found.id, ()) if found.id else ()
    return Typed({
        **values, "name": found.name, "kind": found.kind, "description": found.description,
        "equipment": ", ".join(found.equipment), "rate": money.plain(found.rate), "version": str(found.version),
        "tax_profile": str(found.tax_profile_id or ""), "parts[]": [str(part) for part in parts],
        **rate_rows.values(found.rates)})


def form_page(found: Resource | None, form: Typed, address: str = "", refused: Typed | None = None) -> Response:
    """A room as it is or as it was typed."""
    branch = access.current_branch()
    others = [room for room in setup.resources(branch.id) if found is None or room.id != found.id]
    status = 422 if form.errors or form.notes or refused else 200
    error = refused.errors.get("photo") if refused else None
    return page("resource", photo_error=error, status=status, resource=found, form=form, address=address, others=others,
                weekdays=WEEKDAYS, profiles=tax_profiles(branch.id), chosen_parts=form.several("parts"),
                rate_rows=rate_rows.shown(form), rate_bases=rate_rows.BASES, rate_days=rate_rows.DAYS,
                payers=payers.names(branch.id))
