"""A client's account over some days, from the books alone: what was charged and paid, and what was owed after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice.billing.models import Invoice, JournalEntry, Posting
from fastoffice.billing.service.ledger import CREDIT, RECEIVABLE
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.payments.models import Payment, Receipt, Refund

MOST = 2_000  # entries of one statement; beyond, fewer days must be asked for
_ACCOUNTS = (RECEIVABLE, CREDIT)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event that changed what the client owes. Minor units; one of `charge` and `payment` is 0.

    `kind` as in the books: issue, cancel, write_off, received, reversed, refunded …  `number` is that of the
    document or the receipt; `method` the means of a payment, `value_date` its own day where the bank had it earlier.
    """

    day: date
    kind: str
    number: str
    method: str
    value_date: date | None
    charge: int
    payment: int
    balance: int
    invoice_id: int | None
    payment_id: int | None


@dataclass(frozen=True, slots=True)
class Statement:
    """From `since` to `until`, both inclusive, in one currency. closing = opening + charges − payments."""

    client_id: int
    currency: str
    since: date
    until: date
    opening: int
    entries: tuple[Entry, ...]

    @property
    def charges(self) -> int:
        return sum(entry.charge for entry in self.entries)

    @property
    def payments(self) -> int:
        return sum(entry.payment for entry in self.entries)

    @property
    def closing(self) -> int:
        return self.entries[-1].balance if self.entries else self.opening


class TooManyEntries(Refusal):
    """More than a paper can hold."""

    def __init__(self) -> None:
        super().__init__(_l("These are more than %(most)s movements: choose fewer days.", most=MOST), field="since")


def statement(client_id: int, currency: str, since: date, until: date) -> Statement:
    """The account over these days; five statements at most. Raises TooManyEntries."""
    opening = int(db.session.scalar(_postings(client_id, currency).with_only_columns(
        sa.func.sum(Posting.amount)).where(JournalEntry.day < since)) or 0)
    rows = db.session.execute(_movements(client_id, currency).where(
        JournalEntry.day >= since, JournalEntry.day <= until).limit(MOST + 1)).all()
    if len(rows) > MOST:
        raise TooManyEntries
    return Statement(client_id, currency, since, until, opening, tuple(_entries(rows, opening)))


def currencies(client_id: int) -> list[str]:
    """The currencies in which the client ever owed or paid."""
    query = sa.select(Posting.currency).where(Posting.client_id == client_id).distinct()
    return sorted(db.session.scalars(query))


def _postings(client_id: int, currency: str) -> Any:
    return sa.select(Posting).join(JournalEntry, JournalEntry.id == Posting.entry_id).where(
        Posting.client_id == client_id, Posting.account.in_(_ACCOUNTS), Posting.currency == currency)


def _movements(client_id: int, currency: str) -> Any:
    """One row per event that changed the balance; credit that pays a document changes nothing and is left out."""
    amount = sa.func.sum(Posting.amount)
    columns = (JournalEntry.id, JournalEntry.day, JournalEntry.kind, JournalEntry.subject_type,
               JournalEntry.subject_id)
    return _postings(client_id, currency).with_only_columns(
        *columns, amount.label("amount"), sa.func.max(Posting.invoice_id).label("invoice_id")).group_by(
        *columns).having(amount != 0).order_by(JournalEntry.day, JournalEntry.id)


def _entries(rows: Sequence[Any], balance: int) -> list[Entry]:
    numbers = _numbers(sorted({row.invoice_id for row in rows if row.invoice_id}))
    payments = _payments([row.subject_id for row in rows if row.subject_type == "credit"])
    refunds = _refunds([row.subject_id for row in rows if row.subject_type == "refund"])
    found = []
    for row in rows:
        amount = int(row.amount)
        balance += amount
        payment = (payments if row.subject_type == "credit" else refunds).get(row.subject_id)
        number, value_date = numbers.get(row.invoice_id, ""), None
        if payment is not None:
            number, value_date = payment.number or "", payment.value_date if payment.value_date != row.day else None
        found.append(Entry(
            row.day, row.kind, number, payment.method if payment else "", value_date, max(amount, 0),
            max(-amount, 0), balance, row.invoice_id, payment.payment_id if payment else None))
    return found


def _numbers(ids: Sequence[int]) -> dict[int | None, str]:
    query = sa.select(Invoice.id, Invoice.number).where(Invoice.id.in_(ids))
    return {row.id: row.number or "" for row in db.session.execute(query)} if ids else {}


def _payments(credit_ids: Sequence[int]) -> dict[int, Any]:
    query = sa.select(Payment.credit_id, Payment.id.label("payment_id"), Payment.method, Payment.value_date,
                      Receipt.number).outerjoin(Receipt, Receipt.payment_id == Payment.id)
    if not credit_ids:
        return {}
    return {row.credit_id: row for row in db.session.execute(query.where(Payment.credit_id.in_(credit_ids)))}


def _refunds(ids: Sequence[int]) -> dict[int, Any]:
    query = sa.select(Refund.id, sa.null().label("payment_id"), Refund.method, Refund.value_date,
                      Refund.reference.label("number")).where(Refund.id.in_(ids))
    return {row.id: row for row in db.session.execute(query)} if ids else {}
