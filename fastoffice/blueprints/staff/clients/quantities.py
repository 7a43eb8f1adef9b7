"""Quantities in thousandths, as people write and read them."""

from __future__ import annotations

from flask_babel import gettext as _

from fastoffice.blueprints.typed import Typed

MOST_MILLI = 10_000_000  # ten thousand pieces


def typed_quantity(typed: Typed) -> int:
    """Thousandths, from "2" or "1.5"."""
    text = typed.text("quantity").strip().replace(",", ".")
    whole, _dot, part = text.partition(".")
    if not (whole + part).isdigit() or not whole.isascii() or not part.isascii() or len(part) > 3 or len(whole) > 5:
        typed.errors["quantity"] = _("Write a quantity such as 2 or 1.5.")
        return 0
    quantity = int(whole or "0") * 1000 + int(part.ljust(3, "0"))
    if not 0 < quantity <= MOST_MILLI:
        typed.errors["quantity"] = _("The quantity must be more than zero.")
    return quantity


def quantity_text(milli: int) -> str:
    """"1.5" for 1500 thousandths."""
    return f"{milli // 1000}.{milli % 1000:03d}".rstrip("0").rstrip(".")
