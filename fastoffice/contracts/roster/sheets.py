"""A sheet as the rest of the import sees it, whatever the file was."""

from __future__ import annotations

from dataclasses import dataclass

from fastoffice.contracts.roster.guards import MAX_COLUMNS, MAX_ROWS, TOO_MANY_COLUMNS, TOO_MANY_ROWS
from fastoffice.contracts.roster.messages import FileRefused
from fastoffice.contracts.roster.text import Cell

Merge = tuple[tuple[int, int], tuple[int, int]]
"""((first row, first column), (last row, last column)), both inclusive, counted from 0."""


@dataclass
class Sheet:
    """Rows from the sheet's first one on: index 0 is row 1 for the person who looks at it."""

    name: str
    rows: list[list[Cell]]
    merges: list[Merge]
    uncomputed: bool = False
    """The file holds formulas whose values were never stored, so that their cells look empty."""


def is_empty(cell: Cell) -> bool:
    """Nothing at all, or only blanks; a dash is something here."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def trimmed(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Without empty rows and columns at the end. Raises FileRefused past 20,000 rows or 200 columns."""
    widths = [max((i + 1 for i, cell in enumerate(row) if not is_empty(cell)), default=0) for row in rows]
    height = max((i + 1 for i, width in enumerate(widths) if width), default=0)
    width = max(widths, default=0)
    if height > MAX_ROWS:
        raise FileRefused(TOO_MANY_ROWS, limit=MAX_ROWS)
    if width > MAX_COLUMNS:
        raise FileRefused(TOO_MANY_COLUMNS, limit=MAX_COLUMNS)
    return [row[:width] + [""] * (width - len(row)) for row in rows[:height]]
