"""A calendar as a table: rows of the wall's clock, a column for each room or day; a booking stands where it is.

Rows are half hours, or quarters where a room is booked in quarters or a meeting begins or ends off the half hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fastoffice.bookings.rules import slots

HALF, QUARTER = 30, 15
DAY = (8 * 60, 20 * 60)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Column:
    """One room on one day. `shut`: spans (UTC) in which nothing is bookable; `step` and `between`, the minutes that
    must stay free between two meetings, are the room's.
    """

    label: str
    note: str
    day: date
    resource_id: int
    bookings: Sequence[Any]
    open: Sequence[slots.Span]
    shut: Sequence[slots.Span]
    step: int = HALF
    between: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """`rows` high: bookings, or free time that begins at `starts` (wall), or time that cannot be booked: `closed` when
    the room is, else a gap that is too short.
    """

    rows: int
    column: Column
    bookings: tuple[Any, ...] = ()
    starts: datetime | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The cells that begin at `minute` of the day."""

    minute: int
    cells: tuple[Cell, ...]

    @property
    def label(self) -> str:
        return f"{self.minute // 60:02d}:{self.minute % 60:02d}"


def first_and_last(columns: Sequence[Column], zone: str, *, night: bool = False) -> tuple[int, int]:
    """The rows' first and last minute of the day: from the earliest opening or booking to the latest.

    A room that never shuts opens nobody's night: unless `night` is asked for, only what is booked then shows it.
    """
    if night:
        return 0, 24 * 60
    marks: list[int] = []
    for column in columns:
        spans = [] if _never_shuts(column, zone) else column.open
        for start, end in [*spans, *((row.starts_at, row.ends_at) for row in column.bookings)]:
            marks += [_minute(start, column.day, zone), _minute(end, column.day, zone)]
    usual = DAY if (len(columns) and all(_never_shuts(column, zone) for column in columns)) or not marks else ()
    return min([*marks, *usual]) // 60 * 60, -(-max([*marks, *usual]) // 60) * 60


def _never_shuts(column: Column, zone: str) -> bool:
    return any(_minute(start, column.day, zone) == 0 and _minute(end, column.day, zone) == 24 * 60
               for start, end in column.open)


def row_of(columns: Sequence[Column], zone: str) -> int:
    """How many minutes a row is."""
    edges = (_minute(moment, column.day, zone)
             for column in columns for row in column.bookings for moment in (row.starts_at, row.ends_at))
    return QUARTER if any(column.step % HALF for column in columns) or any(edge % HALF for edge in edges) else HALF


def _minute(moment: datetime, day: date, zone: str) -> int:
    """The minute of the day on the wall; 0 before it, 1440 after it."""
    wall = slots.to_wall(moment, zone)
    if wall.date() < day:
        return 0
    return 24 * 60 if wall.date() > day else wall.hour * 60 + wall.minute


def rows(columns: Sequence[Column], zone: str, *, night: bool = False) -> list[Row]:
    """The rows from the first to the last, all 24 hours with `night`."""
    if not columns:
        return []
    first, last = first_and_last(columns, zone, night=night)
    height = row_of(columns, zone)
    laid = [_cells(column, range(first, last, height), zone) for column in columns]
    return [Row(minute, tuple(cells[minute] for cells in laid if minute in cells))
            for minute in range(first, last, height)]


def _cells(column: Column, minutes: range, zone: str) -> dict[int, Cell]:
    """A column's cells by the minute in which they begin; bookings that touch one row stand in one cell."""
    cells: dict[int, Cell] = {}
    covered: set[int] = set()
    for start, end, found in _groups(column, minutes, zone):
        cells[start] = Cell((end - start) // minutes.step, column, tuple(found))
        covered.update(range(start, end, minutes.step))
    unit = column.step if column.step % minutes.step == 0 else minutes.step
    for begin in range(minutes.start // unit * unit, minutes.stop, unit):
        places = [minute for minute in range(begin, begin + unit, minutes.step) if minute in minutes]
        free = [minute for minute in places if minute not in covered]
        if len(free) * minutes.step == unit:
            cells[begin] = _free(column, begin, unit, minutes.step, zone)
        else:
            cells |= {minute: _gap(column, minute, minutes.step, zone) for minute in free}
    return cells


def _groups(column: Column, minutes: range, zone: str) -> list[tuple[int, int, list[Any]]]:
    """(first minute, last minute, bookings) of those that share rows."""
    groups: list[tuple[int, int, list[Any]]] = []
    for booking in column.bookings:
        start = max(_minute(booking.starts_at, column.day, zone), minutes.start) // minutes.step * minutes.step
        end = min(-(-_minute(booking.ends_at, column.day, zone) // minutes.step) * minutes.step, minutes.stop)
        end = max(end, start + minutes.step)
        if groups and groups[-1][1] > start:
            before = groups.pop()
            groups.append((before[0], max(before[1], end), [*before[2], booking]))
        else:
            groups.append((start, end, [booking]))
    return groups


def _span(column: Column, minute: int, length: int, zone: str) -> slots.Span | None:
    """Minutes of a column's day as moments; None in an hour that the clocks skip."""
    try:
        begin = slots.to_utc(slots.midnight(column.day) + minute * MINUTE, zone)
    except slots.BookingRefused:
        return None
    return begin, begin + length * MINUTE


def _is_closed(column: Column, span: slots.Span | None) -> bool:
    return span is None or not slots.is_free(span, column.shut) or not any(
        start <= span[0] and span[1] <= end for start, end in column.open)


def _free(column: Column, minute: int, length: int, height: int, zone: str) -> Cell:
    span = _span(column, minute, length, zone)
    if span is None or _is_closed(column, span):
        return Cell(length // height, column, closed=True)
    pad = column.between * MINUTE
    near = any(row.starts_at - pad < span[1] and span[0] < row.ends_at + pad for row in column.bookings)
    starts = None if near else slots.midnight(column.day) + -(-minute // column.step) * column.step * MINUTE
    return Cell(length // height, column, starts=starts)


def _gap(column: Column, minute: int, height: int, zone: str) -> Cell:
    return Cell(1, column, closed=_is_closed(column, _span(column, minute, height, zone)))
