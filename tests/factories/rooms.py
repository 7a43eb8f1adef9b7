"""Rooms of a branch and bookings in them, made as the product makes them: committed, at a fixed moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

from fastoffice.bookings import service as bookings
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.rules.policy import Policy
from fastoffice.bookings.service import Wish, attending
from fastoffice.bookings.service import resources as rooms
from fastoffice.bookings.service.resources import ResourceData
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from tests.factories.money import MARIANA, at, within

ALWAYS = {str(day): [["00:00", "24:00"]] for day in range(7)}
WEEKDAYS = {str(day): [["08:00", "20:00"]] for day in range(5)}
RATE = 30_000  # 300.00 an hour
_numbers = count(1)


def make_room(branch: Branch, name: str | None = None, **values: Any) -> Resource:
    """A room for eight, open on weekdays from 8 to 20, at 300.00 an hour; `values` as in ResourceData."""
    given = {"capacity": 8, "opening": WEEKDAYS, "rate": RATE, **values}
    data = ResourceData(name or f"Sala {next(_numbers)}", **given)
    return within(branch, at(1), lambda row: rooms.save_resource(row, None, data, MARIANA))


def set_policy(branch: Branch, **values: int) -> None:
    """The branch's numbers for bookings; fields as in Policy."""
    within(branch, at(1), lambda row: rooms.save_policy(row, Policy(**values), MARIANA))


def wall(day: int, hour: int, minute: int = 0, month: int = 12, year: int = 2026) -> datetime:
    """A wall time, naive."""
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001


def wish(room: Resource | int, starts: datetime, ends: datetime, client: Client | None = None, **values: Any) -> Wish:
    """What somebody wants; a guest of the desk without a client."""
    return Wish(room if isinstance(room, int) else room.id, starts, ends,
                client_id=client.id if client is not None else None, **values)


def book(branch: Branch, wanted: Wish, now: datetime | None = None) -> Booking:
    """Booked on December 1 at ten unless told."""
    moment = now or at(1)
    return within(branch, moment, lambda row: bookings.book(row, wanted, MARIANA, moment))


def do(branch: Branch, now: datetime, work: Callable[..., Any], booking: Booking, *args: Any, **values: Any) -> Any:
    """`work(branch, booking, *args, actor, now, **values)` as one unit."""
    key = booking.id

    def unit(row: Branch) -> Any:
        return work(row, db.session.get_one(Booking, key), *args, MARIANA, now, **values)

    return within(branch, now, unit)


def attend(branch: Branch, now: datetime) -> None:
    """What the minute brings."""
    within(branch, now, lambda row: (attending.attend(row.id, now), attending.end_months(row.id, now)))
