"""Who is in the house: for the roll call, on paper and on a tablet without network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.visitors.models import Visit

UNSURE = timedelta(hours=24)
LONGEST = timedelta(days=3)  # no visit is longer before closing time ends it: bounds what an index looks through


@dataclass(frozen=True, slots=True)
class Present:
    """`unsure`: closed automatically, so nobody saw them leave."""

    visit_id: int
    name: str
    company: str
    host: str
    arrived_at: datetime
    unsure: bool


def evacuation(branch: Branch, now: datetime) -> list[Present]:
    """Everybody who is inside, then who was signed out automatically within a day; one statement."""
    inside = sa.and_(sa.text("visit.left_at IS NULL"), Visit.branch_id == branch.id)
    unsure = sa.and_(Visit.branch_id == branch.id, Visit.left_by == "automatic", Visit.left_at > now - UNSURE,
                     Visit.arrived_at > now - UNSURE - LONGEST)
    query = sa.select(Visit).where(sa.or_(inside, unsure)).options(joinedload(Visit.client)).order_by(
        Visit.left_at.is_not(None), Visit.arrived_at, Visit.id)
    return [Present(row.id, row.visitor_name or row.company, row.company,
                    row.client.display_name if row.client else row.host_text, row.arrived_at, row.left_at is not None)
            for row in db.session.scalars(query)]
