"""Reminding clients of what lies here, once a day for all of it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailItem
from fastoffice.mailroom.rules import storage
from fastoffice.mailroom.service import loading, telling

MANY = 500


def remind_due(branch: Branch, now: datetime) -> int:
    """Remind the clients of pieces whose hour has come; how many pieces were looked at."""
    query = sa.select(MailItem).where(
        MailItem.branch_id == branch.id, sa.text("mail_item.remind_at IS NOT NULL"), MailItem.remind_at <= now)
    rows = list(db.session.scalars(query.order_by(MailItem.id).limit(MANY).with_for_update()))
    by_client: dict[int, list[MailItem]] = defaultdict(list)
    for item in rows:
        if item.is_here and item.client_id is not None:
            by_client[item.client_id].append(item)
        _next(branch, item, now)
    telling.reminders(branch, by_client, clock.local_date(now, branch.timezone).isoformat())
    return len(rows)


def _next(branch: Branch, item: MailItem, now: datetime) -> None:
    """When the client hears of it again; a hold that is over ends here."""
    policy = loading.policy_of(branch.id)
    received, today = clock.local_date(item.received_at, branch.timezone), clock.local_date(now, branch.timezone)
    if item.state == "held" and item.held_until is not None and item.held_until < today:
        loading.move(item, "notified")
    item.reminders = max(item.reminders + 1, storage.reminders_by(received, today, policy.reminder_days))
    day = storage.first_reminder(received, policy.reminder_days, item.reminders) if item.is_here else None
    item.remind_at = clock.at_local(day, policy.reminder_at, branch.timezone) if day else None
