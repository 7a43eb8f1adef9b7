"""A real calendar program reads our feeds: khal shows the same wall times across both clock changes."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fastoffice import clock
from fastoffice.bookings import calendars, service
from fastoffice.bookings.queries import feeds as reading
from fastoffice.bookings.rules.recurrence import Recurrence
from fastoffice.bookings.service import changing, feeds
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_branch
from tests.factories.rooms import attend, do, make_room, wall, wish

OCTOBER = at(1, month=10)
SETTINGS = """[calendars]
[[rooms]]
path = {folder}/rooms
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


def khal(folder: Path, *arguments: str) -> list[str]:
    """What the program answers, line by line."""
    done = subprocess.run(
        [sys.executable, "-m", "khal", "-c", str(folder / "config"), *arguments], capture_output=True, text=True,
        check=True, env={**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"})
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]


@pytest.mark.parametrize("code", ["TIJ", "PLC"])
def test_khal_shows_the_wall_times_after_a_move_a_cancellation_an_early_end_and_a_no_show(
        app, code: str, tmp_path: Path) -> None:
    branch = make_branch(code)
    room = make_room(branch)
    token = within(branch, OCTOBER, lambda row: feeds.open_feed(row, MARIANA, OCTOBER, resource_id=room.id))
    made = []
    for first in (wall(27, 9, month=10), wall(9, 9, month=3, year=2027)):  # a week before each clock change
        made += within(branch, OCTOBER, lambda row, first=first: service.book_series(
            row, wish(room, first, first.replace(hour=10), title="Comité"), Recurrence("weekly", count=3), MARIANA, OCTOBER))
    do(branch, OCTOBER, lambda row, found, actor, now: changing.change(
        row, found, replace(service.wish_of(found), starts=wall(3, 16, month=11), ends=wall(3, 17, month=11)), actor,
        now), made[1])
    do(branch, OCTOBER, changing.cancel, made[4])
    do(branch, made[0].starts_at + timedelta(minutes=25), service.end_early, made[0])
    do(branch, made[1].starts_at, service.check_in, made[1])
    later = made[2].starts_at + timedelta(minutes=20)
    attend(branch, later)
    with clock.fixed_at(later):
        given = reading.subscription(feeds.by_token(token))
        text = calendars.feed("Sala", reading.of_feed(given, later), branch.timezone, may_read=given.may_read)
    (tmp_path / "rooms").mkdir()
    (tmp_path / "config").write_text(SETTINGS.format(folder=tmp_path, zone=branch.timezone))
    (tmp_path / "feed.ics").write_bytes(text)
    khal(tmp_path, "import", "--batch", str(tmp_path / "feed.ics"))
    shown = khal(tmp_path, "list", "--day-format", "", "--format", "{start-date} {start-time}-{end-time}{status}",
                 "2026-10-01", "300d")
    assert [line.removesuffix("CONFIRMED").strip() for line in shown if "CANCELLED" not in line] == [
        "2026-10-27 09:00-09:25", "2026-11-03 16:00-17:00", "2027-03-09 09:00-10:00", "2027-03-23 09:00-10:00"]
    assert [line for line in shown if "CANCELLED" in line] == [
        "2026-11-10 09:00-10:00CANCELLED", "2027-03-16 09:00-10:00CANCELLED"]
