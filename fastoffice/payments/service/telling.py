"""The message that says a payment came to nothing: what it was, why, and what is owed now.

Owed when money that counted is reversed and when a cheque bounces: whoever believes to have paid must hear it from
us. A cheque that was typed wrong and taken back before it was money is nobody's news.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from fastoffice import locale, money
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import stage
from fastoffice.billing.service.notices import address_lines
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.notifications import service as outbox
from fastoffice.payments import names
from fastoffice.payments.models import Payment
from fastoffice.payments.queries import figures
from fastoffice.payments.service import thanking

KIND = "payment_reversed"


def owe(branch: Branch, payment: Payment, invoice_ids: Sequence[int], reason: str) -> None:
    """Owe the client one message about `payment`, which paid (or would have paid) these documents."""
    [row] = clients.billing_rows([payment.client_id])
    client = stage.client_data([row])[row.id]
    language = client["language"] or branch.language
    people = clients.billing_contacts([payment.client_id]).get(payment.client_id, [])
    emails = tuple(dict.fromkeys(person.email for person in people if person.email))
    documents = _documents(invoice_ids)
    outbox.owe_notice(outbox.NoticeSpec(
        branch_id=branch.id, kind=KIND, subject=("payment", payment.id), party_id=payment.client_id,
        party_name=client["legal_name"], language=language,
        context={**_values(branch, payment, documents, language), "reason": reason,
                 "client_name": client["trade_name"] or client["legal_name"],
                 "contact_name": people[0].name if people else ""},
        documents=[("payment", payment.id, "receipt_void")] if payment.receipt is not None else [],
        channels=thanking.channels(documents, emails), emails=emails,
        phone=next((person.phone for person in people if person.phone), ""), address=address_lines(client)))


def _documents(invoice_ids: Sequence[int]) -> list[Any]:
    query = sa.select(Invoice.number, Invoice.channels).where(Invoice.id.in_(invoice_ids)).order_by(Invoice.id)
    return list(db.session.execute(query).all())


def _values(branch: Branch, payment: Payment, documents: Sequence[Any], language: str) -> dict[str, str]:
    owed = figures.client_money(payment.client_id, payment.currency)
    return {
        "branch_name": f"Fast Office {branch.name}", "branch_phone": branch.phone, "branch_email": branch.email,
        "payment_amount": money.display(payment.amount, payment.currency),
        "payment_date": locale.date_long(payment.value_date, language),
        "payment_method": names.method_in(payment.method, language),
        "receipt_number": payment.receipt.number if payment.receipt is not None else "",
        "invoice_number": ", ".join(row.number for row in documents) or "—",
        "balance": money.display(owed.open, payment.currency),
    }
