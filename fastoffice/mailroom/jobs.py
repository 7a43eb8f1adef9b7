"""What the ticker has done for the mail room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailItem
from fastoffice.mailroom.service import batches, keeping, loading, reminding, storing

PORTION = 200


def attend(branch_id: int) -> None:
    """Tell clients what arrived and remind them of what lies here, until nothing is due."""
    now = clock.now()
    while transaction.run(_attend, branch_id, now):
        pass


def daily(branch_id: int) -> None:
    """Charge last month's storage of what is still here; forget old photos."""
    now = clock.now()
    last = 0
    while ids := _here_after(branch_id, last):
        transaction.run(_charge_months, branch_id, ids, now)
        last = ids[-1]
    while transaction.run(keeping.forget_photos, branch_id, now):
        pass


def _attend(branch_id: int, now: datetime) -> int:
    branch, actor = db.session.get_one(Branch, branch_id), Actor.system()
    return batches.announce_due(branch, actor, now) + reminding.remind_due(branch, now)


def _here_after(branch_id: int, last: int) -> Sequence[int]:
    """Ids of the next pieces that are here and somebody's."""
    query = sa.select(MailItem.id).where(
        MailItem.branch_id == branch_id, sa.text("mail_item.closed_at IS NULL"), MailItem.client_id.is_not(None),
        MailItem.id > last)
    ids = list(db.session.scalars(query.order_by(MailItem.id).limit(PORTION)))
    db.session.rollback()
    return ids


def _charge_months(branch_id: int, ids: Sequence[int], now: datetime) -> None:
    branch = db.session.get_one(Branch, branch_id)
    if loading.policy_of(branch_id).fee_per_day == 0:
        return
    here = [item for item in loading.items(branch_id, ids) if item.is_here]
    storing.charge_month(branch, here, clock.local_date(now, branch.timezone), Actor.system(), now)
