"""Rows that somebody has to look after: counted while due, taken portion by portion, put off longer each time.

Each module that looks after rows of a table says once what they are, at its top:

    DUE = taking.Due(PayAttempt, UNDER_WAY, PayAttempt.next_check_at, PayAttempt.checks, longest_wait=…)

`count(DUE, now)` is what the minute asks; `portions(DUE, now)` gives them to whoever works, each portion taken and
committed before it is worked on. Taking a row writes when it is due again, so that nobody else takes it meanwhile and
one whose worker died comes back by itself: whoever settles a row overwrites that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from fastoffice import leases, transaction
from fastoffice.extensions import db

DOUBLINGS = 16  # more would be beyond every longest wait


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be looked after: rows of `model` where `condition` holds (in the words of its partial index) and
    the column `at` has come, by `order` (default `at`), so many a portion.

    `tries` counts how often a row was taken; the n-th time it waits first_wait * 2^(n-1), at most longest_wait.
    `values` are written besides, in SQL's words, e.g. {"version": CardRefund.version + 1}.
    """

    model: Any
    condition: sa.TextClause
    at: InstrumentedAttribute[Any]
    tries: InstrumentedAttribute[int]
    longest_wait: timedelta
    first_wait: timedelta = timedelta(minutes=1)
    order: InstrumentedAttribute[Any] | None = None
    portion: int = 50
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """A row in hand; `tries` counts this time too."""

    id: int
    tries: int


def count(due: Due, now: datetime) -> int:
    """How many are due."""
    query = sa.select(sa.func.count()).select_from(due.model).where(due.condition, due.at <= now)
    return int(db.session.scalar(query) or 0)


def portions(due: Due, now: datetime) -> Iterator[list[Taken]]:
    """All that is due at `now`, a portion at a time, each taken in a unit of its own. No unit may be open."""
    while rows := transaction.run(take, due, now):
        yield rows


def take(due: Due, now: datetime) -> list[Taken]:
    """The next portion, put off. In a unit; what others have in hand is passed over."""
    query = sa.select(due.model.id, due.tries).where(due.condition, due.at <= now)
    rows = db.session.execute(leases.lock(query.order_by(due.order or due.at).limit(due.portion))).all()
    if rows:
        _put_off(due, [{"row": row[0], "until": now + _wait(due, row[1])} for row in rows])
    return [Taken(row[0], row[1] + 1) for row in rows]


def _wait(due: Due, tries: int) -> timedelta:
    return min(due.first_wait * 2 ** min(tries, DOUBLINGS), due.longest_wait)


def _put_off(due: Due, rows: list[dict[str, Any]]) -> None:
    table = due.model.__table__
    values = {due.at.key: sa.bindparam("until"), due.tries.key: due.tries + 1, **due.values}
    statement = sa.update(table).where(table.c.id == sa.bindparam("row")).values(values)
    db.session.connection().execute(statement, rows)
