"""A contract as staff write it: cleaned, and what is wrong with it field by field. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice.folding import clean_text
from fastoffice.money import MAX_MINOR

CHANNELS = ("email", "post", "whatsapp")
MOST_LINES = 30
LONGEST_NOTE = 4000
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class LineData:
    """One service: prices per month in minor units without tax; no profile means the branch's default."""

    description: str
    prompt_price: int
    list_price: int
    tax_profile_id: int | None = None
    prorate: bool = True
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class ContractData:
    """What is agreed. `office` is a code, `ends_on` the last day, `code` "" for the next free one."""

    starts_on: date
    lines: tuple[LineData, ...]
    ends_on: date | None = None
    office: str = ""
    channels: tuple[str, ...] = ("email",)
    deposit: int = 0
    meeting_minutes: int = 0
    notes: str = ""
    code: str = ""


def check_contract(data: ContractData, profiles: Collection[int]) -> tuple[ContractData, dict[str, Any]]:
    """(the data cleaned, messages by field); fields of lines carry their place: "description-0"."""
    errors: dict[str, Any] = {}
    check_days(data.starts_on, data.ends_on, errors)
    if not data.lines:
        errors["lines"] = _l("Write at least one service.")
    if len(data.lines) > MOST_LINES:
        errors["lines"] = _l("At most %(count)s services.", count=MOST_LINES)
    lines = tuple(
        check_line(line, profiles, errors, f"-{place}", data.starts_on, data.ends_on)
        for place, line in enumerate(data.lines[:MOST_LINES]))
    cleaned = replace(data, lines=lines, **check_extras(data, errors))
    return cleaned, errors


def check_days(starts_on: date, ends_on: date | None, errors: dict[str, Any]) -> None:
    """The first and the last day of a contract."""
    for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if day is not None and not EARLIEST <= day <= LATEST:
            errors[name] = _l("Check the year.")
    if ends_on is not None and ends_on < starts_on:
        errors["ends_on"] = _l("The last day can't be before the first.")


def check_extras(data: ContractData, errors: dict[str, Any]) -> dict[str, Any]:
    """Channels, deposit, hours and notes, cleaned."""
    channels = tuple(name for name in CHANNELS if name in data.channels)
    if not channels or set(data.channels) - set(CHANNELS):
        errors["channels"] = _l("Choose at least one way of sending the invoices.")
    if not 0 <= data.deposit <= MAX_MINOR:
        errors["deposit"] = _l("The amount can't be below zero.")
    if not 0 <= data.meeting_minutes <= 60 * 744:
        errors["meeting_hours"] = _l("Write the hours of a month, for example 8 or 4.5.")
    notes = "\n".join(clean_text(line) for line in data.notes.splitlines()).strip()
    if len(notes) > LONGEST_NOTE:
        errors["notes"] = _l("At most %(count)s characters.", count=LONGEST_NOTE)
    code = clean_text(data.code)
    if len(code) > 30:
        errors["code"] = _l("At most %(count)s characters.", count=30)
    return {"channels": channels, "notes": notes, "code": code, "office": clean_text(data.office)}


def check_line(
    line: LineData, profiles: Collection[int], errors: dict[str, Any], place: str, starts_on: date,
    ends_on: date | None,
) -> LineData:
    """One service; `place` is added to the names of its fields."""
    description = clean_text(line.description)
    if not description:
        errors["description" + place] = _l("Name the service as it goes on the invoice.")
    elif len(description) > 200:
        errors["description" + place] = _l("At most %(count)s characters.", count=200)
    errors.update(check_prices(line.prompt_price, line.list_price, place))
    if line.tax_profile_id is not None and line.tax_profile_id not in profiles:
        errors["tax_profile_id" + place] = _l("Choose one of the list.")
    first, last = line.starts_on, line.ends_on
    if first is not None and (first < starts_on or (ends_on is not None and first > ends_on)):
        errors["line_starts_on" + place] = _l("This day is outside of the contract.")
    if last is not None and last < (first or starts_on):
        errors["line_ends_on" + place] = _l("The last day can't be before the first.")
    return replace(line, description=description)


def check_prices(prompt: int, list_price: int, place: str = "") -> dict[str, Any]:
    """Messages about the two prices of a service."""
    errors: dict[str, Any] = {}
    if not 0 <= prompt <= MAX_MINOR:
        errors["prompt_price" + place] = _l("The amount can't be below zero.")
    if not 0 <= list_price <= MAX_MINOR:
        errors["list_price" + place] = _l("The amount can't be below zero.")
    elif list_price < prompt:
        errors["list_price" + place] = _l("The list price can't be lower than the prompt price.")
    return errors
