"""What every test shares: a database of each engine, a real Redis, a clean slate.

The PostgreSQL cluster and the Redis server are private, on loopback or a unix socket, started once for
all of pytest's processes by the first that needs them and stopped when the run ends. `TEST_DATABASES`
chooses engines ("sqlite", "postgresql" or both, the default).
"""

from __future__ import annotations

import functools
import gc
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import composition, create_app
from fastoffice.config import read_settings
from fastoffice.extensions import db, limiter
from tests.servers import PrivatePostgres, PrivateRedis, compiled_templates, shared_folder, stop_shared_servers
from tests.translations import compile_catalogues
from tests.web.browser import Browser

_ = composition  # all models are known to whatever test is alone
ENGINES = [name for name in os.environ.get("TEST_DATABASES", "sqlite,postgresql").split(",") if name]


def pytest_configure(config: pytest.Config) -> None:
    """The controller makes the shared folder and starts nothing yet; workers find it in the environment."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["FASTOFFICE_TEST_FOLDER"] = str(shared_folder())
        compile_catalogues()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes begins first, so that nothing runs alone at the end."""
    slowest = ("test_kills_of_the_real_house", "tests/faults/", "tests/browser/", "test_access_table",
               "_whatever_order", "tests/scenarios/")
    places = {name: place for place, name in enumerate(slowest)}
    items.sort(key=lambda item: min((place for name, place in places.items() if name in item.nodeid), default=9))


def pytest_collection_finish() -> None:
    """Five thousand tests and what they import stay to the end: they are not looked through for garbage again."""
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        stop_shared_servers()


@pytest.fixture(scope="session")
def worker_name() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def postgres_url(worker_name: str) -> str:
    """A database of this process in the shared private cluster (postgresql+psycopg URL)."""
    return PrivatePostgres.shared().database(f"fo_{worker_name}")


@pytest.fixture(scope="session")
def redis_url(worker_name: str) -> str:
    """A real Redis; each pytest process has its own database number."""
    return PrivateRedis.shared().url(worker_name)


@pytest.fixture(scope="session", params=ENGINES)
def engine_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The database under test; tests that use it run once per engine."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path_factory.getbasetemp() / 'test.db'}"


LIMITS = "limits of this application"


def build_app(url: str, instance: Path, redis: str, **overrides: object) -> Flask:
    """An application on `url` with its files in `instance`."""
    settings = read_settings({
        "FASTOFFICE_ENV": "test", "FASTOFFICE_INSTANCE": str(instance), "DATABASE_URL": url, "REDIS_URL": redis,
        "SECRET_KEY": "a secret for tests only, long enough", "BASE_URL": "http://testserver",
    })
    options: dict[str, object] = {"TESTING": True, "RATELIMIT_ENABLED": True, "RATELIMIT_STORAGE_URI": "memory://", "RQ_ASYNC": True}
    app = create_app(settings, **{**options, **overrides})
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = compiled_templates()
    app.extensions[LIMITS] = dict(vars(limiter))
    return app


def its_own_limits(app: Flask) -> None:
    """One limiter serves every application that a test makes, as the last one told it: back to this one's, at zero."""
    vars(limiter).update(app.extensions[LIMITS])
    limiter.reset()


@pytest.fixture(scope="session")
def apps() -> Iterator[dict[str, Flask]]:
    """Applications by database; they outlast a change of engine between two files."""
    made: dict[str, Flask] = {}
    yield made
    for app in made.values():
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session")
def session_app(
    engine_url: str, redis_url: str, apps: dict[str, Flask], tmp_path_factory: pytest.TempPathFactory
) -> Flask:
    """The application with its tables, once per engine and process."""
    if engine_url not in apps:
        apps[engine_url] = build_app(engine_url, tmp_path_factory.mktemp("instance"), redis_url)
        with apps[engine_url].app_context():
            db.create_all()
    return apps[engine_url]


