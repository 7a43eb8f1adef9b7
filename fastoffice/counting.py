"""Counting as far as people read: a list says "1,000+" beyond, and its cost stops growing there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fastoffice.extensions import db

MOST = 1_000


def counted(query: sa.Select[Any]) -> sa.ScalarSelect[Any]:
    """How many rows `query` has, MOST + 1 standing for more; part of a statement or one by `count_of`."""
    few = query.order_by(None).limit(MOST + 1).subquery()
    return sa.select(sa.func.count()).select_from(few).scalar_subquery()


def count_of(query: sa.Select[Any]) -> int:
    """The same, asked now."""
    return int(db.session.scalar(sa.select(counted(query))) or 0)


def counts_of(queries: Mapping[str, sa.Select[Any]]) -> dict[str, int]:
    """The same of several queries by name, in one statement; none for none."""
    if not queries:
        return {}
    row = db.session.execute(sa.select(*(counted(query).label(name) for name, query in queries.items()))).one()
    return dict(zip(queries, row, strict=True))


def shown(count: int) -> str:
    """"17", "1,000+"."""
    return f"{MOST:,}+" if count > MOST else f"{count:,}"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page of a list; `total` as `count_of` gives it."""

    rows: list[Any]
    number: int
    total: int
    size: int

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * self.size + len(self.rows)

    @property
    def of(self) -> str:
        return shown(self.total)

    @property
    def has_next(self) -> bool:
        return self.last < self.total or (self.total > MOST and len(self.rows) == self.size)
