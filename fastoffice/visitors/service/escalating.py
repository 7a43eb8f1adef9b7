"""Nobody answered for two minutes: the second contact is told, reception is called."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.visitors.models import Visit
from fastoffice.visitors.service import hosts, telling
from fastoffice.visitors.service.calling import call_reception

MANY = 200


def escalate_due(branch: Branch, actor: audit.Actor, now: datetime) -> int:
    """Each visit whose host did not answer in time, once; how many."""
    due = list(db.session.scalars(sa.select(Visit).where(
        Visit.branch_id == branch.id, sa.text("visit.escalate_at IS NOT NULL"), Visit.escalate_at <= now).order_by(
        Visit.id).limit(MANY).with_for_update()))
    for visit in due:
        visit.escalate_at, visit.escalated_at = None, now
        call_reception(branch, f"visit-{visit.id}-escalated", actor, now, reason="escalated", visit_id=visit.id)
        _second, person = hosts.first_and_second(visit.client_id or 0, visit.contact_id)
        if person is not None:
            telling.tell(branch, visit, person, "second", now)
        audit.record(actor, "visit.escalated", ("visit", visit.id), branch_id=branch.id)
    return len(due)
