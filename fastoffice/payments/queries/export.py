"""Rows of payments for exports: amounts as text with two decimals, moments in the branch's time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from fastoffice import clock, money
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments.models import Payment
from fastoffice.payments.queries.allocations import paid_by

SLICE = 500


def payment_rows(branch: Branch, days: tuple[date, date] | None = None) -> Iterator[dict[str, Any]]:
    """Every payment, reversed ones too, oldest first; with `days` those whose value date lies between them."""
    where = [Payment.branch_id == branch.id]
    if days:
        where += [Payment.value_date >= days[0], Payment.value_date <= days[1]]
    last_id = 0
    while True:
        query = sa.select(Payment).where(*where, Payment.id > last_id).options(
            joinedload(Payment.client), joinedload(Payment.credit), joinedload(Payment.receipt))
        payments = db.session.scalars(query.order_by(Payment.id).limit(SLICE)).all()
        if not payments:
            return
        paid = paid_by([payment.credit_id for payment in payments if payment.credit_id])
        for payment in payments:
            yield _payment(payment, branch, paid.get(payment.credit_id or 0, ()))
        last_id = payments[-1].id


def _payment(payment: Payment, branch: Branch, parts: Sequence[Any]) -> dict[str, Any]:
    credit = payment.credit
    return {
        "id": payment.id, "receipt": payment.receipt.number if payment.receipt else None,
        "client": payment.client.legal_name, "tax_id": payment.client.tax_id or "", "method": payment.method,
        "state": payment.state, "cheque_state": payment.cheque_state, "amount": money.plain(payment.amount),
        "currency": payment.currency, "value_date": payment.value_date.isoformat(),
        "reference": payment.reference, "note": payment.note, "taken_by": payment.taken_by,
        "recorded_at": clock.local(payment.recorded_at, branch.timezone).isoformat(),
        "applied": money.plain(credit.applied if credit else 0),
        "refunded": money.plain(credit.refunded if credit else 0),
        "left": money.plain(credit.spare if credit else 0),
        "allocations": [{"invoice": part.number, "period": part.period, "amount": money.plain(part.amount)}
                        for part in parts],
        "reversed_at": clock.local(payment.reversed_at, branch.timezone).isoformat() if payment.reversed_at else None,
        "reversed_reason": payment.reversed_reason,
    }
