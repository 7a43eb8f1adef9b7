"""What is free for so many people, then the calendar: a day of all rooms, a week of all, a week of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l

from fastoffice import clock
from fastoffice.blueprints.paging import one_of
from fastoffice.blueprints.rooming import LENGTHS, end_after, wall_of
from fastoffice.blueprints.staff.rooms import grid
from fastoffice.blueprints.staff.rooms.base import blueprint, page, today
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings.errors import BookingRefused
from fastoffice.bookings.models import Resource
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.queries import free
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules import slots
from fastoffice.bookings.service.wishes import STAFF_BACK, list_price
from fastoffice.branches.models import Branch
from fastoffice.identity import access
from fastoffice.sent import whole_of

WEEK = timedelta(days=7)
VIEWS = {"day": _l("Day"), "week": _l("Week"), "room": _l("Room")}


@blueprint.get("/")
@access.require("rooms.view")
def index() -> Response:
    """The day's rooms, with the question that comes first above them."""
    branch, day, view = access.current_branch(), _day(), one_of("view", VIEWS, "day")
    rooms = setup.resources(branch.id)
    wanted = whole_of(request.args, "resource")
    chosen = next((room for room in rooms if room.id == wanted), rooms[0] if rooms else None)
    first = day if view == "day" else day - timedelta(days=day.weekday())
    last = first if view == "day" else first + WEEK - timedelta(days=1)
    columns = _columns(branch, [chosen] if view == "room" and chosen else rooms, first, last)
    step = timedelta(days=1) if view == "day" else WEEK
    return page(
        "index", fragment="_calendar", waiting=len(reading.waiting(branch.id)),
        view=view, views=VIEWS, day=day, first=first, last=last, rooms=rooms,
        chosen=chosen, columns=columns, before=day - step, after=day + step, today=today(),
        lengths=LENGTHS, **_rows(branch, columns if view != "week" else []), **_places(columns), **_now(branch),
        form=Typed({"day": day.isoformat(), "at": _next_hour(branch), "minutes": "60", "people": "6"}), offers=None,
        days=[first + timedelta(days=number) for number in range((last - first).days + 1)])


@blueprint.get("/free")
@access.require("rooms.view")
def find() -> Response:
    """Which rooms hold these people at this hour."""
    branch = access.current_branch()
    form = Typed({name: value for name, value in request.args.items() if name in ("day", "at", "minutes", "people")})
    people, minutes = form.number("people") or 1, form.number("minutes") or 60
    starts, offers = wall_of(form), None
    if starts is not None and not form.errors:
        try:
            ends = end_after(starts, min(max(minutes, 5), 1440), branch.timezone)
            offers = free.find_free(branch, slots.to_utc(starts, branch.timezone),
                                    slots.to_utc(ends, branch.timezone), people=people, kind=None)
        except BookingRefused as refusal:
            form.refuse(refusal, starts="at")
    rooms = {room.id: room for room in setup.resources(branch.id)} if offers else {}
    prices = {offer.resource_id: list_price(branch, rooms[offer.resource_id], offer.starts_at, offer.ends_at)
              for offer in offers or ()}
    return page("free", fragment="_free", status=422 if form.errors else 200, form=form, offers=offers, starts=starts,
                rooms=rooms, prices=prices, lengths=LENGTHS, minutes=minutes, people=people)


def _rows(branch: Branch, columns: Sequence[grid.Column]) -> dict[str, Any]:
    """The table's rows; `cut` says that hours of the night are left out."""
    night = request.args.get("hours") == "all"
    rows = grid.rows(columns, branch.timezone, night=night)
    return {"rows": rows, "night": night, "cut": grid.first_and_last(columns, branch.timezone) != (0, 24 * 60)}


def _places(columns: Sequence[grid.Column]) -> dict[str, Any]:
    """Each room's columns, and which column a room's day is, so that arrow keys find their way."""
    by_room: dict[int, list[grid.Column]] = defaultdict(list)
    for column in columns:
        by_room[column.resource_id].append(column)
    return {"by_room": by_room,
            "places": {(column.resource_id, column.day): place for place, column in enumerate(columns)}}


def _now(branch: Branch) -> dict[str, Any]:
    """What the wall says, and since when the desk may still note what began."""
    now = clock.now()
    return {"now": now, "wall": slots.to_wall(now, branch.timezone),
            "earliest": slots.to_wall(now - STAFF_BACK, branch.timezone)}


def _day() -> date:
    try:
        return max(min(date.fromisoformat(request.args.get("day", "")), date(2190, 1, 1)), date(1990, 1, 1))
    except ValueError:
        return today()


def _next_hour(branch: Branch) -> str:
    wall = slots.to_wall(clock.now(), branch.timezone)
    return time((wall.hour + 1) % 24).isoformat("minutes")


def _columns(branch: Branch, rooms: Sequence[Resource], first: date, last: date) -> list[grid.Column]:
    """A column for each room and day, in a fixed number of statements and one pass over the bookings."""
    starts_at, ends_at = clock.start_of_day(first, branch.timezone), clock.end_of_day(last, branch.timezone)
    parts = setup.parts_of(branch.id)
    touching = {room.id: {*parts.get(room.id, ()), *(whole for whole, its in parts.items() if room.id in its)}
                for room in rooms}
    ids = {room.id for room in rooms}.union(*touching.values())
    found = reading.between(branch.id, starts_at, ends_at, resource_ids=sorted(ids))
    by_place = _by_room_and_day(found, branch.timezone)
    closed = setup.closed_days(branch, {first.year, last.year})
    blackouts = setup.blackouts(branch.id, starts_at, ends_at)
    shut = {room.id: [span for span, _why in setup.blacked_out(blackouts, setup.space_ids(room.id, parts))]
            for room in rooms}
    return [
        _column(branch, room, first + timedelta(days=number), by_place, touching[room.id], shut[room.id], closed)
        for number in range((last - first).days + 1) for room in rooms
    ]


def _by_room_and_day(found: Sequence[Any], zone: str) -> dict[tuple[int, date], list[Any]]:
    """Bookings by room and each day on which they are: one past midnight is on both."""
    places: dict[tuple[int, date], list[Any]] = defaultdict(list)
    for row in found:
        day, last = (slots.to_wall(moment, zone).date() for moment in (row.starts_at, row.ends_at - slots.MINUTE))
        while day <= last:
            places[row.resource_id, day].append(row)
            day += timedelta(days=1)
    return places


def _column(
    branch: Branch, room: Resource, day: date, by_place: dict[tuple[int, date], list[Any]], touching: Iterable[int],
    shut: Sequence[slots.Span], closed: frozenset[date],
) -> grid.Column:
    beside = [(row.starts_at, row.ends_at) for other in touching for row in by_place.get((other, day), ())]
    terms = setup.terms_of(room, branch, closed)
    return grid.Column(
        room.name, str(room.capacity), day, room.id, by_place.get((room.id, day), []),
        slots.open_spans(terms, day, day), [*shut, *beside], room.step, room.buffer_before + room.buffer_after)
