"""Alembic, driven by `flask db …`: SQLite gets batch mode, because it cannot alter tables in place."""

from __future__ import annotations

import alembic
from alembic.runtime.migration import MigrationContext
from flask import current_app
from sqlalchemy.engine import Connection
from sqlalchemy.schema import MetaData

from fastoffice.extensions import UtcDateTime, db


def metadata() -> MetaData:
    return db.metadata


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column types in migrations as what they are in the database."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def drop_empty(_context: MigrationContext, _revision: object, directives: list) -> None:
    """A migration without changes is not written."""
    asked = getattr(alembic.context.config.cmd_opts, "autogenerate", False)
    if asked and directives and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def configure(connection: Connection | None, **options: object) -> None:
    alembic.context.configure(
        connection=connection, target_metadata=metadata(), render_as_batch=True, render_item=render_item,
        compare_type=True, process_revision_directives=drop_empty, **options)


def run_offline() -> None:
    """Print the SQL instead of running it (`flask db upgrade --sql`)."""
    url = db.engine.url.render_as_string(hide_password=False)
    configure(None, url=url, literal_binds=True)
    with alembic.context.begin_transaction():
        alembic.context.run_migrations()


def run_online() -> None:
    """On SQLite foreign keys rest while tables are rebuilt, or rebuilding a parent would delete its children."""
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            set_foreign_keys(connection, "OFF")
        try:
            configure(connection)
            with alembic.context.begin_transaction():
                alembic.context.run_migrations()
                if sqlite:
                    check(connection)
        finally:
            if sqlite:
                connection.rollback()
                set_foreign_keys(connection, "ON")


def set_foreign_keys(connection: Connection, state: str) -> None:
    """Below SQLAlchemy, whose first statement begins a transaction: inside one SQLite does not hear of it."""
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={state}")
    cursor.close()


def check(connection: Connection) -> None:
    """Nothing is kept of a migration that leaves rows without their parent."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"the migration left rows without their parent: {broken[:5]}")


if not current_app:
    raise RuntimeError("run migrations as `flask db …`")
if alembic.context.is_offline_mode():
    run_offline()
else:
    run_online()
