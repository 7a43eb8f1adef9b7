"""The month that a page's address asks for, and the months beside it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from flask import request

from fastoffice.bookings.queries.hours import month_of

YEARS = 10


class Month(NamedTuple):
    """A month by its first day and as "2026-12", with the one before and the one after."""

    first: date
    month: str
    before: str
    after: str


def month_asked(today: date) -> Month:
    """`?month=2026-12`; this month for what is none, or is more than ten years away."""
    try:
        first = date.fromisoformat(f"{request.args.get('month', '')[:7]}-01")
    except ValueError:
        first = today.replace(day=1)
    if abs(first.year - today.year) > YEARS:
        first = today.replace(day=1)
    return Month(first, month_of(first), month_of(first - timedelta(days=1)), month_of(first + timedelta(days=31)))
