"""From the press at the tablet to the committed message for the host, one after the other.

    python -m tests.benchmarks visits

The floor writes the same rows (visit, call, message, delivery, audit) plainly, a transaction for each visit.
"""

from __future__ import annotations

from statistics import median
from typing import Any

import sqlalchemy as sa

from fastoffice import transaction
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.visitors import service
from fastoffice.visitors.service import SignIn
from tests.benchmarks.bench_app import bench_apps, in_app
from tests.benchmarks.bench_cycle import timed
from tests.benchmarks.rows import marks, seconds_a_commit, written_since
from tests.factories.lobby import TABLET, TEN, Lobby

GOAL = 40.0
TABLES = ("visit", "host_call", "notice", "delivery", "audit_entry")


def measure(count: int) -> tuple[float, float]:
    """(milliseconds, times the floor's) of a sign-in, the median of `count`: matching the host, visit, message."""
    lobby = Lobby()
    key = lobby.branch.id

    def one(number: int) -> None:
        data = SignIn(request_key=f"bench-{number}", name=f"Ana Pérez {number}", contact="5512345678",
                      host_text="Laura Güemes Ñuño")
        transaction.run(lambda: service.sign_in(db.session.get_one(Branch, key), data, TABLET, TEN))

    one(count)  # warms everything
    before = marks(TABLES)
    found = [timed(lambda number=number: one(number)) * 1000 for number in range(count)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == count + 1
    rows = written_since(before, TABLES)
    db.session.remove()
    floor = seconds_a_commit(rows, count) * 1000
    return median(found), median(found) / floor


def run(quick: bool = False) -> list[dict[str, Any]]:
    """One figure per engine."""
    count, figures = (20 if quick else 100), []
    for engine, app in bench_apps():
        found, ratio = in_app(app, lambda: measure(count))
        figures.append({"name": f"a visitor signs in, the host's message is in the outbox ({engine})", "value": found,
                        "unit": "ms", "ratio": ratio, "goal": f"≤ {GOAL:.0f} ×", "ok": ratio <= GOAL})
    return figures
