"""Fills the receipt, and the same one marked void, from what was frozen when it was issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from fastoffice import clock
from fastoffice.billing.documents import client_of, issuer_of
from fastoffice.billing.rules.periods import first_day
from fastoffice.branches.models import Branch
from fastoffice.documents import contexts, registry
from fastoffice.extensions import db
from fastoffice.payments import names
from fastoffice.payments.models import Payment, Receipt


def build_receipts(ids: list[int]) -> dict[int, registry.RenderJob]:
    """Render jobs of receipts by the payment's id."""
    return {receipt.payment_id: _job(receipt) for receipt in _load(ids)}


def build_void(ids: list[int]) -> dict[int, registry.RenderJob]:
    """Render jobs of void receipts by the reversed payment's id."""
    receipts = [receipt for receipt in _load(ids) if receipt.payment.reversed_at is not None]
    zones = {row.id: row.timezone for row in db.session.execute(sa.select(Branch.id, Branch.timezone).where(
        Branch.id.in_({receipt.branch_id for receipt in receipts})))}
    return {receipt.payment_id: _job(receipt, _reversed_on(receipt.payment, zones[receipt.branch_id]))
            for receipt in receipts}


def _load(ids: Sequence[int]) -> list[Receipt]:
    query = sa.select(Receipt).where(Receipt.payment_id.in_(ids)).options(
        selectinload(Receipt.snapshot), selectinload(Receipt.payment))
    return list(db.session.scalars(query))


def _reversed_on(payment: Payment, zone: str) -> date | None:
    return clock.local_date(payment.reversed_at, zone) if payment.reversed_at else None


def _job(receipt: Receipt, reversed_on: date | None = None) -> registry.RenderJob:
    data: dict[str, Any] = receipt.data
    language = str(data["language"])
    document = contexts.ReceiptDocument(
        issuer=issuer_of(receipt.snapshot.data), client=client_of(data["client"]), number=receipt.number,
        currency=data["currency"], issued_on=receipt.issued_on, amount=data["amount"],
        method=names.method_in(data["method"], language), value_date=date.fromisoformat(data["value_date"]),
        reference=data["reference"], taken_by=data["taken_by"],
        applied_to=tuple(_applied(row) for row in data["applied"]), credit_left=data["credit_left"],
        reversed_on=reversed_on,
        reversal_reason=(receipt.payment.reversed_reason or "") if reversed_on else "")
    return registry.RenderJob(document.template, document, language)


def _applied(row: dict[str, Any]) -> contexts.AppliedTo:
    return contexts.AppliedTo(
        number=row["number"], period=first_day(row["period"]) if row["period"] else None, total=row["total"],
        applied=row["amount"], balance=row["balance"])


def register() -> None:
    """Tell the document queue what payments print."""
    registry.register("receipt", build_receipts)
    registry.register("receipt_void", build_void)
