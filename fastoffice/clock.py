"""The one place that reads time.

Everything else takes dates and moments as arguments or calls `now()`. A command or a test can fix the
moment with `fixed_at`; the override lives in a context variable, so threads and jobs do not disturb each other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from zoneinfo import ZoneInfo

_fixed: ContextVar[datetime | None] = ContextVar("fastoffice_now", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only go forward: for leases and durations, never for dates."""
    return time.monotonic()


def machine_seconds() -> float:
    """Seconds since 1970 on the machine's own clock, for what the machine itself counts down (rate limits)."""
    return time.time()


@contextmanager
def fixed_at(moment: datetime | None) -> Iterator[None]:
    """Hold `now()` at an aware moment inside the block; None leaves the clock running.

    Raises ValueError for a naive moment: nobody could say which branch's time it is.
    """
    if moment is not None and moment.tzinfo is None:
        raise ValueError("a fixed moment needs a time zone")
    token = _fixed.set(moment.astimezone(UTC) if moment else None)
    try:
        yield
    finally:
        _fixed.reset(token)


def local(moment: datetime, zone: str) -> datetime:
    """The same moment on the wall clock of `zone` (IANA name)."""
    return moment.astimezone(ZoneInfo(zone))


def local_date(moment: datetime, zone: str) -> date:
    """The branch's today at `moment`."""
    return local(moment, zone).date()


def at_local(day: date, at: wall_time, zone: str) -> datetime:
    """Wall-clock `at` on `day` in `zone`, as UTC. In a gap of daylight saving the later wall time is meant."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def start_of_day(day: date, zone: str) -> datetime:
    """00:00 of `day` in `zone`, as UTC."""
    return at_local(day, wall_time(0), zone)


def end_of_day(day: date, zone: str) -> datetime:
    """The first moment after `day` in `zone`, as UTC (exclusive end)."""
    return start_of_day(day + timedelta(days=1), zone)


def is_of_our_time(day: date) -> bool:
    """Whether its year can be meant: neither a slip of the keyboard nor beyond what zones can reckon with."""
    return 1900 <= day.year <= 2200


def parse_moment(text: str, zone: str) -> datetime:
    """ISO 8601 text to UTC; without an offset it is wall time in `zone`; a bare date is its 00:00.

    Raises ValueError on anything else.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)
