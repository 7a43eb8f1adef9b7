"""The message that brings the answer: what was asked, what came of it, and why."""

from __future__ import annotations

from fastoffice.billing.models import Invoice
from fastoffice.billing.service import stage
from fastoffice.billing.service.notices import address_lines
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.notifications import service as outbox
from fastoffice.receivables import names
from fastoffice.receivables.models import ClientRequest

KIND = "request_answered"


def owe(branch: Branch, request: ClientRequest) -> None:
    """Owe the client the answer, once, by mail."""
    [row] = clients.billing_rows([request.client_id])
    client = stage.client_data([row])[row.id]
    language = client["language"] or branch.language
    people = clients.billing_contacts([request.client_id]).get(request.client_id, [])
    invoice = db.session.get(Invoice, request.invoice_id) if request.invoice_id else None
    outbox.owe_notice(outbox.NoticeSpec(
        branch_id=branch.id, kind=KIND, subject=("request", request.id), party_id=request.client_id,
        party_name=client["legal_name"], language=language,
        context={
            "client_name": client["trade_name"] or client["legal_name"],
            "contact_name": people[0].name if people else "", "branch_name": f"Fast Office {branch.name}",
            "branch_phone": branch.phone, "branch_email": branch.email,
            "request_kind": names.kind_in(request.kind, language),
            "request_state": names.state_in(request.state, language), "answer": request.answer or "—",
            "invoice_number": invoice.number or "—" if invoice else "—",
        },
        emails=tuple(dict.fromkeys(person.email for person in people if person.email)),
        phone=next((person.phone for person in people if person.phone), ""), address=address_lines(client)))
