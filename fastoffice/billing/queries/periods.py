"""The page of a month: figures of its five steps and its lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk
from fastoffice.billing.models import BillingRun, BillingRunItem, Invoice, InvoiceHold
from fastoffice.clients.models import Client
from fastoffice.clients.rules import search_words
from fastoffice.contracts.models import Contract
from fastoffice.extensions import db
from fastoffice.workspaces.models import Office

PAGE = 50
SHOWN = ("drafts", "changed", "open", "paid", "cancelled", "list", "excluded")
CHANGED = sa.cast(Invoice.changes, sa.Text) != "[]"


@dataclass
class Summary:
    """Counts and sums (minor units) of a month's documents. `ready` are the drafts that would be issued now:
    not excluded, not held, without an error, above zero."""

    drafts: int = 0
    drafts_total: int = 0
    ready: int = 0
    held: int = 0
    changed: int = 0
    excluded: int = 0
    failed: int = 0
    open: int = 0
    open_total: int = 0
    open_balance: int = 0
    list_difference: int = 0
    paid: int = 0
    paid_total: int = 0
    cancelled: int = 0
    at_list: int = 0
    at_list_total: int = 0
    prompt_paid: int = 0
    prompt_paid_total: int = 0
    received: int = 0
    closes_at: list[datetime] = field(default_factory=list)

    @property
    def issued(self) -> int:
        """Documents that live: open, paid or replaced at list price."""
        return self.open + self.paid


def summary(branch_id: int, period: str, now: datetime) -> Summary:
    """One grouped statement over the month."""
    held = sa.exists().where(InvoiceHold.invoice_id == Invoice.id, *_in_force(now))
    is_draft = Invoice.status == "draft"
    ready = sa.and_(is_draft, Invoice.error == "", Invoice.total > 0, ~held)
    excluded = Invoice.excluded_reason.is_not(None)
    query = sa.select(
        Invoice.status, Invoice.stage, excluded.label("excluded"), sa.func.count().label("n"),
        _sum(Invoice.total).label("total"), _sum(Invoice.list_total).label("list_total"),
        _sum(Invoice.paid).label("paid"), sa.func.max(Invoice.closes_at).label("closes_at"),
        sa.func.sum(sa.case((CHANGED, 1), else_=0)).label("changed"),
        sa.func.sum(sa.case((Invoice.error != "", 1), else_=0)).label("failed"),
        sa.func.sum(sa.case((ready, 1), else_=0)).label("ready"),
        sa.func.sum(sa.case((sa.and_(is_draft, held), 1), else_=0)).label("held"),
    ).where(Invoice.branch_id == branch_id, Invoice.period == period).group_by(
        Invoice.status, Invoice.stage, excluded)
    found = Summary()
    for row in db.session.execute(query):
        _add(found, row)
    return found


def _sum(column: Any) -> sa.ColumnElement[int]:
    """Whole minor units: PostgreSQL sums bigints to a decimal."""
    return sa.cast(sa.func.sum(column), sa.BigInteger)


def _add(found: Summary, row: Any) -> None:
    if row.status == "draft":
        if row.excluded:
            found.excluded += row.n
            return
        found.drafts, found.drafts_total = found.drafts + row.n, found.drafts_total + row.total
        found.changed, found.failed = found.changed + row.changed, found.failed + row.failed
        found.ready, found.held = found.ready + row.ready, found.held + row.held
        found.list_difference += row.list_total - row.total
        return
    if row.status == "cancelled":
        found.cancelled += row.n
        return
    found.received += row.paid
    if row.closes_at:
        found.closes_at.append(row.closes_at)
    if row.stage == "list":
        found.at_list, found.at_list_total = found.at_list + row.n, found.at_list_total + row.total
    if row.status == "paid":
        found.paid, found.paid_total = found.paid + row.n, found.paid_total + row.total
        if row.stage == "prompt":
            found.prompt_paid, found.prompt_paid_total = row.n, row.total
    elif row.status in ("issued", "partly_paid"):
        found.open, found.open_total = found.open + row.n, found.open_total + row.total
        found.open_balance += row.total - row.paid
        if row.stage == "prompt":
            found.list_difference += row.list_total - row.total


def _conditions(branch_id: int, period: str, show: str, text: str) -> list[Any]:
    where: list[Any] = [Invoice.branch_id == branch_id, Invoice.period == period]
    is_draft = Invoice.status == "draft"
    excluded = Invoice.excluded_reason.is_not(None)
    lists: dict[str, list[Any]] = {
        "drafts": [is_draft, ~excluded],
        "changed": [is_draft, ~excluded, CHANGED],
        "excluded": [is_draft, excluded],
        "open": [Invoice.status.in_(("issued", "partly_paid"))],
        "paid": [Invoice.status == "paid"],
        "cancelled": [Invoice.status == "cancelled"],
        "list": [Invoice.stage == "list", Invoice.live],
    }
    where += lists[show]
    return where + [Client.search_text.contains(word, autoescape=True) for word in search_words(text)]


def documents(branch_id: int, period: str, show: str, *, text: str = "", page: int = 1) -> tuple[list[Any], int]:
    """(rows of a page, how many there are): documents of a month with client, office and what they replace."""
    where = _conditions(branch_id, period, show, text)
    heir = sa.orm.aliased(Invoice)
    base = sa.select(
        Invoice.id, Invoice.number, Invoice.status, Invoice.stage, Invoice.total, Invoice.list_total, Invoice.paid,
        Invoice.concept, Invoice.channels, Invoice.changes, Invoice.error, Invoice.excluded_reason, Invoice.version,
        Invoice.currency, Invoice.paid_at, Invoice.due_on, Invoice.kind, Client.id.label("client_id"),
        Client.legal_name, Client.tax_id, Office.code.label("office"), heir.id.label("heir_id"),
        heir.number.label("heir_number"),
    ).join(Client, Client.id == Invoice.client_id).outerjoin(Contract, Contract.id == Invoice.contract_id).outerjoin(
        Office, Office.id == Contract.office_id).outerjoin(heir, heir.replaces_id == Invoice.id).where(*where)
    rows = db.session.execute(base.order_by(Invoice.id).limit(PAGE).offset((page - 1) * PAGE)).all()
    counted = sa.select(sa.func.count()).select_from(Invoice).where(*where)
    if text.strip():
        counted = counted.join(Client, Client.id == Invoice.client_id)
    return list(rows), int(db.session.scalar(counted) or 0)


def _in_force(now: datetime) -> list[Any]:
    return [InvoiceHold.released_at.is_(None), sa.or_(InvoiceHold.until_at.is_(None), InvoiceHold.until_at > now)]


def holds_of(invoice_ids: Sequence[int], now: datetime) -> dict[int, Any]:
    """The hold in force on each of these documents."""
    query = sa.select(InvoiceHold.invoice_id, InvoiceHold.kind, InvoiceHold.reason, InvoiceHold.until_at).where(
        *_in_force(now))
    return {row.invoice_id: row for row in bulk.rows_in(query, InvoiceHold.invoice_id, invoice_ids)}


def issuable(branch_id: int, period: str) -> list[tuple[int, int]]:
    """(id, version) of every draft of the month that is not excluded."""
    query = sa.select(Invoice.id, Invoice.version).where(
        Invoice.branch_id == branch_id, Invoice.period == period, Invoice.status == "draft", Invoice.live,
        Invoice.excluded_reason.is_(None)).order_by(Invoice.id)
    return [(row.id, row.version) for row in db.session.execute(query)]


def skipped(run_id: int, limit: int = 200) -> list[Any]:
    """What a run left out: (invoice id, client, reason)."""
    query = sa.select(BillingRunItem.invoice_id, Client.legal_name, BillingRunItem.reason).join(
        Invoice, Invoice.id == BillingRunItem.invoice_id).join(Client, Client.id == Invoice.client_id).where(
        BillingRunItem.run_id == run_id, BillingRunItem.state == "skipped").order_by(BillingRunItem.id).limit(limit)
    return list(db.session.execute(query).all())


def running(branch_id: int, period: str) -> BillingRun | None:
    """The run of the month that is under way."""
    query = sa.select(BillingRun).where(
        BillingRun.branch_id == branch_id, BillingRun.period == period, BillingRun.state != "done")
    return db.session.scalar(query.order_by(BillingRun.id.desc()).limit(1))
