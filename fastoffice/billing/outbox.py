"""What the outbox asks billing just before it speaks: is it still true, and where is the pay link."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice import bulk, money
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import pay_links, reminders
from fastoffice.notifications import registry
from fastoffice.notifications.models import Notice


def values(notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """Placeholders as of now: the pay link, whose secret is not stored in the outbox."""
    rows = bulk.rows_in(sa.select(Notice.id, Notice.subject_id), Notice.id, notice_ids)
    links = pay_links.urls([row.subject_id for row in rows])
    return {row.id: {"pay_link": links.get(row.subject_id, "")} for row in rows}


def reminder_values(notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """The pay link and the balance as it is now."""
    query = sa.select(Notice.id, Invoice.total, Invoice.paid, Invoice.currency).join(
        Invoice, Invoice.id == Notice.subject_id)
    found = values(notice_ids)
    for row in bulk.rows_in(query, Notice.id, notice_ids):
        found[row.id]["balance"] = money.display(row.total - row.paid, row.currency)
    return found


def register() -> None:
    """Attach billing's answers to its kinds of notice."""
    for kind in ("invoice_reminder", "pay_link"):
        registry.register(kind, still_true=reminders.still_owed, values=reminder_values)
    for kind in ("invoice_issued", "invoice_replaced", "invoice_restored"):  # credit may pay them as they are issued
        registry.register(kind, values=reminder_values)
    registry.register("invoice_cancelled", values=values)
