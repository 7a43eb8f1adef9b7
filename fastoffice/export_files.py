"""Rows as JSON, CSV or a workbook, written one by one so that many of them take no memory.

What a person typed can never be a formula: a text cell that begins like one gets a leading apostrophe.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
CELL = 32_767  # characters that a cell of a workbook holds
SHEET_ROWS = 1_048_575  # below the heading; what comes after goes on in another sheet
MONEY_FORMAT = "#,##0.00"
Rows = Iterable[Mapping[str, Any]]


def write_json(target: IO[bytes], rows: Rows) -> None:
    """One JSON array, a row per line."""
    begun = False
    for row in rows:
        target.write((",\n" if begun else "[\n").encode() + json.dumps(row, ensure_ascii=False).encode())
        begun = True
    target.write(b"\n]\n" if begun else b"[]\n")


def write_csv(target: IO[bytes], rows: Rows, columns: Sequence[str], *, numbers: Collection[str] = (),
              mark: bool = False) -> None:
    """UTF-8 with a heading; `mark` puts the byte order mark in front."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig" if mark else "utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([plain(row.get(name)) if name in numbers else harmless(plain(row.get(name)))
                         for name in columns])
    text.detach()


def write_xlsx(target: IO[bytes], rows: Rows, columns: Sequence[str], *, amounts: Collection[str] = (),
               counts: Collection[str] = ()) -> None:
    """A workbook. Amounts are numbers with two decimals; nothing is a formula or a link."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        heading, money_format = book.add_format({"bold": True}), book.add_format({"num_format": MONEY_FORMAT})
        page = _sheet(book, columns, heading)
        number = 0
        for row in rows:
            if number == SHEET_ROWS:
                page, number = _sheet(book, columns, heading), 0
            number += 1
            for column, name in enumerate(columns):
                _cell(page, number, column, row.get(name), money_format if name in amounts else None,
                      is_number=name in amounts or name in counts)


def _sheet(book: Any, columns: Sequence[str], heading: Any) -> Any:
    place = len(book.worksheets()) + 1
    page = book.add_worksheet("FastOffice" if place == 1 else f"FastOffice {place}")
    page.freeze_panes(1, 0)
    page.set_column(0, max(len(columns) - 1, 0), 18)
    for column, name in enumerate(columns):
        page.write_string(0, column, name, heading)
    return page


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
