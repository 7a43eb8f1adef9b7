"""The demo's lobby: rooms, visits and mail of the past days, of today up to now, and what is to come."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.branches.models import Branch
from fastoffice.contracts.models import Contract
from fastoffice.demo.lobby import mail, pictures, rooms, visits
from fastoffice.demo.lobby.events import Event, Lobby, carry_out
from fastoffice.demo.lobby.mail import COLLECTOR, PIN
from fastoffice.extensions import db

__all__ = ["COLLECTOR", "PIN", "Days"]
PAST_DAYS, DAYS_TO_COME, HOSTS = 8, 8, 12


class Days:
    """The lobby's days in their order; `seed` decides who comes."""

    def __init__(self, branch_id: int, seed: int, now: datetime) -> None:
        branch = db.session.get_one(Branch, branch_id)
        hosts = db.session.scalars(sa.select(Contract.client_id).where(Contract.branch_id == branch_id).order_by(
            Contract.client_id).limit(HOSTS)).all()
        self.lobby = Lobby(branch_id, branch.timezone, tuple(hosts), pictures.signature())
        self._seed, self._now = seed, now
        self.today = clock.local_date(now, branch.timezone)
        self.first = self.today - timedelta(days=PAST_DAYS)
        self._is_open = False
        self._next = self.first

    def live(self, day: date) -> None:
        """The days up to `day` that are over and late enough to be told of, each once; the first opens the lobby."""
        while self._next <= day and self._next < self.today:
            self._open(self._next)
            self._carry_out(self._next, self._events(self._next), clock.end_of_day(self._next, self.lobby.zone))
            self._next += timedelta(days=1)

    def today_and_later(self) -> None:
        """Today up to now, and what is booked and expected."""
        self.live(self.today)
        self._open(self.today)
        lobby, now, chance = self.lobby, self._now, self._chance(self.today)
        events = rooms.day(lobby, self.today) + rooms.meeting_now(lobby, now) + visits.today(lobby, now, chance)
        self._carry_out(self.today, events + mail.today(lobby, now, chance), now)
        with clock.fixed_at(now):
            self._run(self._book_ahead, now)

    def _book_ahead(self, branch: Branch, now: datetime) -> None:
        for ahead in range(1, DAYS_TO_COME + 1):
            day = self.today + timedelta(days=ahead)
            rooms.book_day(self.lobby, day, self._chance(day), branch, now)
        rooms.approval_and_waiting(self.lobby, branch, now)

    def _events(self, day: date) -> list[Event]:
        chance = self._chance(day)
        return (rooms.day(self.lobby, day) + visits.day(self.lobby, day, chance)
                + mail.day(self.lobby, day, chance, nth=(day - self.first).days))

    def _carry_out(self, day: date, events: list[Event], until: datetime) -> None:
        morning = clock.at_local(day, time(0, 30), self.lobby.zone)
        booked: Event = (min(morning, until), partial(rooms.book_day, self.lobby, day, self._chance(day)))
        self._run(carry_out, [booked, *events], until)

    def _open(self, day: date) -> None:
        if self._is_open:
            return
        self._is_open = True
        photos = rooms.photos()
        moment = min(clock.at_local(day, time(0, 10), self.lobby.zone), self._now)
        with clock.fixed_at(moment):
            self._run(self._set_up, photos, moment)

    def _set_up(self, branch: Branch, photos: dict[str, str], now: datetime) -> None:
        rooms.set_up(branch, self.lobby, photos, now)
        visits.set_up(branch, now)
        mail.set_up(branch, self.lobby, now)

    def _chance(self, day: date) -> random.Random:
        return random.Random(f"{self._seed}-lobby-{day}")  # noqa: S311

    def _run(self, work: Callable[..., object], *args: object) -> None:
        transaction.run(work, db.session.get_one(Branch, self.lobby.branch_id), *args)
