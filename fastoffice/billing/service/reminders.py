"""Reminders before the deadline: each owed once per document and day, cancelled when the money came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import audit, bulk, clock
from fastoffice.billing.models import Invoice, InvoiceHold
from fastoffice.billing.models.invoices import AWAITING_DEADLINE
from fastoffice.billing.service import notices
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice

CHUNK = 500


def owe_reminders(branch: Branch, now: datetime, actor: audit.Actor, *, limit: int = CHUNK) -> int:
    """Owe the reminders of the latest reminder day that has come; how many.

    After a time down only the latest is owed, not each that was missed: a client needs one. A document issued
    on or after that day, one past its window, or one on hold gets none.
    """
    day = latest_day(branch, now)
    if day is None:
        return 0
    rows = _open_without(branch, day, now, limit)
    told: list[notices.Item] = [(_told(row), {}, [("invoice", row.id, "invoice")]) for row in rows]
    if told:
        notices.owe(branch, "invoice_reminder", told, branches.document_data(branch), occasion=day.isoformat())
    for row in rows:
        audit.record(actor, "invoice.reminder_owed", ("invoice", row.id), {"day": day.isoformat()},
                     branch_id=branch.id)
    return len(rows)


def is_due(branch: Branch, now: datetime) -> bool:
    """Whether anybody is still to be reminded, so that a quiet minute rings no bell."""
    day = latest_day(branch, now)
    return day is not None and bool(_open_without(branch, day, now, 1))


def _told(row: Any) -> notices.Told:
    return notices.Told(row.id, row.client_id, row.channels, row.number, row.reference, row.period, row.currency,
                        row.total, row.list_total, row.total - row.paid, row.due_on, row.closes_at, row.client_data)


def latest_day(branch: Branch, now: datetime) -> date | None:
    """The last day of this month, up to today, on which reminders were due at `now`; None before the first."""
    today = clock.local_date(now, branch.timezone)
    days = []
    for number in branch.policy.reminder_days:
        day = _in_month(today, int(number))
        if day and clock.at_local(day, branch.policy.reminder_at, branch.timezone) <= now:
            days.append(day)
    return max(days, default=None)


def _in_month(today: date, number: int) -> date | None:
    try:
        return today.replace(day=number)
    except ValueError:
        return None


def _open_without(branch: Branch, day: date, now: datetime, limit: int) -> Sequence[Any]:
    reminded = sa.exists().where(
        Notice.subject_type == "invoice", Notice.subject_id == Invoice.id, Notice.kind == "invoice_reminder",
        Notice.occasion == day.isoformat())
    held = sa.exists().where(
        InvoiceHold.invoice_id == Invoice.id, InvoiceHold.released_at.is_(None),
        sa.or_(InvoiceHold.until_at.is_(None), InvoiceHold.until_at > now))
    query = sa.select(
        Invoice.id, Invoice.client_id, Invoice.channels, Invoice.number, Invoice.reference, Invoice.period,
        Invoice.currency, Invoice.total, Invoice.list_total, Invoice.paid, Invoice.due_on, Invoice.closes_at,
        Invoice.client_data,
    ).where(
        Invoice.branch_id == branch.id, AWAITING_DEADLINE, Invoice.closes_at > now, Invoice.issued_on < day,
        Invoice.due_on >= day, ~reminded, ~held).order_by(Invoice.closes_at, Invoice.id).limit(limit)
    return db.session.execute(query).all()


def still_owed(notice_ids: list[int]) -> set[int]:
    """Reminders whose document is still open: the balance is read again when the mail's turn comes."""
    query = sa.select(Notice.id).join(Invoice, Invoice.id == Notice.subject_id).where(
        Invoice.status.in_(("issued", "partly_paid")))
    return {row.id for row in bulk.rows_in(query, Notice.id, notice_ids)}
