"""Reading the log, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fastoffice.audit.models import AuditEntry, AuditHead
from fastoffice.extensions import db


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show: all of it where nothing is said. `actions` are beginnings, e.g. "invoice."; `actors` are
    whole names that count beside those with `actor` in them."""

    actor: str = ""
    actors: Sequence[str] = ()
    actions: Sequence[str] = ()
    subject_type: str = ""
    subject_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def entries(branch_id: int, wanted: Wanted, *, before: int | None = None, limit: int = 50) -> list[AuditEntry]:
    """At most `limit` entries older than the one numbered `before`."""
    query = _filtered(sa.select(AuditEntry).where(AuditEntry.branch_id == branch_id), wanted)
    if before is not None:
        query = query.where(AuditEntry.sequence < before)
    return list(db.session.scalars(query.order_by(AuditEntry.sequence.desc()).limit(limit)))


def chain_length(branch_id: int) -> int:
    """How many entries the branch's chain has."""
    return db.session.scalar(sa.select(AuditHead.sequence).where(AuditHead.branch_id == branch_id)) or 0


def _filtered(query: Any, wanted: Wanted) -> Any:
    if wanted.actor:
        query = query.where(sa.or_(AuditEntry.actor.icontains(wanted.actor, autoescape=True),
                                   AuditEntry.actor.in_(wanted.actors)))
    if wanted.actions:
        query = query.where(sa.or_(*(AuditEntry.action.startswith(each, autoescape=True) for each in wanted.actions)))
    if wanted.subject_type:
        query = query.where(AuditEntry.subject_type == wanted.subject_type)
    if wanted.subject_id is not None:
        query = query.where(AuditEntry.subject_id == wanted.subject_id)
    if wanted.since:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditEntry.at < wanted.until)
    return query
