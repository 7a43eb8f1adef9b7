"""Whoever watches from outside learns ok or degraded; staff see what waits and since when."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as RedisAway

from fastoffice import clock, health, transaction
from fastoffice.audit import Actor
from fastoffice.billing.models import LedgerCheck
from fastoffice.documents.service import owe_document
from fastoffice.extensions import db, rq
from fastoffice.health import Fact
from fastoffice.processes import pulse
from tests.factories.devices import paired
from tests.factories.lobby import TEN, Lobby
from tests.factories.money import at
from tests.factories.people import Cast, make_cast
from tests.factories.rooms import book, make_room, wall, wish
from tests.web.browser import Browser

ACTOR = Actor("Pruebas")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ticking(app: Flask) -> None:
    """The ticker looked a moment ago."""
    pulse.beat("tick", clock.now())


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


def fact(name: str) -> Fact:
    return next(item for item in health.facts() if item.name == name)


def test_a_house_in_order_says_ok_and_its_version_and_nothing_else(client: Browser, ticking: None) -> None:
    answer = client.get("/health")
    assert (answer.status_code, sorted(answer.json)) == (200, ["status", "version"])
    assert answer.json["status"] == "ok"
    newest = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert answer.json["version"] == newest[1]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_ticker_that_stopped_is_noticed(client: Browser, ticking: None) -> None:
    with clock.fixed_at(clock.now() + timedelta(minutes=4)):
        answer = client.get("/health")
        assert (answer.status_code, answer.json["status"]) == (503, "degraded")
        assert fact("last_tick").state == "bad"


def test_a_ticker_that_never_started_is_noticed(client: Browser) -> None:
    assert client.get("/health").status_code == 503


def test_a_queue_that_is_away_is_noticed_without_telling_strangers_where_it_was(
    client: Browser, ticking: None, monkeypatch: Any
) -> None:
    def away() -> None:
        raise RedisAway("secret-host:6379 refused")

    monkeypatch.setattr(rq.get_queue().connection, "ping", away)
    answer = client.get("/health")
    assert (answer.status_code, answer.json["status"]) == (503, "degraded")
    assert "secret-host" not in answer.text


def test_work_that_waits_too_long_is_told_with_its_age(cast: Cast) -> None:
    assert fact("oldest_due").state == "ok"
    transaction.run(owe_document, cast.polanco.id, ("invoice", 1), "invoice", "F-1.pdf")
    assert fact("oldest_due").state == "ok"
    with clock.fixed_at(clock.now() + health.DUE_LATE + timedelta(minutes=1)):
        assert fact("oldest_due").state == "bad"


def test_a_visitor_whom_nobody_answers_and_a_room_that_nobody_frees_are_work_that_waits(
    app: Flask, monkeypatch: Any
) -> None:
    monkeypatch.setattr(health.notifications, "oldest_waiting_mail", lambda: None)  # those of the test stay queued
    lobby = Lobby()
    lobby.arrive()
    with clock.fixed_at(TEN + timedelta(minutes=10)):
        assert (fact("oldest_due").state, fact("oldest_due").at) == ("ok", TEN + timedelta(minutes=2))
    with clock.fixed_at(TEN + timedelta(minutes=18)):
        assert fact("oldest_due").state == "bad", "the ticker escalates within a minute, if it runs"
    lobby.tick(TEN + timedelta(minutes=18))
    book(lobby.branch, wish(make_room(lobby.branch, rate=0), wall(2, 11), wall(2, 12), lobby.guemes))
    with clock.fixed_at(at(2, 11, 16)):
        assert fact("oldest_due").at == at(2, 11, 15), "the no-show"


def test_a_tablet_that_was_not_seen_for_a_day_is_told(app: Flask) -> None:
    lobby = Lobby()
    assert "devices" not in [each.name for each in health.facts()]
    with clock.fixed_at(TEN):
        paired(lobby.branch)
        assert fact("devices").state == "ok"
    with clock.fixed_at(TEN + health.DEVICE_LATE + timedelta(minutes=1)):
        assert (fact("devices").state, fact("devices").at) == ("warn", TEN)
        assert "Lobby (PLC)" in fact("devices").value


def test_books_that_do_not_add_up_are_told(cast: Cast) -> None:
    assert fact("ledger_verified").state == "warn", "never checked"
    for branch in (cast.polanco, cast.tijuana):
        db.session.add(LedgerCheck(branch_id=branch.id, checked_at=clock.now(), faults=[], counts={}))
    db.session.commit()
    assert fact("ledger_verified").state == "ok"
    later = clock.now() + timedelta(seconds=1)
    db.session.add(LedgerCheck(branch_id=cast.polanco.id, checked_at=later, faults=["entry 3 sums to 1"], counts={}))
    db.session.commit()
    assert fact("ledger_verified").state == "bad"


def test_a_backup_that_is_too_old_is_told(app: Flask) -> None:
    assert fact("last_backup").state == "warn"
    pulse.beat("backup", clock.now())
    assert fact("last_backup").state == "ok"


def test_a_manager_reads_it_in_her_language_and_a_monitor_as_json(
    cast: Cast, client: Browser, ticking: None
) -> None:
    client.sign_in(cast.manager)
    page = client.get("/staff/health/")
    assert page.status_code == 200
    assert "Estado del sistema" in page.text
    answer = client.get("/staff/health/", headers={"Accept": "application/json"}).json
    assert {item["name"] for item in answer["facts"]} == {
        "database", "queue", "last_tick", "oldest_due", "unsent_mail", "last_backup", "last_backup_verified",
        "ledger_verified"}


def test_a_receptionist_has_no_business_there(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.mariana)
    assert client.get("/staff/health/").status_code == 403
