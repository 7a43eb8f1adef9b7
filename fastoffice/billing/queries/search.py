"""Finding documents by what people have at hand: a number, its figures, a payment reference."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from fastoffice.billing.models import Invoice
from fastoffice.branches.rules import normalise_reference
from fastoffice.clients.models import Client
from fastoffice.extensions import db

LARGEST = 10**10


def find_invoices(branch_id: int, text: str, limit: int) -> list[Any]:
    """Documents with this number, sequence or reference, however typed; newest first. One statement.

    Each way has its index: the cost does not grow with the number of documents.
    """
    typed = normalise_reference(text)
    figures = re.findall(r"\d+", text)
    if not figures or not typed:
        return []
    of_branch = sa.select(Invoice.id).where(Invoice.branch_id == branch_id)
    ways = [of_branch.where(Invoice.reference == typed), of_branch.where(Invoice.number == text.strip().upper())]
    if len(figures[-1]) <= 10 and int(figures[-1]) < LARGEST:
        ways.append(of_branch.where(Invoice.sequence == int(figures[-1])))
    query = (
        sa.select(Invoice.id, Invoice.number, Invoice.reference, Invoice.status, Invoice.period, Invoice.total,
                  Invoice.paid, Invoice.currency, Client.legal_name)
        .join(Client, Client.id == Invoice.client_id)
        .where(Invoice.id.in_(sa.union(*ways))).order_by(Invoice.id.desc()).limit(limit)
    )
    letters = re.sub(r"\d.*", "", typed)
    return [row for row in db.session.execute(query) if normalise_reference(row.number or "").startswith(letters)]
