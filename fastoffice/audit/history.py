"""What happened to some subjects: the log as the page of one record shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from fastoffice.audit.models import AuditEntry
from fastoffice.extensions import db


def entries_of(branch_id: int, subjects: Mapping[str, Sequence[int]], *, limit: int = 50) -> list[AuditEntry]:
    """The newest entries about subjects (type -> a few hundred ids at most). One statement.

    Each type is looked up by the index of subjects, so that the length of the log does not matter.
    """
    ways = [
        sa.select(AuditEntry.id).where(
            AuditEntry.branch_id == branch_id, AuditEntry.subject_type == kind, AuditEntry.subject_id.in_(list(ids)))
        for kind, ids in subjects.items() if ids
    ]
    if not ways:
        return []
    query = sa.select(AuditEntry).where(AuditEntry.id.in_(sa.union_all(*ways)))
    return list(db.session.scalars(query.order_by(AuditEntry.sequence.desc()).limit(limit)))
