"""The whole way from an uploaded file to a `ParsedRoster`; pure, so that it can run in a limited child."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fastoffice.contracts.roster.columns import Columns, pick_sheet
from fastoffice.contracts.roster.duplicates import check_duplicates
from fastoffice.contracts.roster.extras import why_ignored
from fastoffice.contracts.roster.fields import SHARED_BY_MERGE
from fastoffice.contracts.roster.messages import N_, FileRefused
from fastoffice.contracts.roster.reading import read_sheets
from fastoffice.contracts.roster.records import Ignored, ParsedRoster, Problem, Refused
from fastoffice.contracts.roster.rows import NO_LIST_PRICE, RowReader
from fastoffice.contracts.roster.sheets import Sheet, is_empty
from fastoffice.contracts.roster.text import Cell, column_letter, text_of

EXAMPLES = 3
MISSING_COLUMN = N_("No column of the sheet is “%(field)s”. Say which one it is.")
OTHER_SHEETS = N_("The sheet “%(sheet)s” was read. These look like lists of contracts too: %(others)s.")
NO_CONTRACTS = N_("There is no contract below the names of the columns.")


def parse_roster(
    data: bytes,
    filename: str,
    mapping: Mapping[str, str] | None = None,
    currency: str = "MXN",
    sheet: str | None = None,
) -> ParsedRoster:
    """Read a contracts list. Raises FileRefused when it is not one at all.

    `mapping`: a person's corrections, header text (or "#D" for a column without one) -> field, "" for none.
    `currency`: of every amount. `sheet`: read this one instead of the likeliest.
    """
    chosen_sheet, columns, others = pick_sheet(read_sheets(data, filename), mapping, sheet)
    _fill_merged(chosen_sheet, columns)
    reader = RowReader(columns.headers, columns.mapping, currency, chosen_sheet.uncomputed)
    parsed = ParsedRoster(
        sheet=chosen_sheet.name,
        header_row=columns.header_row + 1,
        headers=columns.headers,
        mapping=columns.mapping,
        rows=[],
        problems=reader.problems,
        ignored=[],
        unknown_columns={column_letter(i): header for i, header in columns.unknown.items()},
        missing=columns.missing,
        other_sheets=tuple(others),
        examples=_examples(chosen_sheet, columns),
    )
    _add_sheet_problems(parsed, reader, others)
    if not parsed.missing:
        _read_rows(chosen_sheet, columns, reader, parsed)
    parsed.problems.sort(key=lambda problem: (problem.row or 0, problem.severity))
    return parsed


def parse_or_refuse(
    data: bytes, filename: str, mapping: Mapping[str, str] | None, currency: str, sheet: str | None
) -> ParsedRoster | Refused:
    """`parse_roster` for the limited child: a refusal travels as a record instead of an exception."""
    try:
        return parse_roster(data, filename, mapping, currency, sheet)
    except FileRefused as error:
        return Refused(error.message.msgid, dict(error.message.params))


def _add_sheet_problems(parsed: ParsedRoster, reader: RowReader, others: list[str]) -> None:
    for name in parsed.missing:
        reader.add(None, name, "error", MISSING_COLUMN, field=name)
    if "list_price" not in parsed.mapping:
        reader.add(None, "list_price", "warning", NO_LIST_PRICE)
    if others:
        reader.add(None, "", "warning", OTHER_SHEETS, sheet=parsed.sheet, others=", ".join(others))


def _read_rows(sheet: Sheet, columns: Columns, reader: RowReader, parsed: ParsedRoster) -> None:
    for index, cells in _below(sheet, columns):
        reason = why_ignored(sheet, index, columns.mapping, columns.headers)
        if reason is None:
            row = reader.read(index + 1, cells)
            parsed.rows.extend([row] if row else [])
        elif reason:
            first = next(text_of(cell) for cell in cells if not is_empty(cell))
            parsed.ignored.append(Ignored(index + 1, first[:80], reason))
    parsed.rows = check_duplicates(parsed.rows, reader)
    if not parsed.rows and not parsed.errors:
        parsed.problems.append(Problem(None, "", "", "", "error", NO_CONTRACTS))


def _below(sheet: Sheet, columns: Columns) -> Iterator[tuple[int, list[Cell]]]:
    return enumerate(sheet.rows[columns.header_row + 1 :], start=columns.header_row + 1)


def _fill_merged(sheet: Sheet, columns: Columns) -> None:
    """A client's cell merged over several contracts speaks for each of them. Prices are never repeated."""
    shared = {columns.mapping[name] for name in SHARED_BY_MERGE if name in columns.mapping}
    for (top, left), (bottom, right) in sheet.merges:
        if left == right and left in shared and top > columns.header_row:
            for row in sheet.rows[top + 1 : bottom + 1]:
                row[left] = sheet.rows[top][left]


def _examples(sheet: Sheet, columns: Columns) -> tuple[tuple[str, ...], ...]:
    found: list[list[str]] = [[] for _ in columns.headers]
    for _, cells in _below(sheet, columns):
        for texts, cell in zip(found, cells, strict=True):
            if len(texts) < EXAMPLES and not is_empty(cell):
                texts.append(text_of(cell)[:60])
        if all(len(texts) == EXAMPLES for texts in found):
            break
    return tuple(tuple(texts) for texts in found)
