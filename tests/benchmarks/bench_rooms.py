"""Rooms: twenty who want one slot at once, and the week's calendar of a branch with 5,000 bookings.

    python -m tests.benchmarks rooms

Contention is the time from the start of twenty threads to the last answer; exactly one must have the room. Its floor
is the time of twenty bookings one after the other, in slots that nobody else wants. The calendar is asked by a signed-in
receptionist; statements are all that reach the database, and its floor is the same week of a branch that has no other
bookings: the past must not be felt.
"""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import sqlalchemy as sa
from flask import Flask

from fastoffice import bulk, clock, transaction
from fastoffice.bookings import service
from fastoffice.bookings.errors import SlotTaken
from fastoffice.bookings.models import Booking
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from tests.benchmarks.bench_app import bench_apps, in_app
from tests.factories.money import MARIANA, at
from tests.factories.people import PASSWORD, make_branch, make_user
from tests.factories.rooms import ALWAYS, book, make_room, wall, wish
from tests.web.browser import Browser
from tests.web.statements import counted_statements

RIVALS, BOOKINGS, STATEMENTS = 20, 5_000, 10
ROOMS, WEEK = 10, 7 * 24
CONTENTION_GOAL, CALENDAR_GOAL = 5.0, 2.5


def run(quick: bool) -> list[dict[str, Any]]:
    """The figures of both engines."""
    figures = []
    for engine, app in bench_apps("bench_rooms"):
        figures += [_contention(engine, app), *_calendar(engine, app, 2_500 if quick else BOOKINGS)]
    return figures


def _contention(engine: str, app: Flask) -> dict[str, Any]:
    (branch_id, room_id), alone = in_app(app, _one_room)
    start, results = Barrier(RIVALS + 1), []

    def rival() -> None:
        with app.app_context(), clock.fixed_at(at(1)):
            start.wait()
            try:
                results.append(transaction.run(lambda: service.book(
                    db.session.get_one(Branch, branch_id), wish(room_id, wall(3, 16), wall(3, 17)), MARIANA, at(1)).id))
            except SlotTaken:
                results.append(None)
            finally:
                db.session.remove()

    threads = [Thread(target=rival) for _ in range(RIVALS)]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    won = sum(result is not None for result in results)
    ratio = seconds / alone
    return {"name": f"{RIVALS} bookings of one slot at once, one wins ({engine})", "value": seconds * 1000,
            "unit": "ms", "ratio": ratio, "goal": f"≤ {CONTENTION_GOAL} ×",
            "ok": won == 1 and len(results) == RIVALS and ratio <= CONTENTION_GOAL}


def _one_room() -> tuple[tuple[int, int], float]:
    """(branch, room), and the seconds of as many bookings as there are rivals, each in a slot of its own."""
    branch = make_branch("PLC")
    room = make_room(branch, opening=ALWAYS, open_on_holidays=True)
    keys = branch.id, room.id
    book(branch, wish(keys[1], wall(5, 0), wall(5, 1)))  # warms everything
    begun = time.perf_counter()
    for number in range(RIVALS):
        start = wall(6, number)
        book(branch, wish(keys[1], start, start + timedelta(hours=1)))
    return keys, time.perf_counter() - begun


def _calendar(engine: str, app: Flask, bookings: int) -> list[dict[str, Any]]:
    floor, _statements, _ok = _week(app, WEEK * ROOMS)
    value, statements, ok = _week(app, bookings)
    name = f"week calendar, {bookings:,} bookings ({engine})"
    return [
        {"name": f"{name}: statements", "value": statements, "unit": "statements", "goal": STATEMENTS,
         "ok": ok and statements <= STATEMENTS},
        {"name": f"{name}: server", "value": value * 1000, "unit": "ms", "ratio": value / floor,
         "goal": f"≤ {CALENDAR_GOAL} ×", "ok": value / floor <= CALENDAR_GOAL},
    ]


def _week(app: Flask, bookings: int) -> tuple[float, int, bool]:
    """(seconds, statements, answered) of the week's page among so many bookings."""
    in_app(app, lambda: _fill(bookings))
    browser = Browser(app)
    browser.sign_in("recepcion@fastoffice.example", PASSWORD)
    address, times, statements = "/staff/rooms/?day=2026-12-09&view=week", [], 0
    with clock.fixed_at(at(1)):
        browser.get(address)
        for _ in range(5):
            with app.app_context(), counted_statements() as seen:
                begun = time.perf_counter()
                answer = browser.get(address)
                times.append(time.perf_counter() - begun)
            statements = len(seen)
    return statistics.median(times), statements, answer.status_code == 200


def _fill(bookings: int) -> None:
    """Bookings of an hour around the week of December 7, in ten rooms, without their spaces: the calendar asks only for
    them. The week itself is the same in every size.
    """
    branch = make_branch("PLC")
    make_user("receptionist", [branch], email="recepcion@fastoffice.example")
    rooms = [make_room(branch, opening=ALWAYS, open_on_holidays=True).id for _ in range(ROOMS)]
    first = at(7, 0) - timedelta(hours=max(0, bookings // ROOMS - WEEK) // 2)
    given = {"branch_id": branch.id, "people": 1, "zone": branch.timezone, "state": "confirmed", "charge_at": at(1),
             "created_at": at(1), "created_by": "bench", "changed_at": at(1), "local_start": "", "local_end": ""}
    rows = []
    for number in range(bookings):
        start = first + timedelta(hours=number // ROOMS)
        rows.append({**given, "resource_id": rooms[number % ROOMS], "starts_at": start, "guest_name": f"Guest {number}",
                     "ends_at": start + timedelta(hours=1), "uid": f"{number}@bench"})

    def unit() -> None:
        for part in bulk.slices(rows):
            db.session.execute(sa.insert(Booking), list(part))

    transaction.run(unit)
