"""The lobby besides visits and rooms: fifty pieces of mail until their clients' messages, and a minute without work.

    python -m tests.benchmarks lobby

The floor of the mail writes the same rows plainly, a transaction for each piece. The idle minute asks the duties of
rooms, visits and mail of a thousand branches, with bookings to come; its floor is the same of one branch.
"""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.bookings import duties as rooms
from fastoffice.bookings.models import Booking
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.mailroom import duties as mail
from fastoffice.notifications.models import Notice
from fastoffice.visitors import duties as visits
from tests.benchmarks.bench_app import bench_apps, in_app
from tests.benchmarks.bench_cycle import timed
from tests.benchmarks.rows import marks, seconds_a_commit, written_since
from tests.factories.contracts import make_client
from tests.factories.mail import announce, make_item
from tests.factories.money import at
from tests.factories.people import make_branch
from tests.factories.rooms import book, make_room, wall, wish
from tests.web.statements import counted_statements

PIECES, CLIENTS, BRANCHES = 50, 10, 1_000
MAIL_GOAL, ANNOUNCE_GOAL, IDLE_GOAL, IDLE_STATEMENTS = 40.0, 20, 2.5, 6
TABLES = ("mail_item", "audit_entry")

Figure = dict[str, Any]


def run(quick: bool) -> list[Figure]:
    """The figures of both engines."""
    figures: list[Figure] = []
    for engine, app in bench_apps("bench_lobby"):
        figures += in_app(app, lambda engine=engine: _mail(engine))
        figures += in_app(app, lambda engine=engine: _idle(engine, 100 if quick else BRANCHES))
    return figures


def _mail(engine: str) -> list[Figure]:
    with clock.fixed_at(at(1)):
        branch = make_branch("PLC")
        clients = [make_client(branch, f"Inquilino {number}, S.C.") for number in range(CLIENTS)]
        make_item(branch, client=clients[0])  # warms everything
        before = marks(TABLES)
        times = [timed(lambda number=number: make_item(branch, client=clients[number % CLIENTS])) * 1000
                 for number in range(PIECES)]
        rows = written_since(before, TABLES)
        db.session.rollback()
        floor = seconds_a_commit(rows, PIECES) * 1000
        with counted_statements() as seen:
            told = announce(branch)
    messages = db.session.scalar(sa.select(sa.func.count()).select_from(Notice))
    value = median(times)
    return [
        {"name": f"a piece of mail is logged ({engine})", "value": value, "unit": "ms", "ratio": value / floor,
         "goal": f"≤ {MAIL_GOAL:.0f} ×", "ok": value / floor <= MAIL_GOAL},
        {"name": f"{PIECES} pieces are told to {CLIENTS} clients, a message each ({engine})", "value": len(seen),
         "unit": "statements", "goal": ANNOUNCE_GOAL, "ok": told == messages == CLIENTS and len(seen) <= ANNOUNCE_GOAL},
    ]


def _idle(engine: str, branches: int) -> list[Figure]:
    branch = make_branch("PLC")
    booking = book(branch, wish(make_room(branch), wall(21, 10), wall(21, 11)))
    one, _statements = _minute()
    _grow(branch.id, booking.id, branches)
    value, statements = _minute()
    name = f"idle minute of the lobby, {branches:,} branches ({engine})"
    return [
        {"name": name, "value": value * 1000, "unit": "ms", "ratio": value / one, "goal": f"≤ {IDLE_GOAL} ×",
         "ok": value / one <= IDLE_GOAL},
        {"name": f"{name}: statements", "value": statements, "unit": "statements", "goal": IDLE_STATEMENTS,
         "ok": statements <= IDLE_STATEMENTS},
    ]


def _minute() -> tuple[float, int]:
    """(seconds, statements) of asking what is due when nothing is."""

    def ask() -> None:
        for module in (rooms, visits, mail):
            assert list(module.due_units(at(2))) == []
        db.session.rollback()

    ask()
    with counted_statements() as seen:
        ask()
    return median(timed(ask) for _ in range(15)), len(seen)


def _grow(branch_id: int, booking_id: int, branches: int) -> None:
    """So many branches as the first, each with two bookings to come."""
    row = dict(db.session.execute(sa.select(Branch.__table__).where(Branch.id == branch_id)).mappings().one())
    of = dict(db.session.execute(sa.select(Booking.__table__).where(Booking.id == booking_id)).mappings().one())
    del row["id"], of["id"]
    keys = list(db.session.scalars(sa.insert(Branch.__table__).returning(Branch.id), [
        {**row, "code": f"B{number:04d}"} for number in range(1, branches)]))
    db.session.execute(sa.insert(Booking.__table__), [
        {**of, "branch_id": key, "uid": f"{key}.{day}@bench", "starts_at": of["starts_at"] + timedelta(days=day),
         "ends_at": of["ends_at"] + timedelta(days=day)} for key in keys for day in range(2)])
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("ANALYZE"))
        db.session.commit()
