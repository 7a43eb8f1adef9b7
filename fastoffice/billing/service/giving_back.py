"""Money that goes back: a receipt undone, credit refunded, an allocation taken back.

Callers hold the clients' locks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import sqlalchemy as sa

from fastoffice import audit, bulk
from fastoffice.billing.models import Allocation, Credit, Invoice
from fastoffice.billing.service import credits, ledger
from fastoffice.billing.service.credits import Part
from fastoffice.extensions import db


def parts_of(credit_ids: Sequence[int]) -> dict[int, list[tuple[int, Part]]]:
    """By credit: (allocation id, part) of what it pays now, in the order it was given."""
    query = sa.select(
        Allocation.id, Allocation.credit_id, Allocation.invoice_id, Credit.client_id, Allocation.amount,
        Allocation.value_date, Credit.currency,
    ).join(Credit, Credit.id == Allocation.credit_id).where(Allocation.released_at.is_(None)).order_by(Allocation.id)
    found: dict[int, list[tuple[int, Part]]] = defaultdict(list)
    for row in bulk.rows_in(query, Allocation.credit_id, credit_ids):
        found[row.credit_id].append((row.id, Part(*row[1:])))
    return found


def reverse_credit(credit: Credit, reason: str, *, branch_id: int, day: date, at: datetime) -> list[int]:
    """The money never truly arrived: its documents are open again, the credit is worth nothing.

    The ids of the documents it had paid. The caller has made sure that nothing of it was refunded.
    """
    parts = parts_of([credit.id]).get(credit.id, [])
    _lock_invoices([part.invoice_id for _key, part in parts])
    credits.release(parts, reason[:120], branch_id=branch_id, day=day, at=at, reopened=True)
    _write_off_more(parts, branch_id=branch_id, day=day, at=at)
    db.session.refresh(credit)
    amount = credit.amount
    ledger.post([ledger.Entry("reversed", ("credit", credit.id), day, credit.currency, (
        ledger.Line(ledger.CREDIT, amount, credit.client_id), ledger.Line(credit.account, -amount)))],
        branch_id=branch_id, at=at)
    credit.amount, credit.reversed_amount, credit.reversed_at = 0, amount, at
    db.session.flush()
    return [part.invoice_id for _key, part in parts]


def take_back(key: int, part: Part, reason: str, *, branch_id: int, day: date, at: datetime) -> None:
    """End one allocation: its money is credit again, its document open as of now."""
    _lock_invoices([part.invoice_id])
    credits.release([(key, part)], reason[:120], branch_id=branch_id, day=day, at=at, reopened=True)


def refund(credit: Credit, refund_id: int, account: str, amount: int, *, branch_id: int, day: date,
           at: datetime) -> None:
    """Give back part of what is left of a credit, from `account`. A constraint refuses more than is left."""
    ledger.post([ledger.Entry("refunded", ("refund", refund_id), day, credit.currency, (
        ledger.Line(ledger.CREDIT, amount, credit.client_id), ledger.Line(account, -amount)))],
        branch_id=branch_id, at=at)
    credit.refunded += amount
    db.session.flush()


def refund_undone(credit: Credit, refund_id: int, account: str, amount: int, *, branch_id: int, day: date,
                  at: datetime) -> None:
    """A refund that never reached the client: what it had taken is their credit again."""
    ledger.post([ledger.Entry("refund_undone", ("refund", refund_id), day, credit.currency, (
        ledger.Line(account, amount), ledger.Line(ledger.CREDIT, -amount, credit.client_id)))],
        branch_id=branch_id, at=at)
    credit.refunded -= amount
    db.session.flush()


def make_spare(credit: Credit, amount: int, reason: str, *, branch_id: int, actor: audit.Actor, day: date,
               at: datetime) -> list[tuple[int, int]]:
    """Take back of what the credit pays, the newest first, until `amount` of it is spare; (invoice, taken).

    Of the last one only what is missing. A document that was written off keeps its money. Less may come free
    than was wanted: the caller looks at `credit.spare`.
    """
    parts = parts_of([credit.id]).get(credit.id, [])
    _lock_invoices([part.invoice_id for _key, part in parts])
    given_up = _given_up([part.invoice_id for _key, part in parts])
    missing, taken = amount - credit.spare, []
    for key, part in reversed(parts):
        if missing <= 0 or part.invoice_id in given_up:
            continue
        credits.release([(key, part)], reason[:120], branch_id=branch_id, day=day, at=at, reopened=True)
        kept = max(part.amount - missing, 0)
        if kept:
            credits.allocate([replace(part, amount=kept)], branch_id=branch_id, actor=actor, day=day, at=at)
        taken.append((part.invoice_id, part.amount - kept))
        missing -= part.amount - kept
    db.session.refresh(credit)
    return taken


def _given_up(ids: Sequence[int]) -> set[int]:
    query = sa.select(Invoice.id).where(Invoice.status == "written_off")
    return {row.id for row in bulk.rows_in(query, Invoice.id, sorted(set(ids)))}


def _lock_invoices(ids: Sequence[int]) -> None:
    query = sa.select(Invoice.id).order_by(Invoice.id).with_for_update()
    bulk.rows_in(query, Invoice.id, sorted(set(ids)))


def _write_off_more(parts: Sequence[tuple[int, Part]], *, branch_id: int, day: date, at: datetime) -> None:
    """A document that was given up stays given up: what this money had paid of it is lost as well."""
    given_up = _given_up([part.invoice_id for _key, part in parts])
    lost = [(key, part) for key, part in parts if part.invoice_id in given_up]
    ledger.post([ledger.Entry("write_off_more", ("allocation", key), day, part.currency, (
        ledger.Line(ledger.WRITTEN_OFF, part.amount, part.client_id, part.invoice_id),
        ledger.Line(ledger.RECEIVABLE, -part.amount, part.client_id, part.invoice_id))) for key, part in lost],
        branch_id=branch_id, at=at)
    for _key, part in lost:
        db.session.get_one(Invoice, part.invoice_id).written_off += part.amount
