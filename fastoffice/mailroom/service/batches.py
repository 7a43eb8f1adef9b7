"""Telling clients what arrived: one message for each client of a batch, fifty pieces or one."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailBatch, MailItem
from fastoffice.mailroom.rules import states
from fastoffice.mailroom.service import telling

_OPEN = sa.text("mail_batch.announced_at IS NULL")


def open_one(branch_id: int, now: datetime) -> MailBatch:
    """The branch's batch that is still to be announced, with a piece added now."""
    query = sa.select(MailBatch).where(MailBatch.branch_id == branch_id, _OPEN)
    found = db.session.scalar(query.with_for_update())
    if found is None:
        found = MailBatch(branch_id=branch_id, opened_at=now, last_at=now)
        db.session.add(found)
    found.last_at = max(found.last_at, now)
    db.session.flush()
    return found


def due(now: datetime) -> sa.ColumnElement[bool]:
    """The condition of a batch that has been quiet, or open, for long enough."""
    return sa.and_(_OPEN, sa.or_(MailBatch.last_at <= now - states.QUIET, MailBatch.opened_at <= now - states.AT_MOST))


def announce_due(branch: Branch, actor: Actor, now: datetime) -> int:
    """Announce the branch's batch when it is due; how many clients were told."""
    query = sa.select(MailBatch).where(MailBatch.branch_id == branch.id, due(now))
    return sum(_announce(branch, batch, actor, now) for batch in db.session.scalars(query.with_for_update()))


def announce(branch: Branch, actor: Actor, now: datetime) -> int:
    """Announce the open batch now; how many clients were told, 0 when there is nothing to tell."""
    query = sa.select(MailBatch).where(MailBatch.branch_id == branch.id, _OPEN)
    return sum(_announce(branch, batch, actor, now) for batch in db.session.scalars(query.with_for_update()))


def _announce(branch: Branch, batch: MailBatch, actor: Actor, now: datetime) -> int:
    mine = (MailItem.batch_id == batch.id, MailItem.client_id.is_not(None), MailItem.closed_at.is_(None))
    db.session.flush()
    db.session.execute(sa.update(MailItem).where(*mine, MailItem.state == "received").values(
        state="notified", version=MailItem.version + 1).execution_options(synchronize_session=False))
    query = sa.select(MailItem).where(*mine).order_by(MailItem.id).with_for_update()
    by_client: dict[int, list[MailItem]] = defaultdict(list)
    for item in db.session.scalars(query.execution_options(populate_existing=True)):
        by_client[item.client_id or 0].append(item)
    batch.announced_at = now
    telling.arrivals(branch, batch.id, by_client)
    if by_client:
        audit.record(actor, "mail.announced", ("mail_batch", batch.id),
                     {"clients": len(by_client), "items": sum(map(len, by_client.values()))}, branch_id=branch.id)
    return len(by_client)
