"""When the prompt price ends, and when an invoice is cancelled and replaced at list price."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastoffice.billing.rules.periods import first_day

DayTest = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Window:
    """The branch's numbers. Days are counted in calendar days or, with `business_days`, in business days."""

    prompt_days: int = 5
    minimum_days: int = 3
    list_days: int = 5
    business_days: bool = False
    extend_on_holiday: bool = False


def prompt_due_on(
    period: str, issued_on: date, window: Window, is_holiday: DayTest, is_business_day: DayTest
) -> date:
    """The last day of the prompt price.

    The later of day `prompt_days` of the month and issue day + `minimum_days` − 1, moved past holidays
    where the branch says so (product rules, "The monthly cycle", 4).
    """
    counts = is_business_day if window.business_days else _every_day
    by_month = _nth_day(first_day(period), window.prompt_days, counts)
    by_issue = _nth_day(issued_on, window.minimum_days, counts)
    return _extended(max(by_month, by_issue), window, is_holiday)


def list_due_on(effective_on: date, issued_on: date, window: Window, is_holiday: DayTest) -> date:
    """The last day to pay a replacement: `list_days` after it took effect.

    A replacement made late (the system was down) still gives `minimum_days` from the day it is really made.
    """
    by_effect = effective_on + timedelta(days=window.list_days)
    by_issue = issued_on + timedelta(days=window.minimum_days - 1)
    return _extended(max(by_effect, by_issue), window, is_holiday)


def _every_day(_day: date) -> bool:
    return True


def _nth_day(start: date, count: int, counts: DayTest) -> date:
    """The `count`-th day that counts, `start` being the first when it counts."""
    day = start
    while True:
        if counts(day):
            count -= 1
            if count <= 0:
                return day
        day += timedelta(days=1)


def _extended(day: date, window: Window, is_holiday: DayTest) -> date:
    while window.extend_on_holiday and is_holiday(day):
        day += timedelta(days=1)
    return day


@dataclass(frozen=True, slots=True)
class Hold:
    """In force from `since` (inclusive) to `until` (exclusive); None has no end yet."""

    since: datetime
    until: datetime | None


def acts_at(closes_at: datetime, reopened_at: datetime | None, holds: Iterable[Hold]) -> datetime | None:
    """The moment at which the deadline acts on an unpaid invoice, or None while a hold without end stands.

    It is the end of the window, or the moment a payment was taken back after it; a hold in force then
    puts it off to the hold's end. A hold placed later than that does not reach back.
    """
    moment = max(closes_at, reopened_at or closes_at)
    pending = sorted(holds, key=lambda hold: hold.since)
    moved = True
    while moved:
        moved = False
        for hold in pending:
            if hold.since <= moment and (hold.until is None or hold.until > moment):
                if hold.until is None:
                    return None
                moment, moved = hold.until, True
    return moment
