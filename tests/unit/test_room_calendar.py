"""The rooms' calendar as a table: a meeting stands where it is, free time can be booked, what is too short cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastoffice.blueprints.staff.rooms import grid
from fastoffice.bookings.rules import slots

ZONE = "America/Mexico_City"
DAY = date(2026, 12, 3)


@dataclass(frozen=True)
class Meeting:
    starts_at: datetime
    ends_at: datetime


def moment(text: str) -> datetime:
    return slots.to_utc(datetime.fromisoformat(text if "T" in text else f"2026-12-03T{text}"), ZONE)


def meeting(start: str, end: str) -> Meeting:
    return Meeting(moment(start), moment(end))


def column(*meetings: Meeting, hours: tuple[str, str] = ("08:00", "12:00"), **values: Any) -> grid.Column:
    return grid.Column("Sala", "8", DAY, 1, meetings, [(moment(hours[0]), moment(hours[1]))], [], **values)


def drawn(*columns: grid.Column) -> list[str]:
    """"10:15 taken 2": each cell of the first column with the rows it is high."""
    said = []
    for row in grid.rows(columns, ZONE):
        for cell in row.cells:
            if cell.column is columns[0]:
                kind = "taken" if cell.bookings else "shut" if cell.closed else "free" if cell.starts else "gap"
                said.append(f"{row.label} {kind} {cell.rows}")
    return said


def test_a_meeting_off_the_half_hour_stands_where_it_is_and_leaves_gaps() -> None:
    assert drawn(column(meeting("10:15", "10:45"), hours=("09:30", "11:30"))) == [
        "09:00 shut 2", "09:30 free 2", "10:00 gap 1", "10:15 taken 2", "10:45 gap 1", "11:00 free 2", "11:30 shut 2"]


def test_half_hours_suffice_where_everything_is_in_half_hours() -> None:
    assert drawn(column(meeting("09:00", "10:30"), hours=("08:00", "11:00"))) == [
        "08:00 free 1", "08:30 free 1", "09:00 taken 3", "10:30 free 1"]


def test_a_room_that_is_booked_in_quarters_offers_quarters_and_one_of_hours_hours() -> None:
    assert drawn(column(hours=("08:00", "09:00"), step=15)) == [f"08:{minute} free 1" for minute in ("00", "15", "30", "45")]
    assert drawn(column(hours=("08:00", "10:00"), step=60)) == ["08:00 free 2", "09:00 free 2"]


def test_minutes_between_two_meetings_are_not_offered() -> None:
    assert drawn(column(meeting("09:00", "10:00"), hours=("08:00", "11:00"), between=15)) == [
        "08:00 free 1", "08:30 gap 1", "09:00 taken 2", "10:00 gap 1", "10:30 free 1"]


def test_a_night_shows_when_it_is_booked_or_asked_for() -> None:
    always = grid.Column("Cajón", "1", DAY, 2, [], [(moment("00:00"), moment("2026-12-04T00:00"))], [])
    assert grid.first_and_last([always, column()], ZONE) == (8 * 60, 12 * 60)
    assert grid.first_and_last([always], ZONE) == grid.DAY
    assert grid.first_and_last([always, column()], ZONE, night=True) == (0, 24 * 60)
    late = column(meeting("22:00", "2026-12-04T02:00"))
    assert grid.first_and_last([always, late], ZONE) == (8 * 60, 24 * 60)


def test_past_midnight_it_is_on_both_days() -> None:
    night = meeting("22:00", "2026-12-04T02:00")
    after = grid.Column("Sala", "8", date(2026, 12, 4), 1, [night], [], [])
    assert drawn(column(night, hours=("21:00", "23:00")))[-1] == "22:00 taken 4"
    assert drawn(after) == ["00:00 taken 4"]
