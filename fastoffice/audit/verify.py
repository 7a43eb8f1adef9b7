"""Does the chain still hold? Reads in slices so that memory stays flat."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice.audit.models import AuditEntry, AuditHead
from fastoffice.audit.service import chain_hash
from fastoffice.extensions import db

SLICE = 2_000


def verify_chain(branch_id: int) -> list[str]:
    """Faults of one branch's chain, in words; empty when it holds.

    The end is read first and the chain up to it, so that what others append meanwhile is no fault.
    """
    end, last_hash = _end_of(branch_id)
    faults, previous, sequence = _walk(branch_id, end)
    if not faults and (sequence, previous) != (end, last_hash):
        faults.append(f"audit: branch {branch_id} ends at {sequence}, its head says {end}")
    if not faults and _goes_on_after(branch_id, end) and _end_of(branch_id)[0] == end:
        faults.append(f"audit: branch {branch_id} goes on after {end}, where its head says it ends")
    return faults


def _end_of(branch_id: int) -> tuple[int, str]:
    """(sequence, hash) that the head remembers."""
    query = sa.select(AuditHead.sequence, AuditHead.hash).where(AuditHead.branch_id == branch_id)
    row = db.session.execute(query).one_or_none()
    return (row.sequence, row.hash) if row else (0, "")


def _walk(branch_id: int, end: int) -> tuple[list[str], str, int]:
    """(faults, last hash, last sequence) of the entries up to `end`; the first fault ends the walk."""
    previous, sequence = "", 0
    columns = [column for column in AuditEntry.__table__.columns if column.name != "id"]
    query = sa.select(*columns).where(AuditEntry.branch_id == branch_id, AuditEntry.sequence <= end).order_by(
        AuditEntry.sequence)
    with db.session.execute(query.execution_options(yield_per=SLICE)) as result:
        for row in result.mappings():
            sequence += 1
            if row["sequence"] != sequence or row["previous_hash"] != previous:
                return [f"audit: branch {branch_id} breaks before entry {row['sequence']}"], previous, sequence
            if chain_hash(previous, dict(row)) != row["hash"]:
                return [f"audit: branch {branch_id} entry {row['sequence']} was altered"], previous, sequence
            previous = row["hash"]
    return [], previous, sequence


def _goes_on_after(branch_id: int, end: int) -> bool:
    query = sa.select(AuditEntry.id).where(AuditEntry.branch_id == branch_id, AuditEntry.sequence > end).limit(1)
    return db.session.scalar(query) is not None
