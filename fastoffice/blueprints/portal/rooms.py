"""The client's rooms: what is free, the price and the hours left before confirming, their bookings, their calendar."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.rooming import LENGTHS, STATES, TONES, end_after, length_name, wall_of
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings import service
from fastoffice.bookings.errors import BookingRefused, PriceChanged, SlotTaken
from fastoffice.bookings.models import Booking
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.queries import free, hours
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules import policy as policy_rules
from fastoffice.bookings.rules import slots, states
from fastoffice.bookings.service import Wish, changing, feeds
from fastoffice.bookings.service.wishes import PORTAL
from fastoffice.branches.models import Branch
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import portal
from fastoffice.identity.models import User
from fastoffice.sent import whole_of

PAST, AHEAD = timedelta(days=60), timedelta(days=400)
ALIASES = {"starts": "at", "ends": "minutes"}


@blueprint.get("/rooms")
@portal.require("rooms")
def rooms() -> Response:
    """Hours left, the question what is free, and what is booked."""
    return _page(_asked())


@blueprint.get("/rooms/book")
@portal.require("rooms")
def ask_room() -> Response:
    """A room at an hour: what it costs, what is left, or why not."""
    return _form(_asked())


@blueprint.post("/rooms/book")
@own.at_most("60 per hour")
@portal.require("rooms")
def book_room() -> Response:
    """Book it at the price that was shown."""
    form = Typed.sent()
    wish = _wish(form)
    if wish is None:
        return _form(form)
    try:
        made = _unit(lambda branch: service.book(branch, wish, portal.current_actor(), clock.now()).state)
    except SlotTaken as taken:
        form.refuse(taken, **ALIASES)
        return _form(form, alternatives=taken.alternatives)
    except PriceChanged as changed:
        form.refuse(changed)
        return _form(form)
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal, **ALIASES)
        return _form(form)
    flash(_("Booked.") if made == states.CONFIRMED else _("Asked for. The staff confirms it."), "success")
    return htmx.redirect(url_for("portal.rooms"))


@blueprint.post("/rooms/wait")
@own.at_most("30 per hour")
@portal.require("rooms")
def wait_for_room() -> Response:
    """Wait for a time that is taken."""
    form = Typed.sent()
    wish = _wish(form)
    if wish is None:
        return _form(form)
    try:
        _unit(lambda branch: service.join_waiting(branch, wish, portal.current_actor(), clock.now()).id)
    except Refusal as refusal:
        form.refuse(refusal, **ALIASES)
        return _form(form)
    flash(_("We hold it for you when it becomes free, and tell you."), "success")
    return htmx.redirect(url_for("portal.rooms"))


@blueprint.post("/rooms/waiting/<int:entry_id>/acceptance")
@portal.require("rooms")
def take_offer(entry_id: int) -> Response:
    """Take what became free."""
    def work(branch: Branch) -> None:
        entry = next((row for row in reading.waiting(branch.id, client_id=portal.current().client_id)
                      if row.id == entry_id), None)
        if entry is None:
            raise NotFound(_l("This offer is over."))
        service.accept_offer(branch, entry, portal.current_actor(), clock.now())

    return _act(work, _("Booked."))


@blueprint.post("/rooms/bookings/<int:booking_id>/cancellation")
@portal.require("rooms")
def cancel_room(booking_id: int) -> Response:
    """Cancel it; what stays was said beside the button."""
    key = _mine(booking_id).id
    return _act(lambda branch: changing.cancel(
        branch, db.session.get_one(Booking, key), portal.current_actor(), clock.now()), _("Cancelled."))


@blueprint.post("/rooms/calendar")
@own.at_most("20 per hour")
@portal.require("rooms")
def open_calendar() -> Response:
    """A private address for their calendar; the one before is over."""
    who = portal.current()
    token = _unit(lambda branch: feeds.open_own(
        branch, who.user_id, portal.current_actor(), clock.now(), client_id=who.client_id, own_only=False))
    return _page(_asked(), address=url_for("calendars.feed", token=token, _external=True))


def _act(work: Any, thanks: str) -> Response:
    try:
        _unit(work)
    except NotFound:
        raise
    except Refusal as refusal:
        flash(str(refusal.message), "warning")
    else:
        flash(thanks, "success")
    return htmx.redirect(url_for("portal.rooms"))


def _unit(work: Any) -> Any:
    """`work(branch)` as one unit."""
    key = portal.current().branch_id
    return transaction.run(lambda: work(db.session.get_one(Branch, key)))


def _mine(booking_id: int) -> Booking:
    found = db.session.get(Booking, booking_id)
    if found is None or found.client_id != portal.current().client_id:
        raise NotFound(_l("There is no such booking."))
    return found


def _asked() -> Typed:
    """What the address asks for; the next hour of today when it says nothing."""
    args, branch = request.args, own.branch()
    wall = slots.to_wall(clock.now() + timedelta(hours=1), branch.timezone).replace(minute=0)
    values = {"day": wall.date().isoformat(), "at": wall.strftime("%H:%M"), "minutes": "60", "people": "2",
              "request_key": secrets.token_hex(16), "resource": str(whole_of(args, "resource") or "")}
    if starts := _moment(args.get("starts", "")):
        values |= {"day": starts.date().isoformat(), "at": starts.strftime("%H:%M")}
    return Typed(values | {name: args[name][:20] for name in ("day", "at", "minutes", "people") if args.get(name)})


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _wish(form: Typed) -> Wish | None:
    starts = wall_of(form)
    if starts is None or form.errors:
        return None
    try:
        ends = end_after(starts, max(form.number("minutes"), 1), own.branch().timezone)
    except BookingRefused as refusal:
        form.refuse(refusal, **ALIASES)
        return None
    shown = [part for part in form.text("shown").split(",") if part.isdecimal()]
    visitor = portal.current_actor()
    return Wish(
        form.number("resource"), starts, ends, client_id=portal.current().client_id, people=form.number("people") or 1,
        title=form.text("title"), private=form.on("private"), origin=PORTAL, organiser_name=visitor.name,
        organiser_email=db.session.get_one(User, portal.current().user_id).email,
        request_key=form.text("request_key")[:64] or None,
        shown=(int(shown[0]), int(shown[1])) if len(shown) == 2 else None)


def _form(form: Typed, alternatives: Any = ()) -> Response:
    """The booking with its price; 422 with the reason when something is wrong."""
    branch, status = own.branch(), 422 if form.errors or form.notes else 200
    wish = _wish(Typed(form.values))
    quote = service.quote(branch, wish, clock.now()) if wish is not None else None
    if quote is not None and isinstance(quote.refusal, SlotTaken):
        alternatives = quote.refusal.alternatives
    form.values["shown"] = ",".join(map(str, quote.shown)) if quote and quote.shown else ""
    found = next((room for room in setup.resources(branch.id) if room.id == form.number("resource")), None)
    return own.page("room.html", status=status, form=form, quote=quote, alternatives=alternatives, room=found,
                    branch=branch, length_name=length_name, taken=quote is not None and isinstance(
                        quote.refusal, SlotTaken))


def _page(form: Typed, address: str = "") -> Response:
    branch, now, client_id = own.branch(), clock.now(), portal.current().client_id
    offers, today = None, clock.local_date(now, branch.timezone)
    if request.args.get("people"):
        offers = _offers(form)
    rows = reading.between(branch.id, now - PAST, now + AHEAD, client_id=client_id)
    policy = setup.policy_of(branch.id)
    return own.page(
        "rooms.html", status=422 if form.errors else 200, form=form, offers=offers, branch=branch, lengths=LENGTHS,
        length_name=length_name, states=STATES, tones=TONES, hours=hours.hours(client_id, today, today),
        coming=[row for row in rows if row.ends_at > now], past=[row for row in rows if row.ends_at <= now][-10:],
        kept={row.id: policy_rules.kept_percent(row.charge_at, now, policy) for row in rows},
        waiting=reading.waiting(branch.id, client_id=client_id), address=address, now=now,
        rooms={room.id: room for room in setup.resources(branch.id)})


def _offers(form: Typed) -> list[free.Offer]:
    branch, starts = own.branch(), wall_of(form)
    if starts is None or form.errors:
        return []
    try:
        ends = end_after(starts, min(max(form.number("minutes"), 5), 1440), branch.timezone)
        found = free.find_free(branch, slots.to_utc(starts, branch.timezone), slots.to_utc(ends, branch.timezone),
                               people=form.number("people") or 1, kind=None)
    except BookingRefused as refusal:
        form.refuse(refusal, **ALIASES)
        return []
    form.values["starts"] = starts.isoformat(timespec="minutes")
    return found
