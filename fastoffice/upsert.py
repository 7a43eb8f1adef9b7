"""Insert unless a unique constraint says that it is there: the statement both engines understand."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from fastoffice.extensions import db

_IDS = postgresql.ARRAY(sa.BigInteger)


def insert_unless_there(table: sa.Table) -> Any:
    """INSERT … ON CONFLICT DO NOTHING for the engine at hand."""
    dialect = db.session.get_bind().dialect.name
    make: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return make(table).on_conflict_do_nothing()


def insert_new(table: sa.Table, rows: list[dict[str, Any]], *columns: Any) -> list[sa.Row[Any]]:
    """Insert the rows that are not there; `id` and `columns` of those that were new.

    SQLite answers with RETURNING. psycopg would take longer to read such a statement of a thousand rows than
    PostgreSQL to carry it out: there the ids are drawn first, and what stands under them afterwards was new.
    """
    wanted = (table.c.id, *columns)
    if db.session.get_bind().dialect.name != "postgresql":
        return list(db.session.execute(insert_unless_there(table).returning(*wanted), rows))
    sequence = sa.func.pg_get_serial_sequence(table.name, "id")
    draw = sa.select(sa.func.nextval(sequence)).select_from(sa.func.generate_series(1, len(rows)))
    ids = list(db.session.scalars(draw))
    db.session.execute(
        insert_unless_there(table), [{**row, "id": new} for row, new in zip(rows, ids, strict=True)])
    return list(db.session.execute(sa.select(*wanted).where(table.c.id == sa.any_(sa.literal(ids, _IDS)))))
