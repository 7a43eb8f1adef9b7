"""Money and hours, never through float arithmetic.

Text follows Mexican use: a comma groups thousands, a point starts the cents. What other habits write is read
where it can mean one thing only, and refused where it could mean two:

    8,900   8,900.00   1'234,567.50   8 900.00   8900.5   8900      thousands with comma, apostrophe or blank
    8.900,00   8900,50   1.234.567                                  comma as decimal sign, points as thousands
    8.900                                                           refused: 8,900.00 or 8.90?
    8900.505                                                        refused: more than two decimals
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from fastoffice.contracts.roster.messages import N_, BadValue, shown
from fastoffice.contracts.roster.text import Cell, text_of
from fastoffice.folding import clean_text, fold

MAX_MINOR = 99_999_999_999
MAX_HOURS = 744
_NEAR_A_CENT = Decimal("0.000001")

NOT_AN_AMOUNT = N_("“%(text)s” is not an amount. Write it like 8,900.00.")
AMBIGUOUS_AMOUNT = N_("“%(text)s” can be read in two ways. Write it like 8,900.00.")
NEGATIVE_AMOUNT = N_("“%(text)s” is negative; an amount here cannot be.")
FRACTION_OF_CENT = N_("“%(text)s” has more than two decimals.")
AMOUNT_TOO_LARGE = N_("“%(text)s” is too large an amount.")
OTHER_CURRENCY = N_("“%(text)s” is in another currency; amounts here are in %(currency)s.")
TAX_INCLUDED = N_("“%(text)s” includes tax; write the price before tax.")
NOT_HOURS = N_("“%(text)s” is not a number of hours. Write it like 8, 2.5 or 2:30.")

_SIGNS: dict[str, str] = {
    "MXN": r"mx\$|mxn|mxp|m\.?\s?n\.?(?![a-z])|pesos( mexicanos)?|\$",
    "EUR": r"€|eur(os?)?",
    "RON": r"ron|lei",
    "USD": r"us\$|u\$s|usd|dls\.?|d[oó]lares|\$",
}
_AROUND = re.compile(
    r"\+\s*(i\.?v\.?a\.?|vat|tax)(?![a-z])|m[aá]s\s+iva"
    r"|(al|por|/|p/)\s*mes|mensual(es)?|per month|/\s*month|monthly"
)
_WITH_TAX = re.compile(r"(iva|tax|vat)\s+(incluido|inc\.?|included)|(con|c/)\s*iva|incluye\s+iva")
_AMOUNT = (
    re.compile(r"(?P<whole>\d+)(\.(?P<cents>\d+))?"),
    re.compile(r"(?P<whole>\d{1,3}((?P<by>[, '’])\d{3})((?P=by)\d{3})*)(\.(?P<cents>\d+))?"),
    re.compile(r"(?P<whole>\d{1,3}['’]\d{3}(,\d{3})+)(\.(?P<cents>\d+))?"),
    re.compile(r"(?P<whole>\d{1,3}((?P<by>[. ])\d{3})((?P=by)\d{3})*),(?P<cents>\d{1,2})"),
    re.compile(r"(?P<whole>\d{1,3}(\.\d{3}){2,})(?P<cents>)"),
    re.compile(r"(?P<whole>\d+),(?P<cents>\d{1,2})"),
)
_TWO_READINGS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_CLOCK = re.compile(r"(\d{1,3})\s*(?::|h)\s*([0-5]?\d)(?:\s*(?:m|min))?")
_HOURS = re.compile(r"(\d{1,3}(?:[.,]\d+)?)\s*(?:h|hr|hrs|hora|horas|hour|hours)?")
_MINUTES = re.compile(r"(\d{1,5})\s*(?:m|min|mins|minuto|minutos|minutes)")
_PER_MONTH = re.compile(r"\s*(?:al mes|por mes|/\s*mes|mensuales|per month|a month|monthly)$")


def parse_money(cell: Cell, currency: str = "MXN") -> int:
    """Minor units from a number or text in `currency`. Raises BadValue; the rule is the module's table."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise BadValue(NOT_AN_AMOUNT, text=shown(text_of(cell)))
    if isinstance(cell, str):
        return _in_range(_from_text(cell, currency), cell)
    number = Decimal(repr(cell))
    if not number.is_finite():
        raise BadValue(NOT_AN_AMOUNT, text=shown(cell))
    return _in_range(_to_minor(number, cell), cell)


