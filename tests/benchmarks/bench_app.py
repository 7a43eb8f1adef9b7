"""Applications for the benches, one per engine, on private servers."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask

from fastoffice import create_app
from fastoffice.config import read_settings
from fastoffice.extensions import db
from tests.servers import PrivatePostgres, PrivateRedis

T = TypeVar("T")


def bench_apps(name: str = "bench", **overrides: Any) -> Iterator[tuple[str, Flask]]:
    """(engine, application) for the engines in BENCH_DATABASES (default: both), on an empty database `name`.

    `overrides` replace single Flask settings.
    """
    folder = Path(tempfile.mkdtemp(prefix="fo-bench-"))
    urls = {"sqlite": lambda: f"sqlite:///{folder / name}.db",
            "postgresql": lambda: PrivatePostgres.shared().database(f"fo_{name}")}
    try:
        for engine in os.environ.get("BENCH_DATABASES", "sqlite,postgresql").split(","):
            settings = read_settings({
                "FASTOFFICE_ENV": "test", "FASTOFFICE_INSTANCE": str(folder / engine), "DATABASE_URL": urls[engine](),
                "REDIS_URL": PrivateRedis.shared().url("0"), "BASE_URL": "http://testserver"})
            yield engine, create_app(settings, **{"TESTING": False, "RATELIMIT_ENABLED": False, **overrides})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_app(app: Flask, work: Callable[[], T]) -> T:
    """`work` on the application's database, emptied first."""
    with app.app_context():
        db.drop_all()
        db.create_all()
        try:
            return work()
        finally:
            db.session.remove()
