"""What the ticker has done for the lobby."""

from __future__ import annotations

from datetime import datetime

from fastoffice import clock, transaction
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.visitors.service import escalating, forgetting, leaving


def attend(branch_id: int) -> None:
    """Escalate what nobody answered, end what closing time ended: of one branch, until nothing is due."""
    now = clock.now()
    while transaction.run(_attend, branch_id, now):
        pass


def forget(branch_id: int) -> None:
    """Take away what is kept no longer."""
    now = clock.now()
    while transaction.run(_forget, branch_id, now):
        pass


def _attend(branch_id: int, now: datetime) -> int:
    branch, actor = db.session.get_one(Branch, branch_id), Actor.system()
    return leaving.close_due(branch, actor, now) + escalating.escalate_due(branch, actor, now)


def _forget(branch_id: int, now: datetime) -> int:
    return forgetting.forget_due(db.session.get_one(Branch, branch_id), Actor.system(), now)
