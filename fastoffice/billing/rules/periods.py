"""A billing period is a (year, month), written "2026-12"; no run's date ever moves the next one."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

_PERIOD = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def is_period(text: str) -> bool:
    return bool(_PERIOD.fullmatch(text))


def period_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def first_day(period: str) -> date:
    """Raises ValueError when the text is not a period."""
    found = _PERIOD.fullmatch(period)
    if not found:
        raise ValueError(f"not a billing period: {period!r}")
    return date(int(found[1]), int(found[2]), 1)


def last_day(period: str) -> date:
    first = first_day(period)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def previous(period: str) -> str:
    return period_of(first_day(period) - timedelta(days=1))


def following(period: str) -> str:
    return period_of(last_day(period) + timedelta(days=1))


def billed_days(period: str, starts_on: date | None, ends_on: date | None) -> tuple[int, int]:
    """(days billed, days in the month) for a service in force from `starts_on` to `ends_on`, both inclusive.

    Product rules, "The monthly cycle", 1: the last day is inclusive; outside the month it is (0, days).
    """
    first, last = first_day(period), last_day(period)
    begin = max(first, starts_on or first)
    end = min(last, ends_on or last)
    return max(0, (end - begin).days + 1), last.day
