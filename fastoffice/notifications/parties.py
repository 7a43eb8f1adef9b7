"""What one party was told: the page of a client's file."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from fastoffice.extensions import db
from fastoffice.notifications.kinds import PRIVATE
from fastoffice.notifications.models import Notice


def notices_to(branch_id: int, party_id: int, number: int = 1, size: int = 25) -> tuple[list[Notice], int]:
    """(notices with their deliveries, newest first; how many there are): three statements."""
    query = sa.select(Notice).where(
        Notice.branch_id == branch_id, Notice.party_id == party_id, Notice.kind.not_in(PRIVATE))
    total = int(db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0)
    rows = db.session.scalars(
        query.options(selectinload(Notice.deliveries)).order_by(Notice.id.desc())
        .limit(size).offset((number - 1) * size))
    return list(rows), total
