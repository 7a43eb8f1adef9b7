"""Take work from a table so that nobody else does it at the same time, and so that the dead are relieved.

A row of such a table has `state`, `attempts`, `next_attempt_at`, `lease_until` and `fence`. Taking it, in a
short unit of work, sets the busy state, raises the fence and puts `next_attempt_at` at the lease's end: a
worker that died is thereby due again by itself. Whoever finishes writes only where the fence is still theirs.
On PostgreSQL rows that another worker holds are skipped; on SQLite the unit's write lock orders the takers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fastoffice.extensions import db


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on row `id` while its fence is `fence`."""

    id: int
    fence: int


def lock(query: Any) -> Any:
    """The query, holding its rows until the unit ends and passing over those that somebody holds."""
    return query.with_for_update(skip_locked=True)


def take(model: Any, rows: Sequence[Lease], *, state: str, until: datetime, **values: Any) -> list[Lease]:
    """Lease rows that were read with `lock`; `rows` carry the fences read, the answer the new ones."""
    table = model.__table__
    if rows:
        db.session.execute(
            sa.update(table)
            .where(table.c.id.in_([row.id for row in rows]))
            .values(state=state, lease_until=until, next_attempt_at=until, fence=table.c.fence + 1,
                    attempts=table.c.attempts + 1, **values)
        )
    return [Lease(row.id, row.fence + 1) for row in rows]


def finish(model: Any, busy: str, outcomes: Sequence[dict[str, Any]]) -> int:
    """Write outcomes where the lease still stands and end it; the answer is how many did.

    Each outcome has `id`, `fence` and the columns to set (the same ones in all). The fence is raised, so
    that a second write with the same lease does nothing.
    """
    return _write(model, busy, outcomes, {"fence": model.__table__.c.fence + 1, "lease_until": None})


def finish_alike(model: Any, busy: str, held: Sequence[Lease], values: dict[str, Any]) -> int:
    """Like `finish`, with one statement for rows that all get the same values."""
    if not held:
        return 0
    table = model.__table__
    statement = (
        sa.update(table)
        .where(sa.tuple_(table.c.id, table.c.fence).in_([(lease.id, lease.fence) for lease in held]),
               table.c.state == busy)
        .values({**values, "fence": table.c.fence + 1, "lease_until": None})
    )
    return int(db.session.connection().execute(statement).rowcount)


def note(model: Any, busy: str, values: Sequence[dict[str, Any]]) -> int:
    """Like `finish`, but the lease goes on."""
    return _write(model, busy, values, {})


def _write(model: Any, busy: str, values: Sequence[dict[str, Any]], fixed: dict[str, Any]) -> int:
    if not values:
        return 0
    table = model.__table__
    columns: dict[str, Any] = {name: sa.bindparam(f"b_{name}") for name in values[0] if name not in {"id", "fence"}}
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("b_id"), table.c.fence == sa.bindparam("b_fence"), table.c.state == busy)
        .values({**columns, **fixed})
    )
    rows = [{f"b_{name}": value for name, value in row.items()} for row in values]
    return int(db.session.connection().execute(statement, rows).rowcount)


def one_at_a_time(purpose: str) -> None:
    """Until this unit ends nobody else passes here for `purpose`. SQLite's write lock does it by itself."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:purpose))"), {"purpose": purpose})
