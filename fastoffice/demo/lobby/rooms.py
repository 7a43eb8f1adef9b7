"""The demo's rooms, who meets in them, and what is to come."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.bookings import service
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.rules import states
from fastoffice.bookings.rules.recurrence import Recurrence
from fastoffice.bookings.service import Wish, attending, resources
from fastoffice.bookings.service.resources import ResourceData
from fastoffice.bookings.service.room_rates import RateData
from fastoffice.branches.models import Branch
from fastoffice.demo.lobby import pictures as drawing
from fastoffice.demo.lobby.events import DESK, MANAGER, SYSTEM, Event, Lobby
from fastoffice.extensions import db

OPENING = {**{str(day): [["07:00", "22:00"]] for day in range(5)}, "5": [["09:00", "20:00"]], "6": [["09:00", "20:00"]]}
BIG, SMALL, HALL, BOOTH, PARKING = "Sala Reforma", "Sala Chapultepec", "Salón Polanco", "Cabina 1", "Estacionamiento 12"
_LIKE = ResourceData("", opening=OPENING, open_on_holidays=True)
ROOMS = (
    replace(_LIKE, name=BIG, capacity=8, rate=35_000, description="Mesa para ocho, vista a Masaryk.",
            equipment=("pantalla", "videollamada", "pizarrón"),
            rates=(RateData("plan", "Oficina privada", 25_000), RateData("all", "", 30_000, from_minute=18 * 60))),
    replace(_LIKE, name=SMALL, capacity=6, rate=28_000, for_guests=True, description="Luz natural.",
            equipment=("pantalla", "pizarrón")),
    replace(_LIKE, name=HALL, capacity=14, rate=60_000, needs_approval=True, min_minutes=60,
            description="Reforma y Chapultepec sin la mampara.", equipment=("pantalla", "proyector", "micrófono")),
    replace(_LIKE, name=BOOTH, kind="booth", rate=8_000, step=15, min_minutes=15, max_minutes=120, check_in=False),
    replace(_LIKE, name=PARKING, kind="parking", rate=5_000, step=60, min_minutes=60, max_minutes=720, check_in=False,
            uses_hours=False, for_guests=True),
)
SLOTS = ((BIG, 10, 30, 90), (BIG, 13, 0, 60), (BIG, 16, 30, 90), (SMALL, 11, 0, 60), (SMALL, 15, 0, 120),
         (BOOTH, 12, 0, 30), (PARKING, 10, 0, 240))
TITLES = ("Reunión de socios", "Presentación a cliente", "Entrevistas", "Cierre de mes", "Capacitación", "")
SERIES_HOUR, SERIES_WEEKS = time(9), 4
NOBODY_CAME = 7  # each so many bookings one room is freed because nobody came


def photos() -> dict[str, str]:
    """Drawings of the rooms, stored before they are noted."""
    return {BIG: drawing.room("#dfe8e6", 8), SMALL: drawing.room("#e8e2d6", 6), HALL: drawing.room("#d9e2ec", 12)}


def set_up(branch: Branch, lobby: Lobby, photos: dict[str, str], now: datetime) -> None:
    """Rooms, booths and parking places, one room made of two, and a client's weekly meeting."""
    made = {data.name: resources.save_resource(
        branch, None, replace(data, photo_sha256=photos.get(data.name)), MANAGER) for data in ROOMS}
    resources.set_parts(branch, made[HALL], [made[BIG].id, made[SMALL].id], MANAGER, now)
    day = clock.local_date(now, branch.timezone) + timedelta(days=1)
    day += timedelta(days=(1 - day.weekday()) % 7)
    starts = datetime.combine(day, SERIES_HOUR)
    first = Wish(made[BIG].id, starts, starts + timedelta(hours=1), lobby.host(0), people=5, title="Comité semanal",
                 request_key="demo-series")
    service.book_series(branch, first, Recurrence("weekly", count=SERIES_WEEKS), DESK, now)


def book_day(lobby: Lobby, day: date, chance: random.Random, branch: Branch, now: datetime) -> None:
    """Some of the day's hours, which never meet, for some of the clients."""
    rooms = _rooms(branch.id)
    for place, (name, hour, minute, minutes) in enumerate(chance.sample(SLOTS, 2)):
        starts = datetime.combine(day, time(hour, minute))
        title = chance.choice(TITLES)
        service.book(branch, Wish(
            rooms[name], starts, starts + timedelta(minutes=minutes), lobby.host(chance.randrange(100)),
            people=1 if name in (BOOTH, PARKING) else chance.randrange(2, 6), title=title,
            private=title == "Entrevistas", request_key=f"demo-{day}-{place}"), DESK, now)