def _to_minor(number: Decimal, cell: Cell) -> int:
    cents = number * 100
    minor = int(cents.to_integral_value())
    if abs(cents - minor) > _NEAR_A_CENT:
        raise BadValue(FRACTION_OF_CENT, text=shown(cell))
    return minor


def _in_range(minor: int, cell: Cell) -> int:
    if minor < 0:
        raise BadValue(NEGATIVE_AMOUNT, text=shown(text_of(cell)))
    if minor > MAX_MINOR:
        raise BadValue(AMOUNT_TOO_LARGE, text=shown(text_of(cell)))
    return minor


def _from_text(raw: str, currency: str) -> int:
    said = shown(clean_text(raw))
    text = unicodedata.normalize("NFKC", clean_text(raw)).lower().replace("−", "-")
    figure = _without_words(text, said, currency)
    if re.fullmatch(r"-\s*.*|.*-|\(.*\)", figure) and any(char.isdigit() for char in figure):
        raise BadValue(NEGATIVE_AMOUNT, text=said)
    if _TWO_READINGS.fullmatch(figure):
        raise BadValue(AMBIGUOUS_AMOUNT, text=said)
    found = next((match for pattern in _AMOUNT if (match := pattern.fullmatch(figure))), None)
    if found is None or not figure.replace("’", "").isascii():
        raise BadValue(NOT_AN_AMOUNT, text=said)
    whole = re.sub(r"\D", "", found["whole"])
    if len(whole) > 15:
        raise BadValue(AMOUNT_TOO_LARGE, text=said)
    return _to_minor(Decimal(f"{whole}.{found['cents'] or 0}"), raw)


def _without_words(text: str, said: str, currency: str) -> str:
    """The figure without our currency's signs, "+ IVA", "al mes". Raises BadValue for other currencies."""
    if _WITH_TAX.search(text):
        raise BadValue(TAX_INCLUDED, text=said)
    own = _SIGNS.get(currency, re.escape(currency.lower()))
    figure = re.sub(rf"(?<![a-z])(?:{own})(?![a-z])", " ", _AROUND.sub(" ", text))
    for other, signs in _SIGNS.items():
        if other != currency and re.search(signs, figure):
            raise BadValue(OTHER_CURRENCY, text=said, currency=currency)
    return figure.strip()


def parse_minutes(cell: Cell) -> int:
    """Hours of meeting room as minutes: 8, 2.5, "2:30", "8 hrs", "90 min", a time cell. Raises BadValue."""
    if isinstance(cell, timedelta):
        seconds = cell.days * 86400 + cell.seconds
        return _minutes(Decimal(seconds) / 60, cell)
    if isinstance(cell, time):
        return cell.hour * 60 + cell.minute
    if isinstance(cell, bool | date | datetime) or cell is None:
        raise BadValue(NOT_HOURS, text=shown(text_of(cell)))
    if isinstance(cell, int | float):
        number = Decimal(repr(cell))
        return _minutes(number * 60 if number.is_finite() else Decimal(-1), cell)
    return _minutes_of_text(cell)


def _minutes_of_text(raw: str) -> int:
    text = _PER_MONTH.sub("", clean_text(raw).lower().replace(" de sala", "").rstrip("."))
    if not text.isascii() or fold(text) == "":
        raise BadValue(NOT_HOURS, text=shown(clean_text(raw)))
    if clock := _CLOCK.fullmatch(text):
        return _minutes(Decimal(clock[1]) * 60 + Decimal(clock[2]), raw)
    if minutes := _MINUTES.fullmatch(text):
        return _minutes(Decimal(minutes[1]), raw)
    if hours := _HOURS.fullmatch(text):
        return _minutes(Decimal(hours[1].replace(",", ".")) * 60, raw)
    raise BadValue(NOT_HOURS, text=shown(clean_text(raw)))


def _minutes(minutes: Decimal, cell: Cell) -> int:
    if minutes != minutes.to_integral_value() or not 0 <= minutes <= MAX_HOURS * 60:
        raise BadValue(NOT_HOURS, text=shown(text_of(cell)))
    return int(minutes)
