"""One unit of work: whole or not at all, its effects after the commit, again when the database was busy."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from fastoffice import audit, transaction, work_queue
from fastoffice.audit.models import AuditEntry
from fastoffice.branches.models import Network
from fastoffice.extensions import db


def networks() -> list[str]:
    return list(db.session.scalars(sa.select(Network.name).order_by(Network.name)))


def add(name: str) -> None:
    db.session.add(Network(name=name))


def busy() -> OperationalError:
    return OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked"))


def test_what_a_unit_wrote_is_there_after_it(app: Flask) -> None:
    transaction.run(add, "Norte")
    db.session.expire_all()
    assert networks() == ["Norte"]


def test_a_unit_that_fails_leaves_nothing_not_even_its_effects(app: Flask) -> None:
    effects: list[str] = []

    def fails() -> None:
        add("Norte")
        transaction.after_commit(lambda: effects.append("mail"))
        raise KeyError("half way")

    with pytest.raises(KeyError):
        transaction.run(fails)
    transaction.run(add, "Sur")
    assert (networks(), effects) == (["Sur"], [])


def test_effects_run_after_the_commit_and_not_at_a_savepoints_end(app: Flask) -> None:
    seen: list[str] = []

    def work() -> None:
        with db.session.begin_nested():
            add("Norte")
            transaction.after_commit(lambda: seen.append("effect"))
        seen.append("after the savepoint")
        add("Sur")

    transaction.run(work)
    assert seen == ["after the savepoint", "effect"]


def test_a_busy_database_gets_the_whole_unit_again_and_effects_once(app: Flask) -> None:
    attempts: list[int] = []
    effects: list[int] = []

    def work() -> None:
        attempts.append(1)
        add(f"Norte {len(attempts)}")
        audit.record(audit.Actor("Mariana"), "network.added", ("network", 1), branch_id=0)
        transaction.after_commit(lambda: effects.append(1))
        if len(attempts) < 3:
            raise busy()

    transaction.run(work)
    assert (networks(), len(attempts), effects) == (["Norte 3"], 3, [1])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 1


def test_a_database_that_stays_busy_is_told_after_some_attempts(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr(transaction.random, "uniform", lambda low, high: 0.0)
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        raise busy()

    with pytest.raises(OperationalError):
        transaction.run(work)
    assert len(attempts) == transaction.ATTEMPTS


def test_a_refusal_that_stays_is_not_tried_again(app: Flask) -> None:
    transaction.run(add, "Norte")
    attempts: list[int] = []

    def work() -> None:
        attempts.append(1)
        add("Norte")

    with pytest.raises(IntegrityError):
        transaction.run(work)
    assert len(attempts) == 1


def test_units_do_not_nest_because_services_compose_inside_one(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="do not nest"):
        transaction.run(lambda: transaction.run(add, "Norte"))
    assert networks() == []


def test_a_bell_is_rung_only_when_the_cause_is_committed(app: Flask, monkeypatch: Any) -> None:
    rung: list[str] = []
    monkeypatch.setattr(work_queue, "ring_now", lambda job, *args, **options: rung.append(job))

    def work(fails: bool) -> None:
        work_queue.ring("fastoffice.notifications.jobs.send_due")
        assert rung == []
        if fails:
            raise KeyError("half way")

    with pytest.raises(KeyError):
        transaction.run(work, True)
    assert rung == []
    transaction.run(work, False)
    assert rung == ["fastoffice.notifications.jobs.send_due"]


def test_two_units_at_once_on_one_row_lose_no_update(committed_app: Flask) -> None:
    """SQLite takes its write lock at BEGIN, PostgreSQL the row: nobody works on what he did not read."""
    import threading

    transaction.run(add, "0")
    faults: list[Exception] = []

    def count_up() -> None:
        row = db.session.scalars(sa.select(Network).with_for_update()).one()
        row.name = str(int(row.name) + 1)

    def worker() -> None:
        with committed_app.app_context():
            try:
                for _ in range(10):
                    transaction.run(count_up)
            except Exception as error:  # noqa: BLE001  told by the main thread
                faults.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert (faults, networks()) == ([], ["40"])
