"""Rows of the audit log for exports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.audit.models import AuditEntry
from fastoffice.extensions import db

SLICE = 2_000


def audit_rows(
    branch_id: int, zone: str, moments: tuple[datetime, datetime] | None = None
) -> Iterator[dict[str, Any]]:
    """The log in its own order; with `moments` what happened from the first up to the second."""
    where = [AuditEntry.branch_id == branch_id]
    if moments:
        where += [AuditEntry.at >= moments[0], AuditEntry.at < moments[1]]
    query = sa.select(AuditEntry).where(*where).order_by(AuditEntry.sequence)
    for entry in db.session.scalars(query.execution_options(yield_per=SLICE)):
        yield {
            "sequence": entry.sequence, "at": clock.local(entry.at, zone).isoformat(), "actor": entry.actor,
            "action": entry.action, "subject": f"{entry.subject_type}:{entry.subject_id}", "data": entry.data,
            "hash": entry.hash,
        }
