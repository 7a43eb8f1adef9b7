"""The first page of the client's rooms: what is free now, what they wait for, and what is booked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, request
from flask_babel import ngettext

from fastoffice import clock
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.portal.rooms import base
from fastoffice.blueprints.rooming import photo_of
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings.errors import BookingRefused
from fastoffice.bookings.models import Resource
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.queries import free, hours
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.queries import waiting as lines
from fastoffice.bookings.rules import policy as policy_rules
from fastoffice.bookings.rules import slots
from fastoffice.bookings.service import Wish, previews
from fastoffice.bookings.service.wishes import PORTAL
from fastoffice.extensions import db
from fastoffice.identity import portal
from fastoffice.locale import weekday_long
from fastoffice.sent import whole_of

PAST, AHEAD = timedelta(days=60), timedelta(days=400)
FEW, MANY = 10, 100
HALF = timedelta(minutes=30)


@blueprint.get("/rooms")
@portal.require("rooms")
def rooms() -> Response:
    """What is free, hours left, and what is booked."""
    branch, now, client_id = own.branch(), clock.now(), portal.current().client_id
    rows = reading.between(branch.id, now - PAST, now + AHEAD, client_id=client_id)
    found, policy = setup.resources(branch.id), setup.policy_of(branch.id)
    form = asked(found, rows[-1] if rows else None)
    offers, today = _offers(form), clock.local_date(now, branch.timezone)
    span = base.span_of(form)
    prices = previews.prices(branch, Wish(0, *span, client_id=client_id, origin=PORTAL), offers, now) if span else {}
    past = [row for row in rows if row.ends_at <= now][-FEW:]
    when = _said(form)
    return base.page(
        "index.html", status=422 if form.errors else 200, form=form, offers=offers, prices=prices, asked=when, now=now,
        hours=hours.hours(client_id, today, today), coming=[row for row in rows if row.ends_at > now][:MANY],
        past=past[::-1], kept={row.id: policy_rules.kept_percent(row.charge_at, now, policy) for row in rows},
        places=lines.places(branch.id, client_id), rooms={room.id: room for room in found})


@blueprint.get("/rooms/<int:resource_id>/photo")
@portal.require("rooms")
def room_photo(resource_id: int) -> Response:
    """What the room looks like."""
    found = db.session.get(Resource, resource_id)
    return photo_of(found if found is not None and found.branch_id == portal.current().branch_id else None)


def asked(found: Iterable[Resource], last: Any = None) -> Typed:
    """What the address asks for. When it says nothing: the next half hour that some room is open, for as many people
    and as long as the `last` booking.
    """
    args, branch = request.args, own.branch()
    wall = next_open(found, slots.to_wall(clock.now(), branch.timezone))
    length = slots.real_minutes(last.starts_at, last.ends_at) if last else 60
    values = {"day": wall.date().isoformat(), "at": wall.strftime("%H:%M"), "minutes": str(length),
              "people": str(last.people if last else 2), "request_key": secrets.token_hex(16),
              "resource": str(whole_of(args, "resource") or "")}
    if starts := _moment(args.get("starts", "")):
        values |= {"day": starts.date().isoformat(), "at": starts.strftime("%H:%M")}
    return Typed(values | {name: args[name][:20] for name in ("day", "at", "minutes", "people") if args.get(name)})


def next_open(found: Iterable[Resource], wall: datetime) -> datetime:
    """The next full or half hour at which some room is open, within a week; else simply the next."""
    soon = wall.replace(minute=0, second=0, microsecond=0) + HALF * (wall.minute // 30 + 1)
    openings = [room.opening for room in found]
    for number in range(8):
        day = soon.date() + timedelta(days=number)
        starts = [start for opening in openings for start in _starts(opening, day, soon)]
        if starts:
            return min(starts)
    return soon


def _starts(opening: dict[str, Any], day: date, soon: datetime) -> list[datetime]:
    """When somebody could begin on a day, at `soon` or later: a meeting of half an hour still fits."""
    found = []
    for begins, ends in opening.get(str(day.weekday()), []):
        hour, minute = (int(part) for part in begins.split(":"))
        until_hour, until_minute = (int(part) for part in ends.split(":"))
        start = max(slots.midnight(day) + timedelta(hours=hour, minutes=minute), soon)
        if start + HALF <= slots.midnight(day) + timedelta(hours=until_hour, minutes=until_minute):
            found.append(start)
    return found


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _said(form: Typed) -> str:
    """What was asked, in words: "miércoles 2 de diciembre, 10:30–11:30, 6 personas"."""
    span = base.span_of(Typed(form.values))
    if span is None:
        return ""
    people = form.number("people") or 1
    return (f"{weekday_long(span[0].date())}, {span[0]:%H:%M}–{span[1]:%H:%M}, "
            + ngettext("%(num)s person", "%(num)s people", people))


def _offers(form: Typed) -> list[free.Offer]:
    """Rooms that can be had; `starts` goes along to the page of each."""
    branch, span = own.branch(), base.span_of(form)
    if span is None or form.errors:
        return []
    try:
        starts_at, ends_at = (slots.to_utc(wall, branch.timezone) for wall in span)
    except BookingRefused as refusal:
        form.refuse(refusal, **base.ALIASES)
        return []
    form.values["starts"] = span[0].isoformat(timespec="minutes")
    if ends_at <= clock.now():
        return []
    return free.find_free(branch, starts_at, ends_at, people=form.number("people") or 1, kind=None)
