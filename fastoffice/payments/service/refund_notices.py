"""The messages about money that goes back: that it is on its way, and that the bank sent it back after we had said so.

Owed when the processor has made a refund, and when staff give credit back by hand: whoever is owed money should not
have to ask. One that failed before anybody heard of it is staff's business alone.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fastoffice import locale, money
from fastoffice.billing.models import Allocation, Credit, Invoice
from fastoffice.billing.service.readers import reader_of
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.notifications import service as outbox
from fastoffice.payments import names
from fastoffice.payments.models import Payment, Refund
from fastoffice.payments.queries import figures
from fastoffice.payments.service import thanking

KIND, FAILED = "payment_refunded", "refund_failed"


def owe(refund_id: int) -> None:
    """Owe the client the message that this refund is on its way; once."""
    _owe(KIND, refund_id)


def owe_failed(refund_id: int) -> None:
    """Owe the client the message that it came back, once; it is sent where the first one was."""
    _owe(FAILED, refund_id)


def _owe(kind: str, refund_id: int) -> None:
    refund = db.session.get_one(Refund, refund_id)
    branch = db.session.get_one(Branch, refund.branch_id)
    reader, documents = reader_of(branch, refund.client_id), _opened(refund)
    outbox.owe_notice(reader.notice(
        kind, ("refund", refund.id), _values(refund, documents, reader.language),
        channels=thanking.channels(documents, reader.emails)))


def _opened(refund: Refund) -> list[Any]:
    """The documents whose money went back."""
    query = sa.select(Invoice.number, Invoice.channels).join(Allocation, Allocation.invoice_id == Invoice.id).where(
        Allocation.credit_id == refund.credit_id, Allocation.released_at == refund.recorded_at).order_by(Invoice.id)
    return list(db.session.execute(query).all())


def _values(refund: Refund, documents: list[Any], language: str) -> dict[str, str]:
    currency = db.session.get_one(Credit, refund.credit_id).currency
    owed = figures.client_money(refund.client_id, currency)
    return {
        "refund_amount": money.display(refund.amount, currency),
        "refund_date": locale.date_long(refund.value_date, language),
        "refund_way": names.refund_way(refund.method, _card_of(refund), language), "reason": refund.reason,
        "invoice_number": ", ".join(dict.fromkeys(row.number for row in documents)) or "—",
        "balance": money.display(owed.open, currency),
    }


def _card_of(refund: Refund) -> str:
    """Where an online payment came from: "Visa ·· 4242"."""
    query = sa.select(Payment.reference).where(Payment.credit_id == refund.credit_id)
    return str(db.session.scalar(query) or "") if refund.method == "card" else ""
