"""Cells and their text."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from fastoffice.folding import clean_text

Cell = str | int | float | bool | date | datetime | time | timedelta | None

NOTHING = {"", "-", "--", "–", "—", "n/a", "#n/a"}


def text_of(cell: Cell) -> str:
    """What the cell says, cleaned: a whole number without its ".0", a date as d/m/Y, nothing as ""."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return f"{cell.day:02d}/{cell.month:02d}/{cell.year}"
    return clean_text(str(cell))


def is_blank(cell: Cell) -> bool:
    """True for an empty cell and for what people type to say "nothing": a dash, N/A."""
    return cell is None or (isinstance(cell, str) and clean_text(cell).casefold() in NOTHING)


def column_letter(index: int) -> str:
    """0 -> "A", 25 -> "Z", 26 -> "AA"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
