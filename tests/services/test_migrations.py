"""Migrations make exactly what the models say, on both engines, and can be taken back."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade

from fastoffice import guards
from fastoffice.billing.service.verifying import verify
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.service.resources import add_blackout
from fastoffice.bookings.service.room_rates import RateData
from fastoffice.config import SettingsError
from fastoffice.extensions import db
from fastoffice.identity import portal
from fastoffice.identity.models import PortalAccess
from fastoffice.production import database_faults, is_behind, refuse_unfit
from tests.conftest import build_app
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_branch
from tests.factories.portal import let_in
from tests.factories.rooms import book, make_room, wall, wish
from tests.servers import PrivatePostgres, free_port

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = str(ROOT / "migrations")


@pytest.fixture
def empty(request: pytest.FixtureRequest, engine_url: str, tmp_path: Path, worker_name: str) -> Iterator[Flask]:
    """An application on a database without tables."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    if engine_url.startswith("postgresql"):
        url = PrivatePostgres.shared().database(f"fo_migrations_{worker_name}")
    app = build_app(url, tmp_path / "instance", f"unix://{tmp_path}/none.sock")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def triggers() -> dict[str, str]:
    """The database's guards: name -> definition, blanks apart."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    if db.engine.dialect.name == "postgresql":
        query = ("SELECT t.tgname, pg_get_triggerdef(t.oid) || pg_get_functiondef(t.tgfoid) FROM pg_trigger t "
                 "WHERE NOT t.tgisinternal")
    with db.engine.connect() as connection:
        return {row[0]: re.sub(r"\s+", " ", row[1]) for row in connection.execute(sa.text(query))}


def differences() -> list[str]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(change) for change in compare_metadata(context, db.metadata)]


def test_migrations_make_what_the_models_say(empty: Flask) -> None:
    upgrade(MIGRATIONS)
    assert differences() == []
    made = triggers()
    downgrade(MIGRATIONS, revision="base")
    db.create_all()
    assert made == triggers()
    assert set(made) >= {guard.name for guard in guards.GUARDS}


def test_migrations_can_be_taken_back_and_made_again(empty: Flask) -> None:
    upgrade(MIGRATIONS)
    downgrade(MIGRATIONS, revision="base")
    assert set(sa.inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade(MIGRATIONS)
    assert differences() == []


def test_who_saw_all_of_the_portal_sees_the_lobby_in_it_too(empty: Flask) -> None:
    upgrade(MIGRATIONS)
    branch = make_branch()
    for name, may in (("Cafés de Chiapas", portal.WHAT), ("Despacho Gómez", ("invoices", "pay"))):
        let_in(make_client(branch, name), may)
    db.session.remove()
    downgrade(MIGRATIONS, revision="0003")
    seen = sa.text("SELECT may FROM portal_access ORDER BY id")
    before = [json.loads(may) if isinstance(may, str) else may for may in db.session.scalars(seen)]
    assert before == [["invoices", "pay", "contracts", "data", "requests"], ["invoices", "pay"]]
    db.session.remove()
    upgrade(MIGRATIONS)
    assert list(db.session.scalars(sa.select(PortalAccess.may).order_by(PortalAccess.id))) == [
        list(portal.WHAT), ["invoices", "pay"]]


def counts() -> dict[str, int]:
    """Rows by table."""
    names = sorted(set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"})
    with db.engine.connect() as connection:
        return {name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) for name in names}


def test_a_branch_that_works_goes_back_a_version_and_forward_again_with_every_row(empty: Flask) -> None:
    upgrade(MIGRATIONS)
    branch = make_branch()
    room = make_room(branch, rates=(RateData("plan", "Oficina", 25_000), RateData("all", "", 28_000, "56")))
    client = make_client(branch)
    make_contract(client, meeting_minutes=60)
    booking = book(branch, wish(room, wall(3, 10), wall(3, 12), client))
    for start in (5, 6):
        within(branch, at(1), lambda row, day=start: add_blackout(
            row, db.session.get(Resource, room.id), wall(day, 9), wall(day, 10), "Pintura", MARIANA)[0])
    before, booked, owner, place = counts(), booking.id, client.id, branch.id
    db.session.remove()
    downgrade(MIGRATIONS, revision="0004")
    older = counts()
    gone = {name: (rows, older.get(name)) for name, rows in before.items() if older.get(name) != rows}
    assert gone == {"resource_rate": (2, 1), "guest_booking": (0, None), "legal_alert": (0, None),
                    "person_feed": (0, None)}
    upgrade(MIGRATIONS)
    assert counts() == {**before, "resource_rate": 1}
    assert differences() == []
    assert db.session.get_one(Booking, booked).client_id == owner
    assert verify(place) == []


def test_of_two_open_addresses_of_one_client_the_later_one_stays(empty: Flask) -> None:
    upgrade(MIGRATIONS)
    client = make_client(make_branch())
    values = {"branch": client.branch_id, "client": client.id, "at": datetime(2026, 12, 1, tzinfo=UTC)}
    db.session.remove()
    downgrade(MIGRATIONS, revision="0004")
    for token in ("older", "newer"):
        db.session.execute(sa.text("INSERT INTO calendar_feed (branch_id, client_id, email, token_hash, created_at, "
                                   "created_by) VALUES (:branch, :client, '', :token, :at, 'M')").bindparams(
            sa.bindparam("at", type_=sa.DateTime(timezone=True))), {**values, "token": token})
    db.session.commit()
    db.session.remove()
    upgrade(MIGRATIONS)
    open_ones = sa.text("SELECT token_hash FROM calendar_feed WHERE ended_at IS NULL")
    assert list(db.session.scalars(open_ones)) == ["newer"]


def test_a_column_without_a_migration_would_be_seen(empty: Flask) -> None:
    upgrade(MIGRATIONS)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE network DROP COLUMN name" if connection.dialect.name != "sqlite"
                                   else "ALTER TABLE network ADD COLUMN motto TEXT")
    assert differences()


def test_production_does_not_start_behind_its_migrations_nor_with_demo_people(
    empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    monkeypatch.setitem(empty.config, "SETTINGS", replace(empty.config["SETTINGS"], environment="production"))
    assert is_behind()
    with pytest.raises(SettingsError, match="flask db upgrade"):
        refuse_unfit(empty)
    upgrade(MIGRATIONS)
    refuse_unfit(empty)
    make_branch("PLC", is_demo=True)
    db.session.commit()
    assert "PLC" in database_faults()[0]
    db.session.remove()  # what follows disposes of the pool
    with pytest.raises(SettingsError, match="demo"):
        refuse_unfit(empty)
    monkeypatch.setitem(empty.config, "SETTINGS", replace(empty.config["SETTINGS"], environment="demo"))
    refuse_unfit(empty)


def test_commands_may_mend_what_the_web_server_refuses(tmp_path: Path) -> None:
    """Only `flask db upgrade` gets a production database going, so it must not be refused itself."""
    environment = {
        "PATH": os.environ["PATH"], "FASTOFFICE_ENV": "production", "FASTOFFICE_INSTANCE": str(tmp_path),
        "SECRET_KEY": "x" * 40, "BASE_URL": "https://cobranza.example", "REDIS_URL": f"unix://{tmp_path}/none.sock",
    }

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True,
                              check=False)
        return done.returncode, done.stderr

    code, words = run("-c", "import app")
    assert (code, words.count("\n"), "flask db upgrade" in words) == (2, 1, True)
    assert run("-m", "flask", "db", "upgrade")[0] == 0
    assert run("-c", "import app")[0] == 0
    environment["DATABASE_URL"] = f"postgresql://fo@127.0.0.1:{free_port()}/fo"
    code, words = run("-c", "import app")
    assert (code, words.count("\n"), "does not answer" in words) == (2, 1, True)
