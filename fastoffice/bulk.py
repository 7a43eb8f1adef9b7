"""Many rows at once: what a run writes goes in by the thousand, not one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from fastoffice.extensions import db

T = TypeVar("T")
SLICE = 500


def table_of(model: Any) -> sa.Table:
    """The table behind a model."""
    return cast(sa.Table, model.__table__)


def slices(items: Sequence[T], size: int = SLICE) -> Iterator[Sequence[T]]:
    """`items` in parts, so that no statement carries a giant list."""
    for start in range(0, len(items), size):
        yield items[start:start + size]


def insert(model: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of equal keys."""
    if rows:
        db.session.connection().execute(sa.insert(model.__table__), list(rows))


def insert_returning_ids(model: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows of equal keys; their new ids in the same order."""
    if not rows:
        return []
    table = model.__table__
    statement = sa.insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(db.session.connection().execute(statement, list(rows)).scalars())


def update(model: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Update each row named by its "id" with its other keys (equal in all rows)."""
    if not rows:
        return
    table = model.__table__
    names = [name for name in rows[0] if name != "id"]
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row_id"))
        .values({table.c[name]: sa.bindparam(f"new_{name}") for name in names})
    )
    values = [{"row_id": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows]
    db.session.connection().execute(statement, values)


def update_where_in(model: Any, column: Any, ids: Iterable[int], **values: Any) -> None:
    """Set the same values on every row whose `column` is one of `ids`."""
    for part in slices(list(ids)):
        db.session.connection().execute(sa.update(model.__table__).where(column.in_(part)).values(**values))


def rows_in(query: Any, column: Any, ids: Sequence[int]) -> list[Any]:
    """All rows of `query` whose `column` is one of `ids`, in slices."""
    found: list[Any] = []
    for part in slices(list(ids)):
        found += db.session.execute(query.where(column.in_(part))).all()
    return found
