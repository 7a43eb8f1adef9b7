"""Days that a piece lay here, which of them cost, and when its client is reminded. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

DAY = timedelta(days=1)


def days_to_pay(received: date, last: date, free_days: int, holds: Sequence[tuple[date, date]] = ()) -> int:
    """How many days of those from `received` to `last`, both included, cost.

    The first `free_days` are free, and so is each day of a hold (first, last), which has its own price.
    """
    first = received + free_days * DAY
    days = (first + number * DAY for number in range(max((last - first).days + 1, 0)))
    return sum(1 for day in days if not any(begin <= day <= end for begin, end in holds))


def first_reminder(received: date, reminder_days: Sequence[int], reminders: int) -> date | None:
    """The day of the reminder after so many `reminders`; None when there is none left."""
    days = sorted(set(reminder_days))
    return received + days[reminders] * DAY if reminders < len(days) else None


def reminders_by(received: date, today: date, reminder_days: Sequence[int]) -> int:
    """How many reminders are due by `today`: those that were missed count as one that is sent now."""
    return sum(1 for day in set(reminder_days) if received + day * DAY <= today)
