"""Text with delimiters: what spreadsheets and old systems export as csv.

Encodings: a byte order mark decides (UTF-8, UTF-16, UTF-32); UTF-16 without one is known by its zero bytes;
otherwise UTF-8 if the bytes are valid UTF-8, else Windows-1252. The delimiter is the one that cuts most rows
into the same number of cells.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter

from fastoffice.contracts.roster.guards import MAX_ROWS, TOO_MANY_ROWS
from fastoffice.contracts.roster.messages import N_, FileRefused
from fastoffice.contracts.roster.sheets import Sheet, trimmed
from fastoffice.contracts.roster.text import Cell
from fastoffice.contracts.roster.workbook import NOT_A_SPREADSHEET

DELIMITERS = ",;\t|"
MAX_LINES_IN_CELL = 20
MAX_CELL = 10_000
SAMPLE_LINES, SAMPLE_LENGTH = 60, 200_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WEB_PAGE = ("<html", "<!doctype html", "<table", "<head", "<body")

OPEN_QUOTE = N_("Row %(row)s: a quotation mark opens a cell and is never closed. Correct it there.")
LONG_CELL = N_("Row %(row)s: a cell has more than %(limit)s characters.")
UNREADABLE_TEXT = N_("The text of the file cannot be read: save it as CSV UTF-8 or as xlsx.")
WEB_PAGE = N_("This is a web page with the name of a spreadsheet. Open it in Excel and save it as xlsx.")
XML_FILE = N_("This is an XML file. Open it in Excel and save it as xlsx.")


def read_delimited(data: bytes, name: str) -> list[Sheet]:
    """One sheet called `name`. Raises FileRefused, with the row where a quote was left open."""
    text = decode(data)
    start = text.lstrip()[:100].lower()
    if start.startswith(_WEB_PAGE):
        raise FileRefused(WEB_PAGE)
    if start.startswith("<?xml"):
        raise FileRefused(XML_FILE)
    declared, text = _declared_delimiter(text)
    rows = _rows(text, declared or best_delimiter(text))
    if declared:
        rows.insert(0, [])
    return [Sheet(name, trimmed(rows), [])]


def decode(data: bytes) -> str:
    """The file's text. Raises FileRefused when it is not text at all."""
    encoding = _encoding(data)
    if encoding in ("utf-8", "cp1252") and b"\0" in data:
        raise FileRefused(NOT_A_SPREADSHEET)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefused(UNREADABLE_TEXT) from error
    if "\0" in text:
        raise FileRefused(NOT_A_SPREADSHEET)
    return text


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:400]
    zeros_even, zeros_odd = sample[::2].count(0), sample[1::2].count(0)
    if zeros_odd > len(sample) // 4 and not zeros_even:
        return "utf-16-le"
    if zeros_even > len(sample) // 4 and not zeros_odd:
        return "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _declared_delimiter(text: str) -> tuple[str | None, str]:
    """Excel's own first line "sep=;", taken off."""
    first, _, rest = text.partition("\n")
    first = first.strip().lower()
    if first.startswith("sep=") and len(first) == 5:
        return first[4], rest
    return (None, text) if first != "sep=" else ("\t", rest)


def best_delimiter(text: str) -> str:
    """The delimiter under which most of the first rows have the same number of cells, more than one."""
    sample = "\n".join(text[:SAMPLE_LENGTH].splitlines()[:SAMPLE_LINES])
    return max(DELIMITERS, key=lambda delimiter: _regularity(sample, delimiter))


def _regularity(sample: str, delimiter: str) -> tuple[int, int]:
    """(rows that have the commonest number of cells above one, that number)."""
    try:
        widths = Counter(len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter))
    except csv.Error:
        return 0, 0
    return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))


def _rows(text: str, delimiter: str) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return rows
        except csv.Error as error:
            raise FileRefused(OPEN_QUOTE, row=len(rows) + 1) from error
        for cell in row:
            _check_cell(cell, len(rows) + 1)
        rows.append(list(row))
        if len(rows) > MAX_ROWS:
            raise FileRefused(TOO_MANY_ROWS, limit=MAX_ROWS)


def _check_cell(cell: str, row: int) -> None:
    if cell.count("\n") > MAX_LINES_IN_CELL:
        raise FileRefused(OPEN_QUOTE, row=row)
    if len(cell) > MAX_CELL:
        raise FileRefused(LONG_CELL, row=row, limit=MAX_CELL)
