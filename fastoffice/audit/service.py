"""Noting and sealing audit entries."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session

from fastoffice import bulk, clock
from fastoffice.audit.models import AuditEntry, AuditHead
from fastoffice.extensions import db
from fastoffice.upsert import insert_unless_there

AnySession = Session | scoped_session[Any]
NETWORK_CHAIN = 0  # the chain of what belongs to no branch


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person (`user_id`) or the system itself."""

    name: str
    user_id: int | None = None

    @classmethod
    def system(cls) -> Actor:
        return cls("system")


def record(
    actor: Actor, action: str, subject: tuple[str, int], data: dict[str, Any] | None = None, *, branch_id: int
) -> None:
    """Note that `actor` did `action` to `subject` (type, id). Written with the unit's commit.

    `data` is JSON: ids, dates and minor units, never secrets or whole documents.
    """
    db.session.info.setdefault("audit", []).append(
        (branch_id, clock.now(), actor.name, action, subject[0], subject[1], data or {})
    )


def forget(session: AnySession) -> None:
    """Drop what was noted and not sealed (the unit was rolled back)."""
    session.info.pop("audit", None)


def chain_hash(previous: str, row: dict[str, Any]) -> str:
    """SHA-256 over the previous hash and the entry's own content, as canonical JSON."""
    at: datetime = row["at"]
    content = [previous, row["branch_id"], row["sequence"], at.isoformat(), row["actor"], row["action"],
               row["subject_type"], row["subject_id"], row["data"]]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def seal(session: AnySession) -> None:
    """Chain and insert what was noted, branch by branch in order of id (one order of locks for all)."""
    noted = session.info.pop("audit", [])
    branches: dict[int, list[tuple[Any, ...]]] = {}
    for entry in noted:
        branches.setdefault(entry[0], []).append(entry)
    for branch_id in sorted(branches):
        _seal_branch(session, branch_id, branches[branch_id])


def _seal_branch(session: AnySession, branch_id: int, entries: list[tuple[Any, ...]]) -> None:
    sequence, previous = _lock_head(session, branch_id)
    rows = []
    for _branch, at, actor, action, subject_type, subject_id, data in entries:
        sequence += 1
        row = {"branch_id": branch_id, "sequence": sequence, "at": at, "actor": actor, "action": action,
               "subject_type": subject_type, "subject_id": subject_id, "data": data}
        row["previous_hash"], row["hash"] = previous, chain_hash(previous, row)
        previous = row["hash"]
        rows.append(row)
    session.execute(sa.insert(AuditEntry), rows)
    session.execute(
        sa.update(AuditHead).where(AuditHead.branch_id == branch_id).values(sequence=sequence, hash=previous)
    )


def _lock_head(session: AnySession, branch_id: int) -> tuple[int, str]:
    query = sa.select(AuditHead.sequence, AuditHead.hash).where(AuditHead.branch_id == branch_id)
    head = session.execute(query.with_for_update()).one_or_none()
    if head is None:
        _create_head(session, branch_id)
        head = session.execute(query.with_for_update()).one()
    return head.sequence, head.hash


def _create_head(session: AnySession, branch_id: int) -> None:
    session.execute(insert_unless_there(bulk.table_of(AuditHead)).values(branch_id=branch_id, sequence=0, hash=""))
