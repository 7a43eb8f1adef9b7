"""What others read of offices."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fastoffice.extensions import db
from fastoffice.workspaces.models import Office


def offices(branch_id: int, *, active: bool = True) -> list[Office]:
    """The branch's offices by code."""
    query = sa.select(Office).where(Office.branch_id == branch_id)
    if active:
        query = query.where(Office.is_active)
    return list(db.session.scalars(query.order_by(Office.code)))


def office_by_code(branch_id: int, code: str) -> Office | None:
    """The office with this code, in any case."""
    query = sa.select(Office).where(Office.branch_id == branch_id, sa.func.upper(Office.code) == code.upper())
    return db.session.scalar(query)


def find(branch_id: int, words: list[str], limit: int) -> list[Any]:
    """Offices whose code or name holds every word: id, code, name."""
    query = sa.select(Office.id, Office.code, Office.name).where(Office.branch_id == branch_id)
    for word in words:
        query = query.where(sa.or_(sa.func.lower(Office.code).contains(word, autoescape=True),
                                   sa.func.lower(Office.name).contains(word, autoescape=True)))
    return list(db.session.execute(query.order_by(Office.code).limit(limit)).all())


def office_ids(branch_id: int) -> dict[str, int]:
    """Ids of all the branch's offices by code."""
    rows = db.session.execute(sa.select(Office.code, Office.id).where(Office.branch_id == branch_id))
    return {row.code: row.id for row in rows}
