"""A calendar as a table: a row for each half hour of the wall's clock, a column for each room or day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fastoffice.bookings.rules import slots

ROW = 30
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Column:
    """One room on one day. `shut`: spans (UTC) in which nothing is bookable."""

    label: str
    note: str
    day: date
    resource_id: int
    bookings: Sequence[Any]
    open: Sequence[slots.Span]
    shut: Sequence[slots.Span]


@dataclass(frozen=True, slots=True)
class Cell:
    """`rows` high; bookings in it, or a free half hour that begins at `starts` (wall), or one that is closed."""

    rows: int
    column: Column
    bookings: tuple[Any, ...] = ()
    starts: datetime | None = None
    closed: bool = False


def first_and_last(columns: Sequence[Column], zone: str) -> tuple[int, int]:
    """The rows' first and last minute of the day: from the earliest opening or booking to the latest."""
    marks: list[int] = []
    for column in columns:
        for start, end in [*column.open, *((row.starts_at, row.ends_at) for row in column.bookings)]:
            marks += [_minute(start, column.day, zone), _minute(end, column.day, zone)]
    if not marks:
        return 8 * 60, 20 * 60
    return min(marks) // 60 * 60, -(-max(marks) // 60) * 60


def _minute(moment: datetime, day: date, zone: str) -> int:
    """The minute of the day on the wall; 0 before it, 1440 after it."""
    wall = slots.to_wall(moment, zone)
    if wall.date() < day:
        return 0
    return 24 * 60 if wall.date() > day else wall.hour * 60 + wall.minute


def rows(columns: Sequence[Column], zone: str) -> list[tuple[str, list[Cell]]]:
    """("08:30", cells that begin in this row) from the first row to the last."""
    if not columns:
        return []
    first, last = first_and_last(columns, zone)
    laid = [_cells(column, first, last, zone) for column in columns]
    return [(f"{minute // 60:02d}:{minute % 60:02d}", [cells[minute] for cells in laid if minute in cells])
            for minute in range(first, last, ROW)]


def _cells(column: Column, first: int, last: int, zone: str) -> dict[int, Cell]:
    """A column's cells by the minute in which they begin; bookings that touch one row stand in one cell."""
    groups: list[tuple[int, int, list[Any]]] = []
    for booking in column.bookings:
        start = max(_minute(booking.starts_at, column.day, zone), first) // ROW * ROW
        end = min(-(-_minute(booking.ends_at, column.day, zone) // ROW) * ROW, last)
        if groups and groups[-1][1] > start:
            before = groups.pop()
            groups.append((before[0], max(before[1], end), [*before[2], booking]))
        else:
            groups.append((start, max(end, start + ROW), [booking]))
    cells = {start: Cell((end - start) // ROW, column, tuple(found)) for start, end, found in groups}
    covered = {minute for start, end, _found in groups for minute in range(start, end, ROW)}
    for minute in range(first, last, ROW):
        if minute not in covered:
            cells[minute] = _free(column, minute, zone)
    return cells


def _free(column: Column, minute: int, zone: str) -> Cell:
    starts = slots.midnight(column.day) + minute * MINUTE
    try:
        begin = slots.to_utc(starts, zone)
    except slots.BookingRefused:  # an hour that the clocks skip
        return Cell(1, column, closed=True)
    span = (begin, begin + ROW * MINUTE)
    bookable = any(start <= span[0] and span[1] <= end for start, end in column.open)
    return Cell(1, column, starts=starts, closed=not bookable or not slots.is_free(span, column.shut))