def _try(branch: Branch, wish: Wish, now: datetime) -> Booking | None:
    """Book it unless it cannot be had: demos are loaded at any hour of any day."""
    if service.quote(branch, wish, now).refusal is not None:
        return None
    return service.book(branch, wish, DESK, now)


def day(lobby: Lobby, day: date) -> list[Event]:
    """Who comes to the rooms, and what the clock does with those whom nobody came to."""
    looks = [(hour, minute) for _name, hour, minute, _minutes in SLOTS] + [(SERIES_HOUR.hour, 0)]
    came: list[Event] = [(lobby.at(day, hour, minute), _come) for hour, minute in sorted(set(looks))]
    return [*came, (lobby.at(day, 21), _attend)]


def _come(branch: Branch, now: datetime) -> None:
    """Whoever has a room from now on comes, but for one now and then."""
    rows = db.session.scalars(sa.select(Booking).join(Resource).where(
        Booking.branch_id == branch.id, Booking.starts_at == now, Booking.state == states.CONFIRMED, Resource.check_in))
    for booking in rows.all():
        if booking.id % NOBODY_CAME:
            service.check_in(branch, booking, DESK, now)


def _attend(branch: Branch, now: datetime) -> None:
    attending.attend(branch.id, now)


def meeting_now(lobby: Lobby, now: datetime) -> list[Event]:
    """A meeting that is on as somebody looks, where the hour allows one."""
    wall = clock.local(now, lobby.zone).replace(tzinfo=None)
    starts = wall.replace(minute=wall.minute // 30 * 30, second=0, microsecond=0) - timedelta(minutes=30)
    booked = clock.at_local(starts.date(), starts.time(), lobby.zone) - timedelta(minutes=10)
    return [(booked, partial(_book_now, lobby, starts)), (booked + timedelta(minutes=10), _come_all), (now, _attend)]


def _book_now(lobby: Lobby, starts: datetime, branch: Branch, now: datetime) -> None:
    rooms = _rooms(branch.id)
    for name in (SMALL, BIG):
        wish = Wish(rooms[name], starts, starts + timedelta(minutes=90), lobby.host(1), people=4,
                    title="Revisión del proyecto", request_key="demo-now")
        if _try(branch, wish, now) is not None:
            return


def _come_all(branch: Branch, now: datetime) -> None:
    booking = db.session.scalar(sa.select(Booking).where(
        Booking.branch_id == branch.id, Booking.request_key == "demo-now", Booking.state == states.CONFIRMED))
    if booking is not None:
        service.check_in(branch, booking, DESK, now)


def approval_and_waiting(lobby: Lobby, branch: Branch, now: datetime) -> None:
    """A request from the portal for the hall, and a client who waits for a room that is taken."""
    rooms = _rooms(branch.id)
    evening = datetime.combine(clock.local_date(now, branch.timezone) + timedelta(days=4), time(18))
    wish = Wish(rooms[HALL], evening, evening + timedelta(hours=2), lobby.host(3), people=12,
                title="Posada de clientes", origin="portal", request_key="demo-approval")
    if service.quote(branch, wish, now).refusal is None:
        service.book(branch, wish, SYSTEM, now)
    taken = db.session.scalar(sa.select(Booking).where(
        Booking.branch_id == branch.id, Booking.resource_id == rooms[BIG], Booking.state == states.CONFIRMED,
        Booking.starts_at > now + timedelta(hours=12)).order_by(Booking.starts_at))
    if taken is not None:
        starts, ends = (datetime.fromisoformat(wall) for wall in (taken.local_start, taken.local_end))
        service.join_waiting(branch, Wish(rooms[BIG], starts, ends, lobby.host(4), people=4, origin="portal",
                                          request_key="demo-waiting"), SYSTEM, now)


def _rooms(branch_id: int) -> dict[str, int]:
    rows = db.session.execute(sa.select(Resource.name, Resource.id).where(Resource.branch_id == branch_id))
    return {row.name: row.id for row in rows}
