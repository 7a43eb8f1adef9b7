"""What credit pays now, and what it paid before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk
from fastoffice.billing.models import Allocation, Invoice

_COLUMNS = (
    Allocation.id, Allocation.credit_id, Allocation.invoice_id, Allocation.amount, Allocation.created_at,
    Allocation.created_by, Allocation.released_at, Allocation.released_reason, Invoice.number, Invoice.period,
    Invoice.kind, Invoice.stage, Invoice.status, Invoice.total, Invoice.paid, Invoice.currency, Invoice.channels,
    Invoice.due_on, Invoice.closes_at,
)


def paid_by(credit_ids: Sequence[int], *, released: bool = False) -> dict[int, list[Any]]:
    """By credit: its allocations with their documents, in the order they were made; ended ones with `released`."""
    query = sa.select(*_COLUMNS).join(Invoice, Invoice.id == Allocation.invoice_id).order_by(Allocation.id)
    if not released:
        query = query.where(Allocation.released_at.is_(None))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in bulk.rows_in(query, Allocation.credit_id, credit_ids):
        found[row.credit_id].append(row)
    return found
