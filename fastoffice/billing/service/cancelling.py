"""By hand: cancelling a document with its reason, and writing off what will not come."""

from __future__ import annotations

from datetime import datetime

from fastoffice import audit, clock
from fastoffice.billing.errors import CannotBecome, ChangedMeanwhile, HasPayments, ReasonMissing
from fastoffice.billing.models import Invoice
from fastoffice.billing.rules.states import may_become
from fastoffice.billing.service import credits, ledger, notices
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.charges.models import PendingCharge
from fastoffice.clients import queries as clients
from fastoffice.documents import service as documents
from fastoffice.extensions import db


def cancel_invoice(
    branch: Branch, invoice: Invoice, reason: str, actor: audit.Actor, now: datetime,
    *, version: int | None = None, money_to_credit: bool = False,
) -> None:
    """Cancel an issued document without replacement; its charges wait for the next draft again.

    One without channels travels with another message, and whoever owes that tells of its end as well.

    Raises ReasonMissing, CannotBecome, ChangedMeanwhile, HasPayments (unless `money_to_credit`).
    """
    _prepare(invoice, "cancelled", reason, version)
    day = clock.local_date(now, branch.timezone)
    if invoice.paid:
        if not money_to_credit:
            raise HasPayments(invoice.number or "")
        credits.release(credits.active_parts([invoice.id])[invoice.id], "cancelled", branch_id=branch.id, day=day,
                        at=now)
        db.session.refresh(invoice)
    _reverse_in_books(branch, invoice, day, now)
    invoice.status, invoice.live, invoice.cancelled_at = "cancelled", False, now
    invoice.cancel_kind, invoice.cancel_reason = "manual", reason.strip()[:300]
    for line in invoice.lines:
        line.live = False
        if line.charge_id:
            db.session.get_one(PendingCharge, line.charge_id).billed = False
    audit.record(actor, "invoice.cancelled", ("invoice", invoice.id), {"kind": "manual", "reason": reason},
                 branch_id=branch.id)
    _tell(branch, invoice, reason)


def _prepare(invoice: Invoice, target: str, reason: str, version: int | None) -> None:
    if not reason.strip():
        raise ReasonMissing
    clients.lock([invoice.client_id])
    db.session.refresh(invoice, with_for_update=True)
    if not may_become(invoice.status, target):
        raise CannotBecome(invoice.number or "", invoice.status)
    if version is not None and invoice.version != version:
        raise ChangedMeanwhile


def _reverse_in_books(branch: Branch, invoice: Invoice, day: object, now: datetime) -> None:
    entries = [ledger.issue_entry("cancel", invoice.id, invoice.client_id, day, invoice.currency,  # type: ignore[arg-type]
                                  (invoice.subtotal, invoice.tax, invoice.withheld), sign=-1)]
    if invoice.written_off:
        entries.append(_write_off_entry("write_off_undone", invoice, -invoice.written_off, day))
        invoice.written_off = 0
    ledger.post(entries, branch_id=branch.id, at=now)


def _tell(branch: Branch, invoice: Invoice, reason: str) -> None:
    told = notices.Told(
        invoice.id, invoice.client_id, invoice.channels, invoice.number or "", invoice.reference or "",
        invoice.period, invoice.currency, invoice.total, invoice.list_total, 0,
        invoice.due_on, invoice.closes_at, invoice.client_data)  # type: ignore[arg-type]
    documents.owe_document(branch.id, ("invoice", invoice.id), "cancellation", f"{invoice.number}-cancelada.pdf")
    if not invoice.channels:
        return
    notices.owe(branch, "invoice_cancelled",
                [(told, {"old_number": told.number, "reason": reason.strip(),
                         "old_total": notices.money.display(invoice.total, invoice.currency)},
                  [("invoice", invoice.id, "cancellation")])], branches.document_data(branch))


def write_off(branch: Branch, invoice: Invoice, reason: str, actor: audit.Actor, now: datetime,
              *, version: int | None = None) -> None:
    """Give up what is left of an open document. Raises ReasonMissing, CannotBecome, ChangedMeanwhile."""
    _prepare(invoice, "written_off", reason, version)
    rest = invoice.total - invoice.paid
    ledger.post([_write_off_entry("write_off", invoice, rest, clock.local_date(now, branch.timezone))],
                branch_id=branch.id, at=now)
    invoice.status, invoice.written_off = "written_off", rest
    invoice.cancel_reason = reason.strip()[:300]
    audit.record(actor, "invoice.written_off", ("invoice", invoice.id), {"amount": rest, "reason": reason},
                 branch_id=branch.id)


def _write_off_entry(kind: str, invoice: Invoice, amount: int, day: object) -> ledger.Entry:
    return ledger.Entry(kind, ("invoice", invoice.id), day, invoice.currency, (  # type: ignore[arg-type]
        ledger.Line(ledger.WRITTEN_OFF, amount, invoice.client_id, invoice.id),
        ledger.Line(ledger.RECEIVABLE, -amount, invoice.client_id, invoice.id)))
