"""Insert unless a unique constraint says that it is there: the statement both engines understand."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from fastoffice.extensions import db


def insert_unless_there(table: sa.Table) -> Any:
    """INSERT … ON CONFLICT DO NOTHING for the engine at hand."""
    dialect = db.session.get_bind().dialect.name
    make: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return make(table).on_conflict_do_nothing()


def table_of(model: type[Any]) -> sa.Table:
    """The table behind a model, for bulk statements."""
    table: sa.Table = model.__table__
    return table
