"""Two presses that overlap: the unique key makes the second wait, and run again to find what the first made.

Where the unit of work did not run again (transaction.is_passing) the second would break on the key.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import transaction
from fastoffice.billing.service import one_off, runs
from fastoffice.billing.service.adjusting import LineChange
from fastoffice.branches.models import Branch
from fastoffice.branches.queries import tax_profiles
from fastoffice.extensions import db
from tests.factories.contracts import make_client
from tests.factories.money import MARIANA, at
from tests.factories.people import make_branch

WAITING = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def somebody_waits(started: threading.Event) -> None:
    """Until the second press stands before the first one's lock (SQLite: until it begins, where it waits)."""
    assert started.wait(20)
    if db.engine.dialect.name != "postgresql":
        return
    until = time.monotonic() + 20
    with db.engine.connect() as watcher:
        while not watcher.scalar(WAITING):
            watcher.rollback()
            assert time.monotonic() < until, "the second press never came to wait"


def overlapping(app: Flask, work: Callable[[], int]) -> tuple[int, list[int]]:
    """(what the first press made, what the second found): the second begins before the first commits."""
    started, found = threading.Event(), []

    def second() -> None:
        with app.app_context():
            started.set()
            found.append(transaction.run(work))

    other = threading.Thread(target=second)

    def first() -> int:
        made = work()
        db.session.flush()
        other.start()
        somebody_waits(started)
        return made

    made = transaction.run(first)
    other.join()
    return made, found


@pytest.fixture
def branch_id(committed_app: Flask) -> int:
    return make_branch("PLC").id


def test_a_run_asked_for_twice_at_once_is_one(committed_app: Flask, branch_id: int) -> None:
    def ask() -> int:
        branch = db.session.get_one(Branch, branch_id)
        return runs.start_run(branch, "2026-12", [], "the same key", MARIANA, at(1)).id

    made, found = overlapping(committed_app, ask)
    assert found == [made]


def test_a_one_off_draft_asked_for_twice_at_once_is_one(committed_app: Flask, branch_id: int) -> None:
    client_id = make_client(db.session.get_one(Branch, branch_id)).id

    def ask() -> int:
        branch = db.session.get_one(Branch, branch_id)
        line = (LineChange("Renta de sala", 1000, 35_000, 35_000), tax_profiles(branch_id)[0])
        return one_off.draft_one_off(branch, client_id, [line], ["email"], MARIANA, at(1), request_key="k").id

    made, found = overlapping(committed_app, ask)
    assert found == [made]
