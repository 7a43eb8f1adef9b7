"""What a series costs is shown before it is confirmed, and is what it costs then; who waits sees their place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fastoffice.bookings import service
from fastoffice.bookings.errors import PriceChanged
from fastoffice.bookings.models import WaitingEntry
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.queries import waiting as lines
from fastoffice.bookings.rules.recurrence import Recurrence
from fastoffice.bookings.service import changing, previews, resources, series, waiting
from fastoffice.bookings.service.room_rates import RateData
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_branch
from tests.factories.rooms import attend, book, do, make_room, wall, wish
from tests.web.statements import counted_statements

NOW = at(1)
WEEKLY = Recurrence("weekly", count=4)


@pytest.fixture
def branch(app):
    return make_branch("PLC")


@pytest.fixture
def room(branch):
    return make_room(branch)


@pytest.fixture
def guemes(branch):
    client = make_client(branch)
    make_contract(client, meeting_minutes=150)
    return client


def figures(rows) -> list[tuple[int, int]]:
    return [(row.included, row.subtotal) for row in rows]


def test_each_date_takes_what_the_dates_before_it_left_and_the_sum_is_the_price(branch, room, guemes) -> None:
    first = wish(room, wall(2, 9), wall(2, 10), guemes)
    found = within(branch, NOW, lambda row: service.preview(row, first, WEEKLY, NOW))
    expected = [(60, 0), (60, 0), (30, 15_000), (0, 30_000)]
    assert figures(item.quote.price for item in found) == expected
    assert previews.total_shown(found) == (150, 45_000)
    made = within(branch, NOW, lambda row: service.book_series(
        row, replace(first, shown=(150, 45_000)), WEEKLY, MARIANA, NOW))
    assert figures(made) == expected


def test_a_series_that_costs_other_than_was_shown_is_not_booked(branch, room, guemes) -> None:
    first = wish(room, wall(2, 9), wall(2, 10), guemes, shown=(240, 0))
    with pytest.raises(PriceChanged):
        within(branch, NOW, lambda row: service.book_series(row, first, WEEKLY, MARIANA, NOW))
    assert reading.between(branch.id, NOW, at(30)) == []


def test_a_changed_series_costs_what_was_shown_and_its_own_dates_do_not_stand_in_its_way(branch, room, guemes) -> None:
    first = wish(room, wall(7, 9), wall(7, 10), guemes)
    made = within(branch, NOW, lambda row: service.book_series(row, first, Recurrence("daily", count=4), MARIANA, NOW))
    longer = replace(service.wish_of(made[0]), starts=wall(8, 9), ends=wall(8, 11))  # a day later, an hour longer
    found = within(branch, NOW, lambda row: previews.preview_change(row, made[0], longer, "all", NOW, by_staff=False))
    assert [item.quote.refusal for item in found] == [None] * 4
    shown = previews.total_shown(found)
    rows = do(branch, NOW, lambda row, found, actor, now: series.change(
        row, found, replace(longer, shown=shown), "all", actor, now, by_staff=False), made[0])
    assert (sum(row.included for row in rows), sum(row.subtotal for row in rows)) == shown == (150, 165_000)


def test_a_wall_hour_that_the_clocks_skip_is_a_date_to_choose_about(app) -> None:
    tijuana = make_branch("TIJ")
    night = make_room(tijuana, opening={str(day): [["00:00", "24:00"]] for day in range(7)})
    client = make_client(tijuana)
    make_contract(client)
    early = at(1, month=3, year=2027)
    first = wish(night, wall(7, 2, month=3, year=2027), wall(7, 3, month=3, year=2027), client)
    found = within(tijuana, early, lambda row: service.preview(row, first, WEEKLY, early))
    assert [bool(item.quote.refusal) for item in found] == [False, True, False, False]
    made = within(tijuana, early, lambda row: service.book_series(
        row, first, WEEKLY, MARIANA, early, {found[1].day: service.Choice(skip=True)}))
    assert {row.local_start[11:] for row in made} == {"02:00"}


def test_who_waits_sees_their_place_and_who_declines_lets_the_next_have_it(branch, room, guemes) -> None:
    other = make_client(branch)
    make_contract(other)
    taken = book(branch, wish(room, wall(3, 9), wall(3, 10)))
    for number, client in enumerate((other, guemes)):
        within(branch, NOW, lambda row, client=client, number=number: service.join_waiting(
            row, wish(room, wall(3, 9), wall(3, 10), client, request_key=str(number)), MARIANA, NOW).id)
    [place] = lines.places(branch.id, guemes.id)
    assert place.number == 2
    do(branch, NOW, changing.cancel, taken)
    attend(branch, NOW)
    [first] = lines.places(branch.id, other.id)
    assert (first.number, first.entry.state) == (1, "offered")
    key = first.entry.id
    within(branch, NOW, lambda row: waiting.decline_offer(row, db.session.get_one(WaitingEntry, key), MARIANA, NOW))
    attend(branch, NOW)
    assert lines.places(branch.id, other.id) == []
    [place] = lines.places(branch.id, guemes.id)
    assert (place.number, place.entry.state) == (1, "offered")


def said(quote) -> tuple[object, ...]:
    """What of a quote does not hang on the dates before it."""
    return str(quote.refusal), quote.starts_at, quote.price and (quote.price.minutes, quote.price.rate), quote.free_until


def test_a_year_of_weekly_dates_is_looked_at_in_as_many_statements_as_two(branch, room, guemes) -> None:
    other = make_room(branch, rates=(RateData("plan", "Oficina virtual", 20_000),))
    book(branch, wish(other, wall(9, 9), wall(9, 10)))
    within(branch, NOW, lambda row: resources.add_blackout(row, None, wall(16, 0), wall(17, 0), "Pintura", MARIANA))

    def looked_at(count):
        rule, first = Recurrence("weekly", count=count), wish(other, wall(2, 9), wall(2, 10), guemes)
        db.session.expire_all()
        with counted_statements() as seen:
            found = service.preview(db.session.get_one(Branch, branch.id), first, rule, NOW)
        return len(seen), found

    few, _found = looked_at(2)
    many, found = looked_at(50)
    assert many == few <= 20
    alone = [within(branch, NOW, lambda row, item=item: service.quote(row, item.wish, NOW)) for item in found]
    assert [said(one) for one in alone] == [said(item.quote) for item in found]
    assert [bool(item.quote.refusal) for item in found[:4]] == [False, True, True, False]
    assert found[1].quote.refusal.alternatives


def test_a_changed_series_too(branch, room, guemes) -> None:
    def looked_at(count, hour):
        made = within(branch, NOW, lambda row: service.book_series(
            row, wish(room, wall(2, hour), wall(2, hour + 1), guemes), Recurrence("weekly", count=count), MARIANA, NOW))
        longer = replace(service.wish_of(made[0]), ends=wall(2, hour + 2))
        db.session.expire_all()
        with counted_statements() as seen:
            previews.preview_change(db.session.get_one(Branch, branch.id), made[0], longer, "all", NOW)
        return len(seen)

    few = looked_at(2, 9)
    assert looked_at(30, 12) == few <= 25
