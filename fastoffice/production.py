"""What production refuses beyond its settings: demo data, and a database that is behind the code."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from fastoffice.branches.models import Branch
from fastoffice.config import Settings, SettingsError
from fastoffice.extensions import db

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def refuse_unfit(app: Flask) -> None:
    """Raise SettingsError when the database makes production unsafe. Other environments pass."""
    settings: Settings = app.config["SETTINGS"]
    if not settings.is_production:
        return
    with app.app_context():
        try:
            faults = database_faults()
        except sa.exc.OperationalError as error:
            faults = [f"DATABASE_URL: the database does not answer ({str(error.orig).strip().splitlines()[0]})"]
        finally:
            db.session.remove()
            db.engine.dispose()
    if faults:
        raise SettingsError(faults)


def database_faults() -> list[str]:
    """Why production must not run on this database, one sentence each."""
    if is_behind():
        return ["DATABASE_URL: the database is behind the program, run `flask db upgrade` first"]
    demo = db.session.scalars(sa.select(Branch.code).where(Branch.is_demo).order_by(Branch.code)).all()
    if demo:
        return [f"DATABASE_URL: production refuses demo branches and their users ({', '.join(demo)})"]
    return []


def is_behind() -> bool:
    """Whether a migration is missing in the database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    heads = set(ScriptDirectory.from_config(config).get_heads())
    with db.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) != heads
