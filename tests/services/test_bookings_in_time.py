"""Series, who comes and who does not, and who waits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fastoffice.bookings import service
from fastoffice.bookings.errors import BookingRefused, NoLongerPossible, SeriesConflicts, SlotTaken
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.queries import hours
from fastoffice.bookings.rules.recurrence import Recurrence
from fastoffice.bookings.service import Choice, changing, series
from fastoffice.bookings.service.resources import add_blackout
from fastoffice.charges.queries import pending_charges
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_branch
from tests.factories.rooms import ALWAYS, attend, book, do, make_room, wall, wish

WEEKLY = Recurrence("weekly", count=10)


@pytest.fixture
def branch(app):
    return make_branch("PLC")


@pytest.fixture
def room(branch):
    return make_room(branch, "Sala Juárez")


def book_series(branch, first, rule, choices=None, now=None):
    moment = now or at(1)
    return within(branch, moment, lambda row: service.book_series(row, first, rule, MARIANA, moment, choices))


def days_of(rows):
    return [row.local_start for row in rows]


def test_weekly_at_nine_in_tijuana_stays_at_nine_across_both_clock_changes(app) -> None:
    branch = make_branch("TIJ")
    room = make_room(branch)
    rows = book_series(branch, wish(room, wall(27, 9, month=10), wall(27, 10, month=10)), WEEKLY, now=at(1, month=10))
    rows += book_series(branch, wish(room, wall(2, 9, month=3, year=2027), wall(2, 10, month=3, year=2027)), WEEKLY,
                        now=at(1, month=10))
    assert {row.local_start[11:] for row in rows} == {"09:00"}
    assert {row.starts_at.hour for row in rows} == {16, 17}
    assert {row.minutes for row in rows} == {60}


def test_one_conflict_of_ten_is_listed_and_can_be_skipped_or_moved(branch, room) -> None:
    other = make_room(branch, "Sala Madero")
    book(branch, wish(room, wall(16, 9, 30), wall(16, 10, 30)))
    first = wish(room, wall(2, 9), wall(2, 10), request_key="series")
    found = service.preview(branch, first, WEEKLY, at(1))
    conflicts = [item.day for item in found if item.quote.refusal]
    assert (len(found), conflicts) == (10, [date(2026, 12, 16)])
    with pytest.raises(SeriesConflicts) as refused:
        book_series(branch, first, WEEKLY)
    assert [item.day for item in refused.value.occurrences] == conflicts
    assert len(reading.between(branch.id, at(1), at(28, month=2, year=2027))) == 1  # none, or all
    moved = {conflicts[0]: Choice(resource_id=other.id)}
    assert [item for item in service.preview(branch, first, WEEKLY, at(1), moved) if item.quote.refusal] == []
    rows = book_series(branch, first, WEEKLY, moved)
    assert len(rows) == 10
    assert days_of(book_series(branch, first, WEEKLY, moved)) == days_of(rows)  # sent twice
    skipped = wish(other, wall(2, 16), wall(2, 17))
    assert len(book_series(branch, skipped, WEEKLY, {conflicts[0]: Choice(skip=True)})) == 9


def test_this_one_this_and_later_or_all_that_have_not_begun(branch, room) -> None:
    rows = book_series(branch, wish(room, wall(2, 9), wall(2, 10)), WEEKLY)

    def states_now():
        return [row.state for row in reading.of_series(rows[0].series_id)]

    do(branch, at(10), lambda row, found, actor, now: series.cancel(row, found, "this", actor, now), rows[3])
    assert states_now().count("cancelled") == 1
    do(branch, at(10), lambda row, found, actor, now: series.cancel(row, found, "later", actor, now), rows[6])
    assert states_now() == ["confirmed"] * 3 + ["cancelled"] + ["confirmed"] * 2 + ["cancelled"] * 4
    do(branch, at(10), lambda row, found, actor, now: series.cancel(row, found, "all", actor, now), rows[5])
    assert states_now() == ["confirmed"] * 2 + ["cancelled"] * 8


def test_editing_a_series_leaves_the_past_alone(branch, room) -> None:
    rows = book_series(branch, wish(room, wall(2, 9), wall(2, 10)), Recurrence("weekly", count=4))

    def later_hour(row, found, actor, now):
        start = wall(9, 10)
        wanted = wish(room, start, start + timedelta(hours=1), title="Comité")
        return series.change(row, found, wanted, "all", actor, now)

    do(branch, at(8), later_hour, rows[1])
    assert days_of(reading.of_series(rows[0].series_id)) == [
        "2026-12-02T09:00", "2026-12-09T10:00", "2026-12-16T10:00", "2026-12-23T10:00"]


def test_a_change_of_a_series_that_meets_somebody_changes_nothing(branch, room) -> None:
    rows = book_series(branch, wish(room, wall(2, 9), wall(2, 10)), Recurrence("weekly", count=3))
    book(branch, wish(room, wall(16, 15), wall(16, 16)))
    with pytest.raises(SeriesConflicts):
        do(branch, at(1), lambda row, found, actor, now: series.change(
            row, found, wish(room, wall(2, 15), wall(2, 16)), "all", actor, now), rows[0])
    db.session.expire_all()
    assert days_of(reading.of_series(rows[0].series_id))[0] == "2026-12-02T09:00"


def test_monthly_on_the_31st_is_the_last_day_of_shorter_months(branch) -> None:
    room = make_room(branch, opening=ALWAYS, open_on_holidays=True)
    rows = book_series(branch, wish(room, wall(31, 9), wall(31, 10)), Recurrence("monthly", count=4))
    assert [text[:10] for text in days_of(rows)] == ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"]


def test_a_series_that_overlaps_itself_is_refused(branch) -> None:
    room = make_room(branch, opening=ALWAYS, max_minutes=2000, open_on_holidays=True)
    first = wish(room, wall(2, 9), wall(3, 10))
    found = service.preview(branch, first, Recurrence("daily", count=3), at(1))
    assert [item.quote.refusal is not None for item in found] == [False, True, True]
    with pytest.raises(SeriesConflicts):
        book_series(branch, first, Recurrence("daily", count=3))


def test_nobody_came_and_the_room_is_free_once_and_taken_back_a_minute_later(branch, room) -> None:
    kept = book(branch, wish(room, wall(3, 12), wall(3, 13)))
    gone = book(branch, wish(room, wall(3, 10), wall(3, 11)))
    there = book(branch, wish(make_room(branch), wall(3, 10), wall(3, 11)))
    fresh = book(branch, wish(make_room(branch), wall(3, 10), wall(3, 11)), at(3, 10, 12))
    do(branch, at(3, 9, 55), service.check_in, there)
    for _ in range(2):
        attend(branch, at(3, 10, 17))
    assert [row.state for row in (kept, gone, there, fresh)] == ["confirmed", "no_show", "checked_in", "confirmed"]
    do(branch, at(3, 10, 18), service.check_in, gone)
    assert gone.state == "checked_in"
    attend(branch, at(3, 11))
    assert gone.state == "done"


def test_who_comes_late_finds_the_room_given_away(branch, room) -> None:
    gone = book(branch, wish(room, wall(3, 10), wall(3, 11)))
    attend(branch, at(3, 10, 17))
    book(branch, wish(room, wall(3, 10, 30), wall(3, 11)), at(3, 10, 20))
    with pytest.raises(SlotTaken):
        do(branch, at(3, 10, 21), service.check_in, gone)


def test_ending_early_frees_the_room_and_staying_longer_costs(branch, room) -> None:
    client = make_client(branch)
    make_contract(client, meeting_minutes=60)
    booking = book(branch, wish(room, wall(3, 10), wall(3, 11), client))
    do(branch, at(3, 10), service.check_in, booking)
    within(branch, at(3, 10, 50), lambda row: service.extend(
        row, db.session.get_one(Booking, booking.id), 30, MARIANA, at(3, 10, 50)))
    assert (booking.local_end[11:], booking.minutes, booking.owed, booking.charged) == ("11:30", 90, 15_000, 15_000)
    assert [row.description for row in pending_charges(client.id)] == [
        "Sala Juárez, 3 dic 2026 10:00–11:30: 30 min además de las horas incluidas"]
    do(branch, at(3, 11, 5), service.end_early, booking)
    within(branch, at(3, 11, 6), lambda row: service.book(
        row, wish(room, wall(3, 11, 6), wall(3, 11, 36), origin="panel"), MARIANA, at(3, 11, 6)))
    assert booking.owed == 15_000


def test_what_nobody_approved_costs_nothing_and_ends_with_its_time(branch) -> None:
    room, client = make_room(branch, needs_approval=True), make_client(branch)
    contract = make_contract(client, meeting_minutes=30)
    asked, agreed = (book(branch, wish(room, wall(3, hour), wall(3, hour + 1), client, origin="portal"))
                     for hour in (10, 12))
    attend(branch, at(3, 9))
    assert [(row.state, row.charged) for row in (asked, agreed)] == [("pending", 0)] * 2
    do(branch, at(3, 9), service.approve, agreed)
    assert (agreed.charged, agreed.owed) == (30_000, 30_000)
    for _ in range(2):
        attend(branch, at(3, 11))
    assert (asked.state, asked.owed, asked.charged, asked.hours_kept) == ("cancelled", 0, 0, 0)
    assert sum(hours.sums([contract.id], "2026-12")[contract.id].values()) == 30


def test_a_blackout_lists_who_is_in_it_and_takes_nobody_new(branch, room) -> None:
    inside = book(branch, wish(room, wall(3, 10), wall(3, 11)))
    _row, met = within(branch, at(1), lambda row: add_blackout(
        row, db.session.get_one(Resource, room.id), wall(3, 0), wall(4, 0), "Pintura", MARIANA))
    assert [row.id for row in met] == [inside.id]
    with pytest.raises(BookingRefused) as refused:
        book(branch, wish(room, wall(3, 12), wall(3, 13)))
    assert "Pintura" in str(refused.value)


def test_what_becomes_free_is_held_for_the_first_who_waits_then_for_the_next(branch, room) -> None:
    first, second = make_client(branch), make_client(branch)
    for client in (first, second):
        make_contract(client)
    taken = book(branch, wish(room, wall(3, 10), wall(3, 11)))
    one, two = (within(branch, at(1), lambda row, client=client: service.join_waiting(
        row, wish(room, wall(3, 10), wall(3, 11), client), MARIANA, at(1))) for client in (first, second))
    do(branch, at(1, 11), changing.cancel, taken)
    attend(branch, at(1, 11))
    attend(branch, at(1, 11, 1))
    assert (one.state, two.state) == ("offered", "waiting")
    attend(branch, at(1, 11, 31))
    attend(branch, at(1, 11, 32))
    assert (one.state, two.state) == ("ended", "offered")
    with pytest.raises(NoLongerPossible):
        within(branch, at(1, 11, 33), lambda row: service.accept_offer(row, one, MARIANA, at(1, 11, 33)))
    booking = within(branch, at(1, 11, 33), lambda row: service.accept_offer(row, two, MARIANA, at(1, 11, 33)))
    assert (booking.client_id, booking.state, two.state) == (second.id, "confirmed", "taken")


def test_a_booking_past_midnight_is_on_both_days_and_billed_once(branch) -> None:
    room = make_room(branch, opening=ALWAYS, uses_hours=False)
    client = make_client(branch)
    make_contract(client)
    night = book(branch, wish(room, wall(3, 22), wall(4, 2), client))
    for day in (3, 4):
        assert [row.id for row in reading.between(branch.id, at(day, 0), at(day + 1, 0))] == [night.id]
    attend(branch, at(3, 12))
    attend(branch, at(4, 12))
    assert (night.subtotal, night.charged) == (120_000, 120_000)
