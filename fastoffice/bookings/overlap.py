"""The overlap guard: the database itself refuses two active spaces of one resource at one moment, on both engines.

PostgreSQL: an exclusion constraint over two ranges (the id as a range of one, so that no extension is needed).
SQLite: triggers; its writers take turns, so that a trigger sees all there is. A refusal is an IntegrityError;
`is_overlap` tells it from others. Ends are exclusive: 10–11 and 11–12 both fit.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

TABLE = "booking_space"
NAME = "booking_space_overlap"

_POSTGRESQL = (
    f"ALTER TABLE {TABLE} ADD CONSTRAINT {NAME} EXCLUDE USING gist "
    "(int8range(resource_id, resource_id, '[]') WITH &&, tstzrange(starts_at, ends_at, '[)') WITH &&) WHERE (active)"
)
_CLASH = (
    "SELECT 1 FROM booking_space other WHERE other.resource_id = NEW.resource_id AND other.active = 1 "
    "AND other.ends_at > NEW.starts_at AND other.starts_at < NEW.ends_at"
)


def _trigger(event: str, besides: str) -> str:
    return (f"CREATE TRIGGER {NAME}_{event.lower()} BEFORE {event} ON {TABLE} "
            f"WHEN NEW.active AND EXISTS ({_CLASH}{besides}) BEGIN SELECT RAISE(ABORT, '{NAME}'); END")


def create_statements(dialect: str) -> list[str]:
    """The SQL that makes the guard on an engine ("sqlite" or "postgresql")."""
    if dialect == "postgresql":
        return [_POSTGRESQL]
    return [_trigger("INSERT", ""), _trigger("UPDATE", " AND other.id <> NEW.id")]


def drop_statements(dialect: str) -> list[str]:
    """The SQL that takes it away."""
    if dialect == "postgresql":
        return [f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {NAME}"]
    return [f"DROP TRIGGER IF EXISTS {NAME}_insert", f"DROP TRIGGER IF EXISTS {NAME}_update"]


def is_overlap(error: IntegrityError) -> bool:
    """Whether the guard refused, rather than another constraint."""
    return NAME in str(error.orig)


def attach(metadata: sa.MetaData) -> None:
    """Make `create_all` put the guard on the table."""

    def guard(_target: sa.Table, connection: Connection, **_kwargs: object) -> None:
        for statement in create_statements(connection.dialect.name):
            connection.exec_driver_sql(statement)

    sa.event.listen(metadata.tables[TABLE], "after_create", guard)
