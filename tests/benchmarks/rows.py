"""Floors for the benches: the same rows, inserted plainly into an empty database of the same engine."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from fastoffice.extensions import db

Rows = dict[str, list[dict[str, Any]]]


def written_since(marks: dict[str, int], names: Iterable[str]) -> Rows:
    """Rows of these tables with an id above the mark."""
    found: Rows = {}
    for name in names:
        table = db.metadata.tables[name]
        query = sa.select(table).where(table.c.id > marks.get(name, 0)).order_by(table.c.id)
        found[name] = [dict(row) for row in db.session.execute(query).mappings()]
    return found


def marks(names: Iterable[str]) -> dict[str, int]:
    """The highest id of each table."""
    found = {}
    for name in names:
        table = db.metadata.tables[name]
        found[name] = db.session.scalar(sa.select(sa.func.max(table.c.id))) or 0
    return found


def seconds_to_insert(rows: Rows) -> float:
    """Insert the rows into fresh tables of the same shape and indexes, one transaction; how long it took.

    The copies have no foreign keys, so that their parents need not be there: a faster floor, not a slower one.
    """
    metadata = sa.MetaData()
    copies = {name: _copy(db.metadata.tables[name], metadata) for name in rows}
    metadata.create_all(db.engine)
    try:
        with db.engine.begin() as connection:
            start = time.perf_counter()
            for name, values in rows.items():
                if values:
                    connection.execute(sa.insert(copies[name]), values)
        return time.perf_counter() - start
    finally:
        metadata.drop_all(db.engine)


def seconds_a_commit(rows: Rows, commits: int) -> float:
    """The rows in so many transactions of equal parts, one after the other, into fresh tables; seconds of one."""
    metadata = sa.MetaData()
    copies = {name: _copy(db.metadata.tables[name], metadata) for name in rows}
    metadata.create_all(db.engine)
    try:
        start = time.perf_counter()
        for number in range(commits):
            with db.engine.begin() as connection:
                for name, values in rows.items():
                    part = values[len(values) * number // commits:len(values) * (number + 1) // commits]
                    if part:
                        connection.execute(sa.insert(copies[name]), part)
        return (time.perf_counter() - start) / commits
    finally:
        metadata.drop_all(db.engine)


def _copy(table: sa.Table, metadata: sa.MetaData) -> sa.Table:
    columns = [sa.Column(column.name, column.type, primary_key=column.primary_key, nullable=column.nullable)
               for column in table.columns]
    copy = sa.Table(f"floor_{table.name}", metadata, *columns)
    for number, index in enumerate(sorted(table.indexes, key=lambda index: str(index.name))):
        options = {f"{name}_where": index.dialect_options[name]["where"] for name in ("sqlite", "postgresql")
                   if index.dialect_options[name].get("where") is not None}
        sa.Index(f"floor_{table.name}_{number}", *(copy.c[column.name] for column in index.columns), unique=index.unique,
                 **options)
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            copy.append_constraint(sa.UniqueConstraint(*(column.name for column in constraint.columns)))
    return copy
