"""Exports: what of a branch can be taken out, and as which file. Rows come from each capability's queries.

Amounts are text with two decimals ("8900.00") in JSON and CSV and numbers in XLSX. What a person typed can
never be a formula: a text cell that begins like one gets a leading apostrophe.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from fastoffice import clock
from fastoffice.audit.exporting import audit_rows
from fastoffice.billing.queries.export import invoice_rows, ledger_rows
from fastoffice.billing.rules.periods import first_day, last_day
from fastoffice.branches.models import Branch
from fastoffice.clients.exporting import client_rows
from fastoffice.contracts.exporting import contract_rows
from fastoffice.notifications.exporting import notice_rows
from fastoffice.payments.queries.export import payment_rows

Row = dict[str, Any]
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
CELL = 32_767  # characters that a cell of a workbook holds
MONEY_FORMAT = "#,##0.00"
FORMATS = ("json", "csv", "xlsx")
MEDIA_TYPES = {
    "json": "application/json", "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Export:
    """One kind of export. `columns` in order; those in `amounts` hold money, those in `counts` whole numbers."""

    columns: tuple[str, ...]
    rows: Callable[[Branch, str | None], Iterator[Row]]
    amounts: frozenset[str] = frozenset()
    counts: frozenset[str] = frozenset({"id"})


def _days(period: str | None) -> tuple[date, date] | None:
    return (first_day(period), last_day(period)) if period else None


def _moments(branch: Branch, period: str | None) -> tuple[datetime, datetime] | None:
    """The month on the branch's clock, its end exclusive."""
    if period is None:
        return None
    return clock.start_of_day(first_day(period), branch.timezone), clock.end_of_day(last_day(period), branch.timezone)


KINDS: dict[str, Export] = {
    "invoices": Export(
        ("number", "series", "reference", "kind", "stage", "status", "client", "tax_id", "contract", "period",
         "issued_at", "due_at", "currency", "lines", "subtotal", "tax", "withheld", "total", "paid", "balance",
         "replaces", "replaced_by", "cancelled_at", "cancel_reason"),
        invoice_rows, frozenset({"subtotal", "tax", "withheld", "total", "paid", "balance"})),
    "payments": Export(
        ("id", "receipt", "client", "tax_id", "method", "state", "cheque_state", "amount", "currency", "value_date",
         "reference", "note", "taken_by", "recorded_at", "applied", "refunded", "left", "allocations", "reversed_at",
         "reversed_reason"),
        lambda branch, period: payment_rows(branch, _days(period)),
        frozenset({"amount", "applied", "refunded", "left"})),
    "ledger": Export(
        ("entry", "kind", "subject", "day", "posted_at", "account", "client", "invoice", "currency", "amount"),
        ledger_rows, frozenset({"amount"}), frozenset({"entry", "client", "invoice"})),
    "outbox": Export(
        ("id", "kind", "occasion", "subject", "number", "old_number", "client", "language", "created_at", "state",
         "deliveries"),
        lambda branch, period: notice_rows(branch.id, branch.timezone, _moments(branch, period))),
    "audit": Export(
        ("sequence", "at", "actor", "action", "subject", "data", "hash"),
        lambda branch, period: audit_rows(branch.id, branch.timezone, _moments(branch, period)),
        counts=frozenset({"sequence"})),
    "clients": Export(
        ("id", "legal_name", "trade_name", "tax_id", "tax_regime", "cfdi_use", "postal_code", "address", "language",
         "group", "notes", "contacts", "created_at", "archived_at"),
        lambda branch, _period: client_rows(branch.id, branch.timezone)),
    "contracts": Export(
        ("code", "client", "tax_id", "office", "state", "starts_on", "ends_on", "suspended_on", "channels",
         "currency", "deposit", "meeting_minutes", "notes", "lines"),
        lambda branch, period: contract_rows(branch.id, _days(period)), frozenset({"deposit"}),
        frozenset({"meeting_minutes"})),
}


def rows_of(kind: str, branch: Branch, period: str | None = None) -> Iterator[Row]:
    """The rows of an export; `period` ("2026-12") limits those that have a month. KeyError for an unknown kind."""
    return KINDS[kind].rows(branch, period)


def file_of(kind: str, form: str, branch: Branch, period: str | None = None) -> bytes:
    """The whole export as a file's bytes: json, csv (with the mark that Excel asks for) or xlsx."""
    export, rows = KINDS[kind], rows_of(kind, branch, period)
    if form == "json":
        return as_json(rows).encode()
    if form == "csv":
        return as_csv(rows, export.columns, amounts=export.amounts, counts=export.counts, mark=True)
    return as_xlsx(rows, export.columns, amounts=export.amounts, counts=export.counts)


def as_json(rows: Iterable[Row]) -> str:
    """One JSON array, a row per line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[{lines}]\n" if not lines else f"[\n{lines}\n]\n"


def as_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, amounts: frozenset[str] = frozenset(),
           counts: frozenset[str] = frozenset(), mark: bool = False) -> bytes:
    """UTF-8 with a heading; `mark` puts the byte order mark in front, by which Excel knows the encoding."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    numbers = amounts | counts
    for row in rows:
        writer.writerow([plain(row.get(name)) if name in numbers else harmless(plain(row.get(name)))
                         for name in columns])
    return text.getvalue().encode("utf-8-sig" if mark else "utf-8")


def as_xlsx(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, amounts: frozenset[str] = frozenset(),
            counts: frozenset[str] = frozenset(), sheet: str = "FastOffice") -> bytes:
    """A workbook of one sheet. Amounts are numbers with two decimals; nothing is a formula or a link."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        page = book.add_worksheet(sheet)
        bold, money_format = book.add_format({"bold": True}), book.add_format({"num_format": MONEY_FORMAT})
        page.freeze_panes(1, 0)
        for column, name in enumerate(columns):
            page.write_string(0, column, name, bold)
        page.set_column(0, max(len(columns) - 1, 0), 18)
        for number, row in enumerate(rows, 1):
            for column, name in enumerate(columns):
                _cell(page, number, column, row.get(name), money_format if name in amounts else None,
                      is_number=name in amounts or name in counts)
    return target.getvalue()


def _cell(page: Any, row: int, column: int, value: Any, cell_format: Any, *, is_number: bool) -> None:
    if value is None or value == "":
        return
    if is_number:
        page.write_number(row, column, Decimal(str(value)), cell_format)
    else:
        page.write_string(row, column, harmless(plain(value))[:CELL])


def plain(value: Any) -> str:
    """A value as text: nothing for None, JSON for lists and objects."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else str(value)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in FORMULA_STARTS else text
