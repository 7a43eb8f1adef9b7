"""Calling reception to the lobby, and saying that somebody went."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit, bulk
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.upsert import insert_unless_there
from fastoffice.visitors.models import ReceptionCall
from fastoffice.visitors.rules import visits


def call_reception(branch: Branch, request_key: str, actor: audit.Actor, now: datetime, *, reason: str = "help",
                   visit_id: int | None = None, where: str = "", note: str = "") -> None:
    """Call reception; pressed again with the same key it is one call. `where` names the tablet."""
    db.session.execute(insert_unless_there(bulk.table_of(ReceptionCall)), [{
        "branch_id": branch.id, "visit_id": visit_id, "request_key": request_key[:80],
        "reason": reason if reason in visits.REASONS else "help", "place": (clean_text(where) or actor.name)[:120],
        "note": clean_text(note)[:200], "called_at": now, "attended_by": ""}])


def attend(branch: Branch, call_id: int, actor: audit.Actor, now: datetime) -> None:
    """Somebody of reception looked after it; whoever was first."""
    db.session.execute(sa.update(ReceptionCall).where(
        ReceptionCall.id == call_id, ReceptionCall.branch_id == branch.id, ReceptionCall.attended_at.is_(None)).values(
        attended_at=now, attended_by=actor.name[:120]))


def attend_all(visit_id: int, actor: audit.Actor, now: datetime) -> None:
    """What reception was called for about this visit is done."""
    db.session.execute(sa.update(ReceptionCall).where(
        ReceptionCall.visit_id == visit_id, ReceptionCall.attended_at.is_(None)).values(
        attended_at=now, attended_by=actor.name[:120]))
