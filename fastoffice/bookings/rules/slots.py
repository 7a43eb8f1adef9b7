"""When a resource can be had: wall clocks, opening hours, lengths and steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from fastoffice.bookings.errors import BookingRefused

Span = tuple[datetime, datetime]
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a resource is booked: minutes; `opening` as in the model; `closed` are days on which it stays shut."""

    opening: Mapping[str, Any]
    zone: str
    min_minutes: int = 30
    max_minutes: int = 480
    step: int = 30
    capacity: int = 1
    closed: frozenset[date] = frozenset()


def to_utc(wall: datetime, zone: str) -> datetime:
    """A wall time (naive) of `zone` as a moment. Of an hour that comes twice the first is meant.

    Raises BookingRefused for an hour that the clocks skip that night.
    """
    moment = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if to_wall(moment, zone) != wall:
        raise BookingRefused(
            _l("On %(day)s the clocks go forward and %(time)s does not exist. Choose an hour later.",
               day=wall.date().isoformat(), time=wall.strftime("%H:%M")), field="starts")
    return moment


def to_wall(moment: datetime, zone: str) -> datetime:
    """What the clock on the wall shows at a moment, naive."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def midnight(day: date) -> datetime:
    """The wall time at which a day begins, naive."""
    return datetime.combine(day, time())


def _edge(day: date, text: str, zone: str) -> datetime:
    """An opening hour as a moment; "24:00" is the next midnight, a skipped hour the first that exists."""
    hour, _, minute = text.partition(":")
    wall = midnight(day) + timedelta(hours=int(hour), minutes=int(minute))
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def open_spans(terms: Terms, first: date, last: date) -> list[Span]:
    """When it is open on the days from `first` to `last`, in order; nights that are open through are one span."""
    spans: list[Span] = []
    day = first
    while day <= last:
        hours = [] if day in terms.closed else terms.opening.get(str(day.weekday()), [])
        for begins, ends in sorted(hours):
            span = (_edge(day, begins, terms.zone), _edge(day, ends, terms.zone))
            if spans and spans[-1][1] >= span[0]:
                span = (spans.pop()[0], span[1])
            spans.append(span)
        day += DAY
    return spans


def is_open(terms: Terms, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether it is open from one moment to the other without a break."""
    first, last = to_wall(starts_at, terms.zone).date() - DAY, to_wall(ends_at, terms.zone).date()
    return any(start <= starts_at and ends_at <= end for start, end in open_spans(terms, first, last))


def real_minutes(starts_at: datetime, ends_at: datetime) -> int:
    return int((ends_at - starts_at).total_seconds()) // 60


def check_length(terms: Terms, starts_at: datetime, ends_at: datetime) -> None:
    """Raises BookingRefused when it is too short, too long or off the resource's step."""
    minutes = real_minutes(starts_at, ends_at)
    if minutes <= 0:
        raise BookingRefused(_l("It must end after it starts."), field="ends")
    if minutes < terms.min_minutes:
        raise BookingRefused(_l("At least %(count)s minutes.", count=terms.min_minutes), field="ends")
    if minutes > terms.max_minutes:
        raise BookingRefused(_l("At most %(count)s minutes.", count=terms.max_minutes), field="ends")
    if minutes % terms.step:
        raise BookingRefused(_l("In steps of %(count)s minutes.", count=terms.step), field="ends")


def check_span(terms: Terms, starts_at: datetime, ends_at: datetime, *, any_minute: bool = False) -> None:
    """Raises BookingRefused when the resource cannot be booked so. `any_minute`: it may begin and end off its step,
    as at the door.
    """
    if any_minute:
        check_length(replace(terms, min_minutes=1, step=1), starts_at, ends_at)
    else:
        check_length(terms, starts_at, ends_at)
        wall = to_wall(starts_at, terms.zone)
        if (wall.hour * 60 + wall.minute) % terms.step or wall.second:
            raise BookingRefused(_l("It starts in steps of %(count)s minutes.", count=terms.step), field="starts")
    if not is_open(terms, starts_at, ends_at):
        raise BookingRefused(_l("It is closed then."), field="starts")


def occupied(starts_at: datetime, ends_at: datetime, before: int, after: int) -> Span:
    """What is taken with the minutes before and after."""
    return starts_at - timedelta(minutes=before), ends_at + timedelta(minutes=after)


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share a moment; ends are exclusive."""
    return one[0] < other[1] and other[0] < one[1]


def is_free(span: Span, taken: Iterable[Span]) -> bool:
    return not any(overlaps(span, other) for other in taken)


def free_starts(
    terms: Terms, day: date, minutes: int, taken: Sequence[Span], before: int, after: int, not_before: datetime
) -> list[datetime]:
    """Moments of a day at which `minutes` could begin, in order, on the resource's step."""
    found = []
    start_of_day = midnight(day)
    spans = open_spans(terms, day - DAY, day + DAY)
    for number in range(0, 24 * 60, terms.step):
        wall = start_of_day + number * MINUTE
        starts_at = wall.replace(tzinfo=ZoneInfo(terms.zone)).astimezone(UTC)
        ends_at = starts_at + minutes * MINUTE
        if starts_at < not_before or to_wall(starts_at, terms.zone) != wall:
            continue
        if not any(start <= starts_at and ends_at <= end for start, end in spans):
            continue
        if is_free(occupied(starts_at, ends_at, before, after), taken):
            found.append(starts_at)
    return found
