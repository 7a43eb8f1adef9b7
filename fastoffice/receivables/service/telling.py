"""The message that brings the answer: what was asked, what came of it, and why."""

from __future__ import annotations

from fastoffice.billing.models import Invoice
from fastoffice.billing.service.readers import reader_of
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.notifications import service as outbox
from fastoffice.receivables import names
from fastoffice.receivables.models import ClientRequest

KIND = "request_answered"


def owe(branch: Branch, request: ClientRequest) -> None:
    """Owe the client the answer, once, by mail."""
    reader = reader_of(branch, request.client_id)
    invoice = db.session.get(Invoice, request.invoice_id) if request.invoice_id else None
    outbox.owe_notice(reader.notice(KIND, ("request", request.id), {
        "request_kind": names.kind_in(request.kind, reader.language),
        "request_state": names.state_in(request.state, reader.language), "answer": request.answer or "—",
        "invoice_number": (invoice.number if invoice else None) or "—"}))
