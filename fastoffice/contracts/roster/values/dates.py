"""Dates as spreadsheets and people write them: always day before month."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from fastoffice.contracts.roster.messages import N_, BadValue, shown
from fastoffice.contracts.roster.text import Cell, is_blank, text_of
from fastoffice.folding import clean_text, fold

FIRST_YEAR, LAST_YEAR = 1990, 2100
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 32_874, 73_415  # 1990-01-01 and 2100-12-31

NOT_A_DATE = N_("“%(text)s” is not a date. Write it as day/month/year, for example 31/12/2026.")
NO_SUCH_DAY = N_("“%(text)s” does not exist in the calendar.")
MONTH_FIRST = N_("“%(text)s” seems to have the month first. Write it as day/month/year.")
YEAR_OUT_OF_RANGE = N_("“%(text)s”: the year must be between %(first)s and %(last)s.")

_TIME = re.compile(
    r"[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([ap]\.?\s?m\.?)?(Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
_DAY_FIRST = re.compile(r"(\d{1,2})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{1,2})")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_ORDINAL = re.compile(r"(\d{1,2})(?:o|ro|er|st|nd|rd|th)?")
_SMALL_WORDS = {
    "de", "del", "of", "the", "el", "lunes", "martes", "miercoles", "jueves", "viernes", "sabado",
    "domingo", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
}
_MONTHS = (
    ("enero", "january"), ("febrero", "february"), ("marzo", "march"), ("abril", "april"), ("mayo", "may"),
    ("junio", "june"), ("julio", "july"), ("agosto", "august"), ("septiembre", "september", "setiembre"),
    ("octubre", "october"), ("noviembre", "november"), ("diciembre", "december"),
)
_MONTH_NUMBER = {
    word: number
    for number, names in enumerate(_MONTHS, start=1)
    for name in names
    for word in (name, name[:3], name[:4])
}
_OPEN_ENDED = {
    "indefinido", "indefinida", "indeterminado", "indeterminada", "sin vencimiento", "sin termino",
    "permanente", "abierto", "open", "open ended", "none", "tiempo indefinido", "tiempo indeterminado",
}


def parse_date(cell: Cell) -> date:
    """A date cell, a serial number or text: d/m/Y, d-m-y, Y-m-d, "3 de marzo de 2026". Raises BadValue."""
    if isinstance(cell, datetime):
        return _in_range(cell.date(), cell)
    if isinstance(cell, date):
        return _in_range(cell, cell)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise BadValue(NOT_A_DATE, text=shown(text_of(cell)))
    if isinstance(cell, str):
        return _in_range(_from_text(cell), cell)
    return _from_number(cell)


def parse_end(cell: Cell) -> date | None:
    """As `parse_date`; None for an empty cell and for words that say there is no end. Raises BadValue."""
    if is_blank(cell) or (isinstance(cell, str) and fold(cell) in _OPEN_ENDED):
        return None
    return parse_date(cell)


def _in_range(day: date, cell: Cell) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadValue(YEAR_OUT_OF_RANGE, text=shown(text_of(cell)), first=FIRST_YEAR, last=LAST_YEAR)
    return day


def _from_number(number: int | float) -> date:
    """A serial day (its fraction is a time of day) or 20261231."""
    if _FIRST_SERIAL <= number < _LAST_SERIAL + 1:
        return _EXCEL_DAY_ZERO + timedelta(days=int(number))
    if compact := _COMPACT.fullmatch(text_of(number)):
        return _in_range(_day(compact[1], compact[2], compact[3], number), number)
    raise BadValue(NOT_A_DATE, text=shown(text_of(number)))


def _from_text(raw: str) -> date:
    text = _TIME.sub("", unicodedata.normalize("NFKC", clean_text(raw)))
    if found := _DAY_FIRST.fullmatch(text):
        return _day(found[3], found[2], found[1], raw)
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(found[1], found[2], found[3], raw)
    if re.fullmatch(r"[0-9]{5}(\.0+)?|[0-9]{8}", text):
        return _from_number(int(text.partition(".")[0]))
    return _from_words(text, raw)


def _from_words(text: str, raw: str) -> date:
    """"3 de marzo de 2026", "3-mar-26", "March 3, 2026"."""
    words = [word for word in fold(text).split() if word not in _SMALL_WORDS]
    if len(words) == 3 and words[0] in _MONTH_NUMBER:
        words = [words[1], words[0], words[2]]
    if len(words) != 3 or words[1] not in _MONTH_NUMBER or not re.fullmatch(r"[0-9]{4}|[0-9]{2}", words[2]):
        raise BadValue(NOT_A_DATE, text=shown(clean_text(raw)))
    day = _ORDINAL.fullmatch(words[0])
    if day is None:
        raise BadValue(NOT_A_DATE, text=shown(clean_text(raw)))
    return _day(words[2], str(_MONTH_NUMBER[words[1]]), day[1], raw)


def _day(year: str, month: str, day: str, cell: Cell) -> date:
    said = shown(text_of(cell))
    whole_year = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 80 else 1900)
    if int(month) > 12 >= int(day) > 0 and int(month) <= 31:
        raise BadValue(MONTH_FIRST, text=said)
    try:
        return date(whole_year, int(month), int(day))
    except ValueError as error:
        raise BadValue(NO_SUCH_DAY, text=said) from error
