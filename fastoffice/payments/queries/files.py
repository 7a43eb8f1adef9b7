"""A client's payments, for the page of its file."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from fastoffice.extensions import db
from fastoffice.payments.models import Payment
from fastoffice.payments.queries.allocations import paid_by


def client_payments(client_id: int, number: int = 1, size: int = 25) -> tuple[list[Any], dict[int, list[Any]], int]:
    """(payments with receipt, newest first; what each credit pays now; how many there are): three statements."""
    mine = Payment.client_id == client_id
    total = int(db.session.scalar(sa.select(sa.func.count(Payment.id)).where(mine)) or 0)
    rows = list(db.session.scalars(
        sa.select(Payment).where(mine).options(joinedload(Payment.receipt), joinedload(Payment.credit))
        .order_by(Payment.value_date.desc(), Payment.id.desc()).limit(size).offset((number - 1) * size)))
    return rows, paid_by([row.credit_id for row in rows if row.credit_id]), total


def latest_ids(client_id: int, limit: int = 100) -> list[int]:
    """Ids of the client's latest payments."""
    return list(db.session.scalars(
        sa.select(Payment.id).where(Payment.client_id == client_id).order_by(Payment.id.desc()).limit(limit)))
