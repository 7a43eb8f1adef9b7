"""The block list: names that may not come in, seen by staff alone."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.folding import fold
from fastoffice.visitors import errors
from fastoffice.visitors.models import BlockEntry
from fastoffice.visitors.rules import visits


def block(branch: Branch, name: str, reason: str, actor: audit.Actor, now: datetime) -> BlockEntry:
    """Put a name on the list; the same again is the same entry. Raises NameMissing, ReasonMissing, TooLong."""
    clean, why = visits.name_of(name), visits.short(reason, "reason", visits.NOTE_LENGTH)
    if not why:
        raise errors.ReasonMissing
    known = db.session.scalars(sa.select(BlockEntry).where(
        BlockEntry.branch_id == branch.id, BlockEntry.name_key == fold(clean)[:120], BlockEntry.reason == why,
        sa.text("block_entry.ended_at IS NULL"))).first()
    if known is not None:
        return known
    entry = BlockEntry(branch_id=branch.id, name=clean, name_key=fold(clean)[:120], reason=why, created_at=now,
                       created_by=actor.name[:120])
    db.session.add(entry)
    db.session.flush()
    audit.record(actor, "block.added", ("branch", branch.id), {"entry": entry.id}, branch_id=branch.id)
    return entry


def unblock(branch: Branch, entry: BlockEntry, actor: audit.Actor, now: datetime) -> None:
    """Take a name off the list."""
    if entry.ended_at is None:
        entry.ended_at, entry.ended_by = now, actor.name[:120]
        audit.record(actor, "block.removed", ("branch", branch.id), {"entry": entry.id}, branch_id=branch.id)
