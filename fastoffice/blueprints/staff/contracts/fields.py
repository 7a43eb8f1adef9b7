"""Typed fields to what the contracts service takes."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from fastoffice.blueprints.typed import Typed
from fastoffice.contracts.checks import MOST_LINES, ContractData, LineData

_HOURS = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?|(\d{1,3}):([0-5]\d)")


def line_count(typed: Typed) -> int:
    """How many services the form shows."""
    return max(1, min(typed.number("lines"), MOST_LINES + 1))


def contract_data(typed: Typed) -> ContractData | None:
    """The contract that was typed; None when there is no day to start from. Errors stay in `typed`."""
    starts_on, ends_on = typed.day("starts_on"), typed.day("ends_on", required=False)
    lines = tuple(line_data(typed, f"-{place}") for place in range(line_count(typed)))
    deposit, meeting = typed.money("deposit", required=False), minutes(typed)
    if starts_on is None:
        return None
    return ContractData(
        starts_on, lines, ends_on=ends_on, office=typed.text("office"), channels=typed.several("channels"),
        deposit=deposit, meeting_minutes=meeting, notes=typed.text("notes"), code=typed.text("code"))


def line_data(typed: Typed, place: str = "") -> LineData:
    """One service; an empty list price is the prompt price: there is one price then."""
    if not typed.text("description" + place).strip():
        typed.errors["description" + place] = _("Name the service as it goes on the invoice.")
    prompt = typed.money("prompt_price" + place)
    listed = typed.text("list_price" + place).strip()
    return LineData(
        typed.text("description" + place), prompt, typed.money("list_price" + place) if listed else prompt,
        typed.number("tax_profile_id" + place) or None, typed.on("prorate" + place))


def minutes(typed: Typed) -> int:
    """"8", "4.5", "4:30" hours of a month, in minutes."""
    text = typed.text("meeting_hours").strip()
    if not text:
        return 0
    found = _HOURS.fullmatch(text)
    if not found or not text.isascii():
        typed.errors["meeting_hours"] = _("Write the hours of a month, for example 8 or 4.5.")
        return 0
    if found[3]:
        return int(found[3]) * 60 + int(found[4])
    hundredths = int((found[2] or "0").ljust(2, "0"))
    return int(found[1]) * 60 + hundredths * 60 // 100


def hours(amount: int) -> str:
    """Minutes as a form shows them: "", "8", "4:30"."""
    if not amount:
        return ""
    return f"{amount // 60}:{amount % 60:02d}" if amount % 60 else str(amount // 60)
