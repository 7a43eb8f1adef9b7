"""What many tests begin with is made once per process and database; then the rows that it wrote are put back.

The first time the factory runs, as the product does such things, and what it wrote is noted. Where the same is asked
again of a database in the same state, those rows are written as they were: a tenth of the work, the same ground to
stand on. Ids that were given out once are never given out again (PostgreSQL), or again the same (SQLite).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.audit.models import AuditHead
from fastoffice.extensions import db

Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]  # by table and primary key
_known: dict[tuple[object, ...], tuple[Rows, Rows]] = {}  # what is new, what has changed


def remembered(name: str, make: Callable[[], object]) -> None:
    """Run `make`, or put back what it wrote when it was run in this state. It takes no values but those of `name`."""
    key = (str(db.engine.url), name, clock._fixed.get(), _state())
    if key in _known:
        transaction.run(_put_back, *_known[key])
        return
    before = _all_rows()
    make()
    _known[key] = _difference(before, _all_rows())


def _state() -> tuple[object, ...]:
    """Every change of a branch or of the network is in its chain."""
    heads = sa.select(AuditHead.branch_id, AuditHead.sequence, AuditHead.hash).order_by(AuditHead.branch_id)
    return tuple(map(tuple, db.session.execute(heads)))


def _all_rows() -> Rows:
    found: Rows = {}
    for table in db.metadata.sorted_tables:
        keys = [column.name for column in table.primary_key]
        rows = db.session.execute(sa.select(table)).mappings()
        found[table.name] = {tuple(row[key] for key in keys): dict(row) for row in rows}
    db.session.rollback()
    return found


def _difference(before: Rows, after: Rows) -> tuple[Rows, Rows]:
    new: Rows = {}
    changed: Rows = {}
    for name, rows in after.items():
        known = before[name]
        new[name] = {key: row for key, row in rows.items() if key not in known}
        changed[name] = {key: row for key, row in rows.items() if key in known and known[key] != row}
    return new, changed


def _put_back(new: Rows, changed: Rows) -> None:
    connection = db.session.connection()
    for table in db.metadata.sorted_tables:
        if rows := list(new[table.name].values()):
            connection.execute(sa.insert(table), rows)
        for key, row in changed[table.name].items():
            same = [column == value for column, value in zip(table.primary_key, key, strict=True)]
            connection.execute(sa.update(table).where(*same).values(row))
