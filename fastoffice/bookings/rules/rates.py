"""What an hour costs, and when: another price in the evening, at weekends, for a plan or a group of clients."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from fastoffice.bookings.rules.slots import DAY, MINUTE, Span, midnight, overlaps, to_wall

Who = tuple[str, str]  # basis ("all", "plan", "group") and folded name
EVERYBODY: Who = ("all", "")
WHOLE_WEEK = "0123456"
MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class Tariff:
    """A price per hour (minor units) for `who` on `weekdays` ("0" is Monday), from a minute of the wall's day to
    another; one beyond 1440 is of the next day.
    """

    who: Who
    rate: int
    weekdays: str = WHOLE_WEEK
    from_minute: int = 0
    until_minute: int = MIDNIGHT

    @property
    def always(self) -> bool:
        return self.weekdays == WHOLE_WEEK and self.until_minute - self.from_minute == MIDNIGHT


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment to another (UTC) an hour costs `rate`."""

    starts_at: datetime
    ends_at: datetime
    rate: int


def _moment(day: date, minute: int, zone: str) -> datetime:
    """A minute of a day's wall clock as a moment; of one that comes twice the first."""
    wall = midnight(day) + minute * MINUTE
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _spans(tariff: Tariff, first: date, last: date, zone: str) -> list[Span]:
    """When a tariff holds, for days from `first` to `last`."""
    days = (first + number * DAY for number in range((last - first).days + 1))
    return [(_moment(day, tariff.from_minute, zone), _moment(day, tariff.until_minute, zone))
            for day in days if str(day.weekday()) in tariff.weekdays]


def stretches(
    base: int, tariffs: Iterable[Tariff], who: Collection[Who], starts_at: datetime, ends_at: datetime, zone: str
) -> tuple[Stretch, ...]:
    """What an hour costs from one moment to another, in as few stretches as there are prices one after the other.

    `base` is everybody's price; a tariff for some hours takes the place of the general one of the same people while
    it holds. `who`: the plans and groups of whoever books. The lowest of what everybody pays and what these pay counts.
    """
    ours = [row for row in tariffs if row.who == EVERYBODY or row.who in who]
    first, last = to_wall(starts_at, zone).date() - DAY, to_wall(ends_at, zone).date()
    held = [(row, _spans(row, first, last, zone)) for row in ours]
    inside = {edge for _row, spans in held for span in spans for edge in span if starts_at < edge < ends_at}
    edges = [starts_at, *sorted(inside), ends_at]
    found: list[Stretch] = []
    for begin, end in pairwise(edges):
        rate = _rate(base, [row for row, spans in held if any(overlaps((begin, end), span) for span in spans)])
        if found and found[-1].rate == rate:
            begin = found.pop().starts_at
        found.append(Stretch(begin, end, rate))
    return tuple(found)


def _rate(base: int, holding: Sequence[Tariff]) -> int:
    """The lowest price of those that hold, hours' own before general ones."""
    prices: dict[Who, int] = {EVERYBODY: base}
    for row in sorted(holding, key=lambda row: not row.always):
        prices[row.who] = row.rate
    return min(prices.values())


def clash(tariffs: Sequence[Tariff]) -> bool:
    """Whether two prices for the same people hold at once, general ones apart: nobody could say which counts."""
    limited = [row for row in tariffs if not row.always]
    return any(
        one.who == other.who and _meet(one, other) for place, one in enumerate(limited) for other in limited[:place])


def _meet(one: Tariff, other: Tariff) -> bool:
    """Whether two tariffs share a minute of some week, Sunday night and Monday morning too."""
    return any(mine[0] < its[1] and its[0] < mine[1]
               for shift in (0, -7 * MIDNIGHT, 7 * MIDNIGHT)
               for mine in _minutes(one, shift) for its in _minutes(other, 0))


def _minutes(tariff: Tariff, shift: int) -> list[tuple[int, int]]:
    return [(int(day) * MIDNIGHT + tariff.from_minute + shift, int(day) * MIDNIGHT + tariff.until_minute + shift)
            for day in tariff.weekdays]
