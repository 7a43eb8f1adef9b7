"""Cells and their text: cleaning what people and programs leave in it, and folding it for comparison."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | date | datetime | time | timedelta | None

NOTHING = {"", "-", "--", "–", "—", "n/a", "#n/a"}
_INVISIBLE = {"Cc", "Cf", "Cs"}


def clean_text(raw: str) -> str:
    """One line without control, zero-width or direction characters; blanks joined; accents composed."""
    spaced = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", raw))
    visible = (char for char in spaced if unicodedata.category(char) not in _INVISIBLE)
    return " ".join("".join(visible).split())


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


def fold(text: str) -> str:
    """For comparing words: no accents, case or punctuation, single blanks ("R.F.C." -> "r f c")."""
    plain = unicodedata.normalize("NFKD", clean_text(text)).casefold()
    letters = (char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join("".join(letters).split())


def column_letter(index: int) -> str:
    """0 -> "A", 25 -> "Z", 26 -> "AA"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
