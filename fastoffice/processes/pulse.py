"""Noting and reading signs of life."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk, transaction
from fastoffice.extensions import db
from fastoffice.processes.models import Pulse
from fastoffice.upsert import insert_unless_there


def beat(name: str, at: datetime, **detail: Any) -> None:
    """Note that `name` went well at `at`; a unit of work of its own."""
    transaction.run(_beat, name, at, detail)


def _beat(name: str, at: datetime, detail: dict[str, Any]) -> None:
    table = bulk.table_of(Pulse)
    db.session.execute(insert_unless_there(table).values(name=name, at=at, detail=detail))
    db.session.execute(sa.update(table).where(table.c.name == name).values(at=at, detail=detail))


def last(name: str) -> datetime | None:
    """When `name` last went well, None when it never did."""
    return db.session.scalar(sa.select(Pulse.at).where(Pulse.name == name))
