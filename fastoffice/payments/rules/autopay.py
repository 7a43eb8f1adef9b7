"""On which day a client's card is charged by itself, and when it is tried again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time

ON_ISSUE, LAST_DAY, LAST_OF_MONTH = 0, 99, 28
DAYS = (ON_ISSUE, *range(1, LAST_OF_MONTH + 1), LAST_DAY)
NOT_BEFORE = time(9, 0)  # in the branch: somebody is there when a card is declined
MOST_TRIES = 3
MONEY_MAY_COME = ("in_flight", "review")  # holds of documents that may be paid already


def charge_day(on_day: int, issued_on: date, due_on: date, *, is_prompt: bool) -> date:
    """The day on which a document is charged: the chosen one, never before it was issued nor after it is due.

    A document at the list price, which nobody ordered for a day, is charged on the day it is due.
    """
    if not is_prompt:
        return max(issued_on, due_on)
    if on_day == ON_ISSUE:
        return issued_on
    if on_day == LAST_DAY:
        return max(issued_on, due_on)
    chosen = due_on.replace(day=on_day)
    return max(issued_on, min(chosen, due_on))


def put_off(day: date, holds: Iterable[tuple[str, date | None]]) -> date | None:
    """The day once the holds in force, (kind, last day or None without end), have had their say; None: not now.

    A question, a promise or more time is respected up to its last day, and on that day the price still holds.
    """
    for kind, last in holds:
        if last is None or kind in MONEY_MAY_COME:
            return None
        day = max(day, last)
    return day


def may_try(day: date, today: date, tries: Sequence[date]) -> bool:
    """Whether to charge today: its day has come, it was not tried today, and not three times already."""
    return day <= today and today not in tries and len(tries) < MOST_TRIES
