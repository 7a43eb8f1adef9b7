"""On which days a series recurs. Wall times stay what they are, whatever the clocks do."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from fastoffice.bookings.errors import BookingRefused
from fastoffice.bookings.rules.slots import Span, overlaps

DAILY, WEEKLY, MONTHLY = FREQUENCIES = ("daily", "weekly", "monthly")
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`every` how many days, weeks or months, until a day (inclusive) or for `count` dates."""

    frequency: str
    every: int = 1
    until: date | None = None
    count: int | None = None


def days(first: date, recurrence: Recurrence) -> list[date]:
    """The days of a series that begins on `first`, in order.

    Monthly on the 31st is the last day of a shorter month, and the 31st again after it. Raises BookingRefused when it
    has no end, or more than LONGEST dates.
    """
    if recurrence.frequency not in FREQUENCIES or not 1 <= recurrence.every <= 99:
        raise BookingRefused(_l("Choose how it repeats."), field="frequency")
    if recurrence.until is None and recurrence.count is None:
        raise BookingRefused(_l("Say until when, or how many times."), field="until")
    if recurrence.count is not None and not 1 <= recurrence.count <= LONGEST:
        raise BookingRefused(_l("At most %(count)s dates at once.", count=LONGEST), field="count")
    found: list[date] = []
    while recurrence.count is None or len(found) < recurrence.count:
        day = _nth(first, recurrence, len(found))
        if recurrence.until is not None and day > recurrence.until:
            break
        if len(found) == LONGEST:
            raise BookingRefused(_l("At most %(count)s dates at once.", count=LONGEST), field="until")
        found.append(day)
    return found


def _nth(first: date, recurrence: Recurrence, number: int) -> date:
    steps = number * recurrence.every
    if recurrence.frequency == DAILY:
        return first + timedelta(days=steps)
    if recurrence.frequency == WEEKLY:
        return first + timedelta(weeks=steps)
    months = first.month - 1 + steps
    year, month = first.year + months // 12, months % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def moved(wall: datetime, first: date, day: date) -> datetime:
    """The wall time of a series' first date, on another of its days."""
    return wall + (day - first)


def clash_within(spans: Sequence[Span]) -> set[int]:
    """Places of spans that begin before the one before them is over: a series that overlaps itself."""
    return {place for place in range(1, len(spans)) if overlaps(spans[place - 1], spans[place])}
