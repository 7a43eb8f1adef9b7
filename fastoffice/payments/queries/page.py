"""One payment with everything that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from fastoffice.audit.models import AuditEntry
from fastoffice.billing.models import Invoice, InvoiceHold
from fastoffice.documents import queries as documents
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.payments.models import Payment, Refund
from fastoffice.payments.queries.allocations import paid_by

HISTORY = 100


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """What the page of a payment shows.

    `applied` are its allocations now, `ended` those that were taken back, `held` the documents that a cheque in
    process keeps from the deadline.
    """

    payment: Payment
    applied: list[Any]
    ended: list[Any]
    held: list[Any]
    refunds: list[Refund]
    files: dict[str, Document]
    deliveries: list[Any]
    history: list[AuditEntry]

    @property
    def left(self) -> int:
        """What of it pays nothing yet."""
        return self.payment.credit.spare if self.payment.credit else 0


def load(branch_id: int, payment_id: int) -> Payment | None:
    """The payment with client, credit and receipt; None when it is not this branch's."""
    query = sa.select(Payment).where(Payment.id == payment_id, Payment.branch_id == branch_id).options(
        joinedload(Payment.client), joinedload(Payment.credit), joinedload(Payment.receipt))
    return db.session.scalars(query).unique().one_or_none()


def payment_of_credit(credit_id: int) -> Payment | None:
    """The payment that a credit came from."""
    return db.session.scalars(sa.select(Payment).where(Payment.credit_id == credit_id)).one_or_none()


def _held(payment: Payment) -> list[Any]:
    query = sa.select(Invoice.id, Invoice.number, Invoice.period, Invoice.currency, Invoice.due_on,
                      (Invoice.total - Invoice.paid).label("balance")).join(
        InvoiceHold, InvoiceHold.invoice_id == Invoice.id).where(
        InvoiceHold.branch_id == payment.branch_id, InvoiceHold.source == payment.source,
        InvoiceHold.released_at.is_(None)).order_by(Invoice.due_on, Invoice.id)
    return list(db.session.execute(query).all())


def page(payment: Payment) -> PaymentPage:
    """Everything around a loaded payment, in six statements at most."""
    rows = paid_by([payment.credit_id], released=True).get(payment.credit_id, []) if payment.credit_id else []
    refunds = sa.select(Refund).where(Refund.credit_id == payment.credit_id).order_by(Refund.id)
    deliveries = sa.select(Delivery).join(Delivery.notice).options(contains_eager(Delivery.notice)).where(
        sa.or_(sa.and_(Notice.subject_type == "payment", Notice.subject_id == payment.id),
               sa.and_(Notice.subject_type == "refund", Notice.subject_id.in_(
                   sa.select(Refund.id).where(Refund.credit_id == payment.credit_id))))).order_by(Delivery.id)
    history = sa.select(AuditEntry).where(
        AuditEntry.branch_id == payment.branch_id, AuditEntry.subject_type == "payment",
        AuditEntry.subject_id == payment.id).order_by(AuditEntry.sequence.desc()).limit(HISTORY)
    return PaymentPage(
        payment, [row for row in rows if row.released_at is None], [row for row in rows if row.released_at is not None],
        _held(payment) if payment.state == "pending" else [],
        list(db.session.scalars(refunds)) if payment.credit_id else [],
        {document.kind: document for document in documents.documents_of(("payment", payment.id))},
        list(db.session.scalars(deliveries)), list(db.session.scalars(history)))
