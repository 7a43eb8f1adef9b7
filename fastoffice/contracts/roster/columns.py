"""Finds the table: which sheet, which row names its columns, and which column is which field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fastoffice.contracts.roster.fields import FIELDS, REQUIRED
from fastoffice.contracts.roster.messages import N_, FileRefused
from fastoffice.contracts.roster.sheets import Sheet, is_empty
from fastoffice.contracts.roster.synonyms import NAMES, PATTERNS
from fastoffice.contracts.roster.text import Cell, column_letter, text_of
from fastoffice.folding import fold

SEARCHED_ROWS = 30
LEAST_FIELDS = 2
LONGEST_HEADER = 60
IGNORED = ""
"""In a corrected mapping: this column is not to be read."""

_LETTER_KEY = re.compile(r"#[A-Z]{1,3}")
_CHOSEN, _PATTERN = 2.0, 0.6
_EXACT = {
    name: (field, 1.0 - place / 100) for field, names in NAMES.items() for place, name in enumerate(names)
}

NO_TABLE = N_("No row with the names of the columns was found in the first %(rows)s rows of any sheet.")


@dataclass(frozen=True)
class Columns:
    """What a header row says. `header_row` counts from 0; a header of two rows is known by the lower one."""

    header_row: int
    headers: tuple[str, ...]
    mapping: dict[str, int]
    score: float

    @property
    def missing(self) -> tuple[str, ...]:
        """Required fields without a column."""
        return tuple(field for field in REQUIRED if field not in self.mapping)

    @property
    def unknown(self) -> dict[int, str]:
        """Columns that have a name but no field: index -> header as written."""
        used = set(self.mapping.values())
        return {i: header for i, header in enumerate(self.headers) if header and i not in used}


def find_columns(sheet: Sheet, chosen: Mapping[str, str] | None = None) -> Columns | None:
    """The best header row among the first 30, or None.

    `chosen`: header text (or "#D" for a column) -> field, or "" for a column not to be read.
    """
    folded = {_key(header): field for header, field in (chosen or {}).items()}
    found = [_columns(row, headers, folded) for row, headers in _candidates(sheet)]
    best = max(found, key=lambda columns: columns.score, default=None)
    return best if best is not None and len(best.mapping) >= LEAST_FIELDS else None


def pick_sheet(
    sheets: list[Sheet], chosen: Mapping[str, str] | None = None, wanted: str | None = None
) -> tuple[Sheet, Columns, list[str]]:
    """(the sheet with the table, its columns, other sheets that would do as well). Raises FileRefused.

    `wanted` names the sheet that a person asked for; without a table there the likeliest is taken.
    """
    found = [(sheet, columns) for sheet in sheets if (columns := find_columns(sheet, chosen)) is not None]
    if not found:
        raise FileRefused(NO_TABLE, rows=SEARCHED_ROWS)
    asked = [pair for pair in found if pair[0].name == wanted]
    sheet, columns = max(asked or found, key=lambda pair: pair[1].score)
    others = [other.name for other, its in found if other is not sheet and not its.missing]
    return sheet, columns, others


def _candidates(sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """Every row that could name columns, alone and under the row above it (names on two rows)."""
    for row, cells in enumerate(sheet.rows[:SEARCHED_ROWS]):
        alone = [_header(cell) for cell in cells]
        yield row, alone
        above = _spread(sheet, row - 1) if row and _is_text(cells) and any(alone) else []
        if len(set(above) - {""}) > 1:
            yield row, [_joined(upper, lower) for upper, lower in zip(above, alone, strict=True)]


def _header(cell: Cell) -> str:
    text = text_of(cell) if isinstance(cell, str) else ""
    return text if len(text) <= LONGEST_HEADER else ""


def _is_text(cells: list[Cell]) -> bool:
    return all(is_empty(cell) or isinstance(cell, str) for cell in cells)


def _spread(sheet: Sheet, row: int) -> list[str]:
    """A row's texts with those of cells merged sideways repeated over their width."""
    texts = [_header(cell) for cell in sheet.rows[row]]
    for (top, left), (bottom, right) in sheet.merges:
        if top == row and bottom == row and left < len(texts):
            texts[left : right + 1] = [texts[left]] * (min(right + 1, len(texts)) - left)
    return texts


def _joined(upper: str, lower: str) -> str:
    """Two rows of one header: "Precio" over "Lista" is "Precio Lista" because that is a name we know."""
    both = f"{upper} {lower}"
    return both if upper and lower and fold(both) in _EXACT else lower or upper


def _columns(row: int, headers: list[str], chosen: Mapping[str, str]) -> Columns:
    best: dict[str, tuple[float, int]] = {}
    for index, header in enumerate(headers):
        field, score = _recognise(index, header, chosen)
        if field and score > best.get(field, (0.0, 0))[0]:
            best[field] = (score, index)
    mapping = {field: best[field][1] for field in FIELDS if field in best}
    required = sum(field in mapping for field in REQUIRED)
    return Columns(row, tuple(headers), mapping, sum(score for score, _ in best.values()) + required)


def _recognise(index: int, header: str, chosen: Mapping[str, str]) -> tuple[str, float]:
    name = fold(header)
    for key in (name, f"#{column_letter(index)}"):
        if key and key in chosen:
            field = chosen[key]
            return (field, _CHOSEN) if field in NAMES else (IGNORED, 0.0)
    if not name:
        return IGNORED, 0.0
    if name in _EXACT:
        return _EXACT[name]
    return next(((field, _PATTERN) for field, pattern in PATTERNS if pattern.search(name)), (IGNORED, 0.0))


def _key(header: str) -> str:
    return header if _LETTER_KEY.fullmatch(header) else fold(header)
