"""A statement of account as a paper and as rows of a workbook: the figures of queries.statement, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import locale, money
from fastoffice.billing.documents import client_of, issuer_of
from fastoffice.billing.service import stage
from fastoffice.branches.models import Branch
from fastoffice.branches.queries.billing import document_data
from fastoffice.clients import queries as clients
from fastoffice.documents.contexts import Movement, StatementDocument
from fastoffice.payments import names
from fastoffice.payments.queries.statement import Entry, Statement

MOVEMENTS: dict[str, Any] = {
    "issue": _l("Invoice"), "cancel": _l("Invoice cancelled"), "write_off": _l("Written off"),
    "write_off_more": _l("Written off"), "received": _l("Payment"), "reversed": _l("Payment taken back"),
    "refunded": _l("Refund"), "refund_undone": _l("Refund that did not arrive"),
}


def what(entry: Entry) -> str:
    """"Payment · Bank transfer (of 4 Dec 2026)" in the language of whoever reads."""
    words = str(MOVEMENTS.get(entry.kind) or _("Adjustment"))
    if entry.method:
        words += f" · {names.ALL_METHODS.get(entry.method, entry.method)}"
    return f"{words} ({locale.date_short(entry.value_date)})" if entry.value_date else words


def period_of(found: Statement) -> str:
    """"2026-10 / 2026-12", or the one month."""
    first, last = found.since.strftime("%Y-%m"), found.until.strftime("%Y-%m")
    return first if first == last else f"{first} / {last}"


def paper(branch: Branch, found: Statement, made_on: date) -> StatementDocument:
    """What the PDF says."""
    [row] = clients.billing_rows([found.client_id])
    return StatementDocument(
        issuer=issuer_of(document_data(branch)), client=client_of(stage.client_data([row])[row.id]),
        number=period_of(found), currency=found.currency, issued_on=made_on, since=found.since, until=found.until,
        opening=found.opening, charges=found.charges, payments=found.payments, closing=found.closing,
        movements=tuple(Movement(day=entry.day, what=what(entry), number=entry.number, charge=entry.charge,
                                 payment=entry.payment, balance=entry.balance) for entry in found.entries))


def columns() -> list[str]:
    """Headings of the workbook, in the language of whoever reads."""
    return [_("Date"), _("Movement"), _("Document"), _("Charge"), _("Payment or credit"), _("Balance"), _("Currency")]


def sheet(found: Statement) -> Iterator[dict[str, Any]]:
    """Rows of the workbook: the opening balance, each movement, the closing balance with its sums."""
    yield _row(found.since.isoformat(), _("Opening balance"), "", None, None, found.opening, found.currency)
    for entry in found.entries:
        yield _row(entry.day.isoformat(), what(entry), entry.number, entry.charge or None, entry.payment or None,
                   entry.balance, found.currency)
    yield _row(found.until.isoformat(), _("Closing balance"), "", found.charges, found.payments, found.closing,
               found.currency)


def _row(day: str, words: str, number: str, charge: int | None, payment: int | None, balance: int,
         currency: str) -> dict[str, Any]:
    amounts = [None if amount is None else money.plain(amount) for amount in (charge, payment, balance)]
    return dict(zip(columns(), [day, words, number, *amounts, currency], strict=True))