@pytest.fixture
def app(session_app: Flask) -> Iterator[Flask]:
    """The application inside one outer transaction that is rolled back after the test.

    Commits of the code under test end savepoints, so they are real to it and gone afterwards. Use
    `committed_app` when several connections or processes must see the data.
    """
    its_own_limits(session_app)
    with session_app.app_context(), rolled_back():
        yield session_app


@contextmanager
def rolled_back() -> Iterator[sa.Connection]:
    """One connection for everything inside, in a transaction that is undone at the end."""
    connection = db.engine.connect()
    outer = connection.begin()
    session_factory = db.session.session_factory
    original = dict(session_factory.kw)
    db.session.remove()
    db.session.configure(bind=connection, binds={}, join_transaction_mode="create_savepoint")
    _route_engine_to(connection)
    try:
        yield connection
    finally:
        db.session.remove()
        session_factory.kw.clear()
        session_factory.kw.update(original)
        _route_engine_to(None)
        outer.rollback()
        connection.close()


def _route_engine_to(connection: sa.Connection | None) -> None:
    """Flask-SQLAlchemy picks a bind per mapper; in a rolled-back test everything goes to one connection."""
    from flask_sqlalchemy.session import Session

    if connection is None:
        Session.get_bind = _original_get_bind  # type: ignore[method-assign]
    else:
        Session.get_bind = lambda self, *a, **k: connection  # type: ignore[method-assign,assignment]


from flask_sqlalchemy.session import Session as _Session  # noqa: E402

_original_get_bind = _Session.get_bind


@pytest.fixture
def db_session(app: Flask) -> object:
    """The session of the test's rolled-back transaction."""
    return db.session


@pytest.fixture
def committed_app(session_app: Flask) -> Iterator[Flask]:
    """The application on really committed data; every table is emptied afterwards."""
    its_own_limits(session_app)
    with session_app.app_context():
        yield session_app
        db.session.remove()
        empty_tables()


def empty_tables() -> None:
    """Delete all rows, past the triggers that keep history (they guard the product, not the test bench)."""
    if db.engine.dialect.name == "postgresql":
        names = [table.name for table in db.metadata.sorted_tables]
        with db.engine.begin() as connection:  # TRUNCATE makes files anew for every table, empty or not: half a second
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql("; ".join(f'DELETE FROM "{name}"' for name in names))
        return
    with db.engine.connect() as connection:
        _untouched().backup(connection.connection.driver_connection)  # type: ignore[arg-type]


@functools.cache
def _untouched() -> sqlite3.Connection:
    """SQLite's tables as the models make them, in memory: copied in a moment."""
    pristine = sqlite3.connect(":memory:")
    db.metadata.create_all(sa.create_engine("sqlite://", creator=lambda: pristine))
    return pristine


@pytest.fixture(scope="session")
def stripe_server() -> Iterator[Any]:
    """The double of Stripe, one per process."""
    from tests.doubles.stripe import StripeDouble

    with StripeDouble() as double:
        yield double


@pytest.fixture
def stripe(session_app: Flask, stripe_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Stripe as the application asks it: the double, empty; calls that fail are made again without waiting."""
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.001)
    monkeypatch.setitem(session_app.config, "SETTINGS", replace(
        session_app.config["SETTINGS"], stripe_api_base=stripe_server.url))
    yield stripe_server
    stripe_server.reset()


@pytest.fixture
def client(app: Flask) -> object:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def runner(app: Flask) -> object:
    """The command line."""
    return app.test_cli_runner()


@pytest.fixture
def runner_of() -> Any:
    """Runs a command on an application and reads its JSON answer; a command that fails fails the test."""

    def of(app: Flask) -> Any:
        def flask(*arguments: str, exit_code: int = 0) -> Any:
            result = app.test_cli_runner().invoke(args=list(arguments), catch_exceptions=False)
            assert result.exit_code == exit_code, result.output
            db.session.remove()
            return json.loads(result.stdout) if result.stdout.strip()[:1] in ("{", "[") else result.stdout

        return flask

    return of
