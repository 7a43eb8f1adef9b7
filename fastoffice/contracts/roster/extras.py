"""Rows of a table that are no contract: blanks, totals, signatures, headings, notes."""

from __future__ import annotations

import re

from fastoffice.contracts.roster.messages import N_
from fastoffice.contracts.roster.sheets import Sheet, is_empty
from fastoffice.contracts.roster.text import Cell, is_blank, text_of
from fastoffice.folding import fold

TOTAL = N_("total")
SIGNATURE = N_("signature or note")
HEADING = N_("heading")
REPEATED_HEADER = N_("names of the columns again")
OUTSIDE = N_("nothing in the columns that are read")

WIDE_MERGE = 3
_AMOUNTS = {"prompt_price", "list_price", "deposit", "meeting_hours"}
_TOTAL = re.compile(
    r"(gran |sub ?)?(totals?|totales|sumas?|sum|importe total)"
    r"( (general(es)?|de contratos|contratos|clientes|mensual(es)?|mxn|mes|del mes|oficinas|rents?))*( \d+)?"
)
_SIGNATURE = re.compile(
    r"(elaboro|elaborado por|autorizo|autorizado por|reviso|revisado por|realizo|vo bo|visto bueno|firma"
    r"|recibio|preparo|prepared by|approved by|reviewed by|signed|nota|notas|note|notes"
    r"|fecha de (corte|impresion)|actualizado|pagina|page)\b"
)
_RULE = re.compile(r"[\s_\-=*.·—–]+")


def why_ignored(sheet: Sheet, index: int, mapping: dict[str, int], headers: tuple[str, ...]) -> str | None:
    """The reason's msgid if row `index` (from 0) is no contract; "" for a blank row; None for a contract."""
    row = sheet.rows[index]
    filled = [cell for cell in row if not is_empty(cell)]
    if not filled:
        return ""
    read = {field for field, column in mapping.items() if not is_blank(row[column])}
    if not read & {"service", "starts_on", "ends_on", "tax_id"}:
        return _not_a_contract(sheet, index, filled, read)
    return REPEATED_HEADER if _repeats(row, mapping, headers) else None


def _not_a_contract(sheet: Sheet, index: int, filled: list[Cell], read: set[str]) -> str | None:
    """A row that names neither service, days nor RFC: is it one of the known extras?"""
    words = [fold(text_of(cell)) for cell in filled if isinstance(cell, str)]
    if any(_TOTAL.fullmatch(word) for word in words) or (read and read <= _AMOUNTS and not any(words)):
        return TOTAL
    if not read & _AMOUNTS:
        first = text_of(filled[0])
        if _RULE.fullmatch(first) or first.startswith("*") or _SIGNATURE.match(fold(first)):
            return SIGNATURE
        if len(filled) == 1 and _is_wide(sheet, index):
            return HEADING
    return None if read else OUTSIDE


def _is_wide(sheet: Sheet, index: int) -> bool:
    return any(
        top <= index <= bottom and right - left + 1 >= WIDE_MERGE
        for (top, left), (bottom, right) in sheet.merges
    )


def _repeats(row: list[Cell], mapping: dict[str, int], headers: tuple[str, ...]) -> bool:
    """True when most of the read cells say just what the header above them says."""
    texts = [(fold(text_of(row[column])), fold(headers[column])) for column in mapping.values()]
    same = sum(text == header != "" for text, header in texts)
    return same >= 2 and same * 2 >= sum(bool(text) for text, _ in texts)
