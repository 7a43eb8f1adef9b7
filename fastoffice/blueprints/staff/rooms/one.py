"""One booking: changed, cancelled, approved, checked in, ended early, extended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx, transaction
from fastoffice.audit import Actor
from fastoffice.blueprints.rooming import LENGTHS
from fastoffice.blueprints.staff.rooms.base import blueprint, booking_of_branch, page
from fastoffice.blueprints.staff.rooms.planning import Plan, longer, moves, plan_of
from fastoffice.blueprints.staff.rooms.wishing import ALIASES, pick, shown_in, wish_from
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings import service
from fastoffice.bookings.errors import PriceChanged, SeriesConflicts, SlotTaken
from fastoffice.bookings.models import Booking
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules import policy as policy_rules
from fastoffice.bookings.rules import slots
from fastoffice.bookings.service import Wish, changing, series
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.errors import Conflict, NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.guests import names as guest_names
from fastoffice.guests import queries as guests
from fastoffice.identity import access

SCOPES = {"this": _l("Only this date"), "later": _l("This and later ones"), "all": _l("All that have not begun")}


@blueprint.get("/bookings/<int:booking_id>")
@access.require("rooms.view")
def show(booking_id: int) -> Response:
    """When, for whom, at which price, and what can be done with it."""
    found = booking_of_branch(booking_id)
    return _page(found, _values(found))


@blueprint.post("/bookings/<int:booking_id>/change")
@access.require("rooms.book")
def change(booking_id: int) -> Response:
    """Another room, time or title; of this date, this and later, or all."""
    found, form = booking_of_branch(booking_id), Typed.sent()
    wish = _wish(found, form)
    if wish is None:
        return _page(found, form, 422)
    if moves(found, wish) and wish.shown is None:
        return _page(found, form, planned=plan_of(found, form, wish), unseen=True)
    scope, seen = form.text("scope") or "this", form.number("version")
    agreed = wish if moves(found, wish) else replace(wish, shown=None)

    def work(branch: Branch, row: Booking, actor: Actor) -> Any:
        return series.change(branch, row, agreed, scope, actor, clock.now(), seen=seen)

    return _do(found, form, work, _("Saved."))


@blueprint.post("/bookings/<int:booking_id>/quote")
@access.require("rooms.book")
def quote_change(booking_id: int) -> Response:
    """What the change would cost, or why it cannot be; of each date that it reaches."""
    found, form = booking_of_branch(booking_id), Typed.sent()
    pick(form)
    wish = _wish(found, form)
    planned = plan_of(found, form, wish) if wish is not None else None
    if htmx.wants_fragment():
        return page("_change", booking=found, form=form, planned=planned, unseen=False)
    return _page(found, form, planned=planned)


def _wish(found: Booking, form: Typed) -> Wish | None:
    """What the form makes of the booking; None with its errors noted."""
    wanted = wish_from(form, client_id=found.client_id)
    if wanted is None:
        return None
    return replace(wanted, client_id=found.client_id, contract_id=found.contract_id, request_key=None)


@blueprint.post("/bookings/<int:booking_id>/cancellation")
@access.require("rooms.book")
def cancel(booking_id: int) -> Response:
    """Cancel it; hours and money go back as the policy says, or whole when the desk waives the fee."""
    found, form = booking_of_branch(booking_id), Typed.sent()
    scope, waive = form.text("scope") or "this", form.on("waive")
    reason = form.text("reason")
    return _do(found, form, lambda branch, row, actor: series.cancel(
        branch, row, scope, actor, clock.now(), waive=waive, reason=reason), _("Cancelled."))


@blueprint.post("/bookings/<int:booking_id>/waiver")
@access.require("invoices.adjust")
def forgive(booking_id: int) -> Response:
    """Ask nothing for what is over; hours go back, and a document is corrected on the next."""
    found, form = booking_of_branch(booking_id), Typed.sent()
    return _do(found, form, lambda branch, row, actor: changing.forgive(
        branch, row, actor, clock.now(), reason=form.text("reason")), _("Nothing is asked for it any more."))


@blueprint.post("/bookings/<int:booking_id>/approval")
@access.require("rooms.book")
def approve(booking_id: int) -> Response:
    """Say yes to what a client asked for."""
    return _do(booking_of_branch(booking_id), Typed.sent(), lambda branch, row, actor: service.approve(
        branch, row, actor, clock.now()), _("Approved."))


@blueprint.post("/bookings/<int:booking_id>/check-in")
@access.require("rooms.book")
def check_in(booking_id: int) -> Response:
    """They are there."""
    return _do(booking_of_branch(booking_id), Typed.sent(), lambda branch, row, actor: service.check_in(
        branch, row, actor, clock.now()), _("Checked in."))


@blueprint.post("/bookings/<int:booking_id>/end")
@access.require("rooms.book")
def end(booking_id: int) -> Response:
    """They left: the room is free from now on."""
    return _do(booking_of_branch(booking_id), Typed.sent(), lambda branch, row, actor: service.end_early(
        branch, row, actor, clock.now()), _("The room is free."))


@blueprint.post("/bookings/<int:booking_id>/extension")
@access.require("rooms.book")
def extend(booking_id: int) -> Response:
    """They stay longer, at the price that stands on the button."""
    form = Typed.sent()
    minutes, shown = max(min(form.number("longer"), 240), 5), shown_in(form)
    return _do(booking_of_branch(booking_id), form, lambda branch, row, actor: service.extend(
        branch, row, minutes, actor, clock.now(), shown=shown), _("Saved."))


def _do(found: Booking, form: Typed, work: Callable[[Branch, Booking, Actor], Any], thanks: str) -> Response:
    """Carry it out as one unit; refused, the page says why and nothing changed."""
    key, branch_id = found.id, found.branch_id

    def unit() -> None:
        branch = db.session.get_one(Branch, branch_id)
        work(branch, db.session.get_one(Booking, key), access.current_actor())

    try:
        transaction.run(unit)
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal, **ALIASES)
        offers = refusal.alternatives if isinstance(refusal, SlotTaken) else ()
        dates = refusal.occurrences if isinstance(refusal, SeriesConflicts) else ()
        status = 409 if isinstance(refusal, Conflict) else 422
        again = booking_of_branch(key)
        wish = _wish(again, form) if isinstance(refusal, PriceChanged) and form.text("day") else None
        planned = plan_of(again, form, wish) if wish else None
        return _page(again, form, status, alternatives=offers, dates=dates, planned=planned)
    htmx.toast(thanks)
    return htmx.redirect(url_for("rooms.show", booking_id=key))


def _page(found: Booking, form: Typed, status: int = 200, alternatives: Any = (), dates: Any = (),
          planned: Plan | None = None, unseen: bool = False) -> Response:
    branch, now = access.current_branch(), clock.now()
    form.values = {**_values(found).values, **form.values}
    rows = reading.of_series(found.series_id) if found.series_id else []
    client = db.session.get(Client, found.client_id) if found.client_id else None
    if planned and planned.alternatives:
        alternatives = planned.alternatives
    return page("show", status=status, booking=found, form=form, client=client, series=rows, scopes=SCOPES,
                alternatives=alternatives, dates=dates, rooms=setup.resources(branch.id), lengths=_lengths(found),
                now=now, may_check_in=service.may_check_in(found, now),
                kept=policy_rules.kept_percent(found.charge_at, now, setup.policy_of(branch.id)),
                planned=planned, unseen=unseen, longer=longer(branch, found, now),
                guest=guests.of_booking(found.id), guest_states=guest_names.STATES)


def _lengths(found: Booking) -> tuple[int, ...]:
    return tuple(sorted({*LENGTHS, slots.real_minutes(found.starts_at, found.ends_at)}))


def _values(found: Booking) -> Typed:
    return Typed({
        "resource": str(found.resource_id), "day": found.local_start[:10], "at": found.local_start[11:],
        "minutes": str(slots.real_minutes(found.starts_at, found.ends_at)), "people": str(found.people),
        "title": found.title, "notes": found.notes, "private": "y" if found.private else "",
        "client_name": found.guest_name, "organiser_name": found.organiser_name, "phone": found.guest_phone,
        "email": found.organiser_email if found.client_id else found.guest_email or found.organiser_email,
        "attendees": "\n".join(found.attendees), "version": str(found.version), "scope": "this"})
