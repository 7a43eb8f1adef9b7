"""Rows for exports: amounts as text with two decimals, moments in the branch's time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from fastoffice import clock, money
from fastoffice.billing.models import Invoice, JournalEntry, Posting
from fastoffice.billing.rules.periods import first_day, last_day
from fastoffice.branches.models import Branch
from fastoffice.extensions import db

SLICE = 500
LAST_SECOND = timedelta(seconds=1)


def _moment(moment: datetime | None, branch: Branch) -> str | None:
    return clock.local(moment, branch.timezone).isoformat() if moment else None


def _due_at(invoice: Invoice, branch: Branch) -> str | None:
    if invoice.due_on is None:
        return None
    end = clock.end_of_day(invoice.due_on, branch.timezone)
    return _moment(end - LAST_SECOND, branch)


def invoice_rows(branch: Branch, period: str | None = None) -> Iterator[dict[str, Any]]:
    """Every document, drafts too, oldest first."""
    last_id = 0
    while True:
        query = sa.select(Invoice).where(Invoice.branch_id == branch.id, Invoice.id > last_id).options(
            joinedload(Invoice.client), joinedload(Invoice.contract), selectinload(Invoice.lines),
            joinedload(Invoice.replaces), joinedload(Invoice.replaced_by)).order_by(Invoice.id).limit(SLICE)
        invoices = db.session.scalars(query.where(Invoice.period == period) if period else query).unique().all()
        if not invoices:
            return
        for invoice in invoices:
            yield _invoice(invoice, branch)
        last_id = invoices[-1].id


def _invoice(invoice: Invoice, branch: Branch) -> dict[str, Any]:
    data = invoice.client_data
    return {
        "number": invoice.number, "series": (invoice.number or "").rsplit("-", 1)[0] or None,
        "reference": invoice.reference, "kind": invoice.kind, "stage": invoice.stage, "status": invoice.status,
        "client": data.get("legal_name") or invoice.client.legal_name,
        "tax_id": data.get("tax_id", invoice.client.tax_id or ""),
        "contract": invoice.contract.code if invoice.contract else None, "period": invoice.period,
        "issued_at": _moment(invoice.issued_at, branch), "due_at": _due_at(invoice, branch),
        "currency": invoice.currency, "lines": [_line(line) for line in invoice.lines],
        "subtotal": money.plain(invoice.subtotal), "tax": money.plain(invoice.tax),
        "withheld": money.plain(invoice.withheld), "total": money.plain(invoice.total),
        "paid": money.plain(invoice.paid), "balance": money.plain(invoice.balance),
        "replaces": invoice.replaces.number if invoice.replaces else None,
        "replaced_by": invoice.replaced_by.number if invoice.replaced_by else None,
        "cancelled_at": _moment(invoice.cancelled_at, branch), "cancel_reason": invoice.cancel_reason,
    }


def _line(line: Any) -> dict[str, Any]:
    return {
        "description": line.description, "quantity": f"{Decimal(line.quantity_milli) / 1000:f}",
        "unit_price": money.plain(line.unit), "subtotal": money.plain(line.subtotal), "tax": money.plain(line.tax),
        "withheld": money.plain(line.withheld), "tax_profile": line.tax_name,
    }


def ledger_rows(branch: Branch, period: str | None = None) -> Iterator[dict[str, Any]]:
    """Every posting with its entry, in the order they were posted; `period` is the month of the entry's day."""
    query = sa.select(JournalEntry, Posting).join(Posting, Posting.entry_id == JournalEntry.id).where(
        JournalEntry.branch_id == branch.id).order_by(JournalEntry.id, Posting.id)
    if period:
        query = query.where(JournalEntry.day >= first_day(period), JournalEntry.day <= last_day(period))
    for entry, posting in db.session.execute(query.execution_options(yield_per=2000)):
        yield {
            "entry": entry.id, "kind": entry.kind, "subject": f"{entry.subject_type}:{entry.subject_id}",
            "day": entry.day.isoformat(), "posted_at": _moment(entry.posted_at, branch), "account": posting.account,
            "client": posting.client_id, "invoice": posting.invoice_id, "currency": posting.currency,
            "amount": money.plain(posting.amount),
        }
