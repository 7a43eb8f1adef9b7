"""Posting to the books: balanced entries, many at once, each event once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fastoffice import bulk
from fastoffice.billing.models import JournalEntry, Posting

RECEIVABLE, CREDIT, REVENUE, TAX, WITHHELD, WRITTEN_OFF = (
    "receivable", "client_credit", "revenue", "tax_payable", "withholding_receivable", "bad_debt")
MONEY = {"cash": "cash", "transfer": "bank", "cheque": "bank", "pos": "card_clearing", "other": "other_money",
         "card": "processor", "oxxo": "processor", "spei": "processor"}


class Unbalanced(ValueError):
    """An entry's postings don't sum to zero: a fault of ours, nothing is written."""


@dataclass(frozen=True, slots=True)
class Line:
    """A debit (positive) or credit (negative) in minor units."""

    account: str
    amount: int
    client_id: int | None = None
    invoice_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of the books; (kind, subject) may be posted once."""

    kind: str
    subject: tuple[str, int]
    day: date
    currency: str
    lines: tuple[Line, ...]


def post(entries: Sequence[Entry], *, branch_id: int, at: datetime) -> None:
    """Write the entries. Raises Unbalanced; a second posting of an event is an IntegrityError."""
    for entry in entries:
        if sum(line.amount for line in entry.lines) != 0:
            raise Unbalanced(f"{entry.kind} {entry.subject}")
    ids = bulk.insert_returning_ids(JournalEntry, [
        {"branch_id": branch_id, "kind": entry.kind, "subject_type": entry.subject[0],
         "subject_id": entry.subject[1], "day": entry.day, "posted_at": at} for entry in entries])
    bulk.insert(Posting, [
        {"branch_id": branch_id, "entry_id": entry_id, "account": line.account, "client_id": line.client_id,
         "invoice_id": line.invoice_id, "currency": entry.currency, "amount": line.amount}
        for entry_id, entry in zip(ids, entries, strict=True) for line in entry.lines if line.amount])


def issue_entry(kind: str, invoice_id: int, client_id: int, day: date, currency: str,
                amounts: tuple[int, int, int], sign: int = 1) -> Entry:
    """An invoice owed (sign 1) or cancelled (−1). `amounts`: subtotal, tax, withheld."""
    subtotal, tax, withheld = (sign * amount for amount in amounts)
    return Entry(kind, ("invoice", invoice_id), day, currency, (
        Line(RECEIVABLE, subtotal + tax - withheld, client_id, invoice_id),
        Line(WITHHELD, withheld, client_id, invoice_id),
        Line(REVENUE, -subtotal, client_id, invoice_id),
        Line(TAX, -tax, client_id, invoice_id),
    ))


def allocation_entry(kind: str, allocation_id: int, client_id: int, invoice_id: int, day: date, currency: str,
                     amount: int) -> Entry:
    """Credit that pays an invoice (`allocation`, positive) or is taken back (`release`, negative)."""
    return Entry(kind, ("allocation", allocation_id), day, currency, (
        Line(CREDIT, amount, client_id), Line(RECEIVABLE, -amount, client_id, invoice_id)))
