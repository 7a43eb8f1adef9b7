"""From the press at the tablet to the committed message for the host, one after the other."""

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
from tests.factories.lobby import TABLET, TEN, Lobby

GOAL = 150.0


def measure(count: int) -> float:
    """Milliseconds of a sign-in, the median of `count`: matching the host, the visit, the message in the outbox."""
    lobby = Lobby()
    key = lobby.branch.id

    def one(number: int) -> None:
        data = SignIn(request_key=f"bench-{number}", name=f"Ana Pérez {number}", contact="5512345678",
                      host_text="Laura Güemes Ñuño")
        transaction.run(lambda: service.sign_in(db.session.get_one(Branch, key), data, TABLET, TEN))

    found = [timed(lambda number=number: one(number)) * 1000 for number in range(count)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == count
    return median(found)


def run(quick: bool = False) -> list[dict[str, Any]]:
    """One figure per engine."""
    count, figures = (20 if quick else 100), []
    for engine, app in bench_apps():
        found = in_app(app, lambda: measure(count))
        figures.append({"name": f"a visitor signs in, the host's message is in the outbox ({engine})", "value": found,
                        "unit": "ms", "goal": f"≤ {GOAL:.0f}", "ok": found <= GOAL})
    return figures
