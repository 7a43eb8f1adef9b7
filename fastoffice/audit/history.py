"""What happened to some subjects: the log as the page of one record shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from fastoffice.audit.models import AuditEntry
from fastoffice.extensions import db

MOST_IDS = 200


def entries_of(
    branch_id: int, subjects: Mapping[str, Sequence[int]], *, before: int | None = None, limit: int = 50
) -> list[AuditEntry]:
    """Entries about subjects (type -> ids), newest first; `before` a sequence for the next page."""
    ways: list[Any] = [
        sa.and_(AuditEntry.subject_type == kind, AuditEntry.subject_id.in_(list(ids)[-MOST_IDS:]))
        for kind, ids in subjects.items() if ids
    ]
    if not ways:
        return []
    query = sa.select(AuditEntry).where(AuditEntry.branch_id == branch_id, sa.or_(*ways))
    if before is not None:
        query = query.where(AuditEntry.sequence < before)
    return list(db.session.scalars(query.order_by(AuditEntry.sequence.desc()).limit(limit)))
