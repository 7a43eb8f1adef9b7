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
from fastoffice.billing.service.readers import reader_of
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.notifications import service as outbox
from fastoffice.payments import names
from fastoffice.payments.models import Payment
from fastoffice.payments.queries import figures
from fastoffice.payments.service import thanking

KIND = "payment_reversed"


def owe(branch: Branch, payment: Payment, invoice_ids: Sequence[int], reason: str) -> None:
    """Owe the client one message about `payment`, which paid (or would have paid) these documents."""
    reader, documents = reader_of(branch, payment.client_id), _documents(invoice_ids)
    outbox.owe_notice(reader.notice(
        KIND, ("payment", payment.id), {**_values(payment, documents, reader.language), "reason": reason},
        documents=[("payment", payment.id, "receipt_void")] if payment.receipt is not None else [],
        channels=thanking.channels(documents, reader.emails)))


def _documents(invoice_ids: Sequence[int]) -> list[Any]:
    query = sa.select(Invoice.number, Invoice.channels).where(Invoice.id.in_(invoice_ids)).order_by(Invoice.id)
    return list(db.session.execute(query).all())


def _values(payment: Payment, documents: Sequence[Any], language: str) -> dict[str, str]:
    owed = figures.client_money(payment.client_id, payment.currency)
    return {
        "payment_amount": money.display(payment.amount, payment.currency),
        "payment_date": locale.date_long(payment.value_date, language),
        "payment_method": names.method_in(payment.method, language),
        "receipt_number": payment.receipt.number if payment.receipt is not None else "",
        "invoice_number": ", ".join(row.number for row in documents) or "—",
        "balance": money.display(owed.open, payment.currency),
    }
