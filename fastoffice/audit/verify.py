"""Does the chain still hold? Reads in slices so that memory stays flat."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice.audit.models import AuditEntry, AuditHead
from fastoffice.audit.service import chain_hash
from fastoffice.extensions import db

SLICE = 2_000


def verify_chain(branch_id: int) -> list[str]:
    """Faults of one branch's chain, in words; empty when it holds."""
    faults: list[str] = []
    previous, sequence = "", 0
    columns = [column for column in AuditEntry.__table__.columns if column.name != "id"]
    query = sa.select(*columns).where(AuditEntry.branch_id == branch_id).order_by(AuditEntry.sequence)
    with db.session.execute(query.execution_options(yield_per=SLICE)) as result:
        for row in result.mappings():
            sequence += 1
            if row["sequence"] != sequence or row["previous_hash"] != previous:
                faults.append(f"audit: branch {branch_id} breaks before entry {row['sequence']}")
                break
            if chain_hash(previous, dict(row)) != row["hash"]:
                faults.append(f"audit: branch {branch_id} entry {row['sequence']} was altered")
                break
            previous = row["hash"]
    head = db.session.get(AuditHead, branch_id)
    if not faults and head is not None and (head.sequence, head.hash) != (sequence, previous):
        faults.append(f"audit: branch {branch_id} ends at {sequence}, its head says {head.sequence}")
    return faults
