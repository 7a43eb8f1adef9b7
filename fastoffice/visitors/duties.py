"""What is due in the lobby: two statements a minute, whatever the number of branches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.units import Unit
from fastoffice.visitors.models import Visit


def due_units(now: datetime) -> Sequence[Unit]:
    """A unit for each branch with a visit that nobody answered or that closing time ended."""
    asked = sa.select(Visit.branch_id).where(sa.text("visit.escalate_at IS NOT NULL"), Visit.escalate_at <= now)
    over = sa.select(Visit.branch_id).where(sa.text("visit.left_at IS NULL"), Visit.closes_at <= now)
    found = {*db.session.scalars(asked.distinct()), *db.session.scalars(over.distinct())}
    return [Unit("fastoffice.visitors.jobs.attend", (branch_id,), branch_id) for branch_id in sorted(found)]


def oldest_due(now: datetime) -> datetime | None:
    """Since when the oldest of it waits: a visitor whom nobody answered, a visit that closing time ends."""
    asked = sa.select(sa.func.min(Visit.escalate_at)).where(
        sa.text("visit.escalate_at IS NOT NULL"), Visit.escalate_at <= now)
    over = sa.select(sa.func.min(Visit.closes_at)).where(sa.text("visit.left_at IS NULL"), Visit.closes_at <= now)
    return min((moment for moment in map(db.session.scalar, (asked, over)) if moment is not None), default=None)


def daily_units(_now: datetime) -> Sequence[Unit]:
    """A unit for each branch: what is personal and old goes."""
    ids = db.session.scalars(sa.select(Branch.id).order_by(Branch.id))
    return [Unit("fastoffice.visitors.jobs.forget", (branch_id,), branch_id) for branch_id in ids]
