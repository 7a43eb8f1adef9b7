"""Integer minor units (centavos) and the only rounding in the house: half up, away from zero."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

PARTS_PER_MILLION = 1_000_000
MAX_MINOR = 10**13
_PLAIN = re.compile(r"^-?\d+(\.\d{1,2})?$")


class AmountError(ValueError):
    """The text is not an amount with at most two decimals."""


def share(minor: int, numerator: int, denominator: int) -> int:
    """`minor` × numerator / denominator in minor units, rounded half up.

    A tie goes away from zero: the rule for tax in Mexico, Spain and Romania. The denominator is positive.
    """
    product = minor * numerator
    rounded = (2 * abs(product) + denominator) // (2 * denominator)
    return -rounded if product < 0 else rounded


def rate_of(minor: int, ppm: int) -> int:
    """A rate in parts per million (160000 = 16 %, the six decimals of the fiscal catalogue), half up."""
    return share(minor, ppm, PARTS_PER_MILLION)


def percent(ppm: int) -> str:
    """"16 %", "10.6667 %", "0 %": a rate in parts per million as people read it."""
    return f"{Decimal(ppm) * 100 / PARTS_PER_MILLION:f} %"


def parse_amount(text: str) -> int:
    """"$10,324.00", "10324" or "10 324.5" to minor units.

    Raises AmountError when it is not a number, has more than two decimals or is out of range.
    """
    cleaned = re.sub(r"[\s$\u00a0]|MXN", "", text.strip(), flags=re.IGNORECASE)
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", cleaned):
        cleaned = cleaned.replace(",", "")
    if not _PLAIN.match(cleaned):
        raise AmountError(text)
    try:
        minor = int((Decimal(cleaned) * 100).to_integral_exact(rounding=ROUND_HALF_UP))
    except InvalidOperation as error:
        raise AmountError(text) from error
    if abs(minor) > MAX_MINOR:
        raise AmountError(text)
    return minor


def plain(minor: int) -> str:
    """"10324.00": for commands, exports and form fields."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def display(minor: int, currency: str = "MXN") -> str:
    """"$10,324.00": what people read; other currencies carry their code ("10,324.00 USD")."""
    sign = "-" if minor < 0 else ""
    figure = f"{abs(minor) // 100:,}.{abs(minor) % 100:02d}"
    return f"{sign}${figure}" if currency == "MXN" else f"{sign}{figure} {currency}"
