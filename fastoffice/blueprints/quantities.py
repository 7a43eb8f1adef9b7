"""Quantities in thousandths, as people write and read them."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l

from fastoffice.blueprints.typed import Typed

MOST_MILLI = 100_000_000  # a hundred thousand of anything
_QUANTITY = re.compile(r"([0-9]{0,6})(?:\.([0-9]{0,3}))?")


def read_quantity(typed: Typed, name: str = "quantity") -> int:
    """Thousandths, more than zero, from "2" or "1,5"; nothing typed is one. What is none is noted on the form."""
    text = typed.text(name).strip().replace(" ", "").replace(",", ".") or "1"
    found = _QUANTITY.fullmatch(text)
    milli = int(found[1] or "0") * 1000 + int((found[2] or "").ljust(3, "0")) if found else 0
    if not 0 < milli <= MOST_MILLI:
        typed.errors[name] = _l("Write a quantity above zero, with at most three decimals.")
        return 1000
    return milli


def quantity_text(milli: int) -> str:
    """"1", "2.5": thousandths as people write them."""
    return f"{milli // 1000}.{milli % 1000:03d}".rstrip("0").rstrip(".")
