"""What is due in the mail room: two statements a minute, whatever the number of branches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailBatch, MailItem
from fastoffice.mailroom.rules import states
from fastoffice.mailroom.service import batches
from fastoffice.units import Unit


def due_units(now: datetime) -> Sequence[Unit]:
    """A unit for each branch with clients to be told or reminded."""
    reminded = sa.select(MailItem.branch_id).where(
        sa.text("mail_item.remind_at IS NOT NULL"), MailItem.remind_at <= now)
    found = {*db.session.scalars(sa.select(MailBatch.branch_id).where(batches.due(now)).distinct()),
             *db.session.scalars(reminded.distinct())}
    return [Unit("fastoffice.mailroom.jobs.attend", (branch_id,), branch_id) for branch_id in sorted(found)]


def oldest_due(now: datetime) -> datetime | None:
    """Since when the oldest of it waits: clients to be told of what arrived, or to be reminded."""
    reminded = sa.select(sa.func.min(MailItem.remind_at)).where(
        sa.text("mail_item.remind_at IS NOT NULL"), MailItem.remind_at <= now)
    told = sa.select(sa.func.min(MailBatch.last_at)).where(batches.due(now))
    quiet = db.session.scalar(told)
    moments = (db.session.scalar(reminded), quiet and min(quiet + states.QUIET, now))
    return min((moment for moment in moments if moment is not None), default=None)


def daily_units(_now: datetime) -> Sequence[Unit]:
    """A unit for each branch: storage of last month, photos that are old."""
    ids = db.session.scalars(sa.select(Branch.id).order_by(Branch.id))
    return [Unit("fastoffice.mailroom.jobs.daily", (branch_id,), branch_id) for branch_id in ids]
