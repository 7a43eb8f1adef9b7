"""One document with everything that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from fastoffice.audit.models import AuditEntry
from fastoffice.billing.models import Allocation, Credit, Invoice, PortalActivity
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.notifications.models import Delivery, Notice

HISTORY, SIGNS = 100, 50


@dataclass(frozen=True)
class InvoicePage:
    """What the page of a document shows."""

    invoice: Invoice
    allocations: list[Any]
    history: list[AuditEntry]
    deliveries: list[Any]
    files: list[Document]


def load(branch_id: int, invoice_id: int) -> Invoice | None:
    """The document with client, lines, holds and neighbours; None when it is not this branch's."""
    query = sa.select(Invoice).where(Invoice.id == invoice_id, Invoice.branch_id == branch_id).options(
        joinedload(Invoice.client), joinedload(Invoice.contract), selectinload(Invoice.lines),
        selectinload(Invoice.holds), joinedload(Invoice.replaces), joinedload(Invoice.replaced_by))
    return db.session.scalars(query).unique().one_or_none()


def page(invoice: Invoice) -> InvoicePage:
    """Everything around a loaded document, in four statements."""
    allocations = sa.select(Allocation, Credit.source).join(Credit, Credit.id == Allocation.credit_id).where(
        Allocation.invoice_id == invoice.id).order_by(Allocation.id)
    deliveries = sa.select(Delivery, Notice).join(Notice, Notice.id == Delivery.notice_id).where(
        Notice.subject_type == "invoice", Notice.subject_id == invoice.id).order_by(Delivery.id)
    files = sa.select(Document).where(Document.subject_type == "invoice", Document.subject_id == invoice.id)
    return InvoicePage(
        invoice, list(db.session.execute(allocations).all()), history(invoice),
        list(db.session.execute(deliveries).all()), list(db.session.scalars(files)))


def activity(invoice: Invoice) -> list[PortalActivity]:
    """What the client did with it on the portal, newest first."""
    query = sa.select(PortalActivity).where(PortalActivity.invoice_id == invoice.id)
    return list(db.session.scalars(query.order_by(PortalActivity.at.desc()).limit(SIGNS)))


def history(invoice: Invoice) -> list[AuditEntry]:
    """The log of one document, newest first."""
    query = sa.select(AuditEntry).where(
        AuditEntry.branch_id == invoice.branch_id, AuditEntry.subject_type == "invoice",
        AuditEntry.subject_id == invoice.id).order_by(AuditEntry.sequence.desc()).limit(HISTORY)
    return list(db.session.scalars(query))
