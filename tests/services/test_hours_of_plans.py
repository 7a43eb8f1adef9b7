"""Included hours when the plan changes: whatever the order, a month gives what its plan gave."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fastoffice.bookings import service
from fastoffice.bookings.models import Booking, HoursEntry
from fastoffice.bookings.queries import hours
from fastoffice.bookings.service import changing
from fastoffice.contracts.models import Contract
from fastoffice.contracts.service import contracts
from fastoffice.contracts.service.contracts import ContractChanges
from fastoffice.extensions import db
from tests.factories.contracts import change_plan, make_client, make_contract
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_branch
from tests.factories.rooms import book, do, make_room, wall, wish

NOVEMBER, DECEMBER = at(10, month=11), at(10)


@pytest.fixture
def branch(app):
    return make_branch("PLC")


@pytest.fixture
def client(branch):
    return make_client(branch)


def left(client, month, today):
    return [row.left for row in hours.hours(client.id, date(2026, month, 15), today.date())]


def a_booking(branch, client, day, month, now, minutes=60):
    start = wall(day, 10, month=month)
    return book(branch, wish(make_room(branch), start, wall(day, 10 + minutes // 60, month=month), client), now)


def test_a_december_that_was_granted_early_follows_the_plan_down(branch, client) -> None:
    contract = make_contract(client, meeting_minutes=120)
    a_booking(branch, client, 14, 12, NOVEMBER)
    change_plan(contract, 60, NOVEMBER)
    assert left(client, 12, NOVEMBER) == left(client, 12, DECEMBER) == [0]
    assert left(client, 11, NOVEMBER) == [120]  # the month in which it changed goes by what it had


def test_a_month_in_which_the_plan_shrank_goes_by_the_most_it_had_noted_or_not(branch, client) -> None:
    noted, silent = (make_contract(client, meeting_minutes=120) for _ in range(2))
    a_booking(branch, client, 14, 12, at(2))
    for contract in (noted, silent):
        change_plan(contract, 30, DECEMBER)
    assert left(client, 12, DECEMBER) == [60, 120]
    change_plan(silent, 180, DECEMBER)
    change_plan(silent, 0, at(12))
    assert left(client, 12, at(12)) == [60, 180]
    january = at(2, month=1, year=2027)
    assert [row.left for row in hours.hours(client.id, date(2027, 1, 5), january.date())] == [30, 0]


def test_what_was_used_beyond_a_plan_that_shrank_shrinks_when_it_is_given_back(branch, client) -> None:
    contract = make_contract(client, meeting_minutes=120)
    booking = a_booking(branch, client, 14, 12, NOVEMBER, minutes=120)
    change_plan(contract, 60, NOVEMBER)
    assert left(client, 12, NOVEMBER) == [0]
    do(branch, at(2), changing.cancel, booking)
    assert left(client, 12, at(2)) == [60]


def test_hours_are_taken_on_the_bookings_day_and_go_back_to_the_month_they_came_from(branch, client) -> None:
    make_contract(client, meeting_minutes=120)
    booking = a_booking(branch, client, 30, 11, NOVEMBER)
    kept = a_booking(branch, client, 14, 12, NOVEMBER)

    def to_december(row, found, actor, now):
        wanted = wish(found.resource_id, wall(15, 10), wall(15, 11), client)
        return changing.change(row, found, wanted, actor, now)

    do(branch, NOVEMBER, to_december, booking)
    do(branch, NOVEMBER, changing.cancel, kept)
    by_month: dict[tuple[str, str], int] = {}
    for entry in db.session.query(HoursEntry).order_by(HoursEntry.id):
        by_month[entry.month, entry.kind] = by_month.get((entry.month, entry.kind), 0) + entry.minutes
    assert by_month == {("2026-11", "granted"): 120, ("2026-11", "used"): -60, ("2026-11", "given_back"): 60,
                        ("2026-12", "granted"): 120, ("2026-12", "used"): -120, ("2026-12", "given_back"): 60}


def test_the_page_of_the_contract_tells_the_ledger(branch, client) -> None:
    contract = make_contract(client, meeting_minutes=120)
    a_booking(branch, client, 14, 12, NOVEMBER)
    key, version = contract.id, contract.version

    def work(_row):
        changes = ContractChanges("", ("email",), 0, 60, "")
        return contracts.edit_contract(MARIANA, db.session.get_one(Contract, key), changes, version, day=NOVEMBER.date())

    assert within(branch, NOVEMBER, work) == ["meeting_minutes"]
    assert left(client, 12, NOVEMBER) == [0]
    assert hours.sums([key], "2026-12")[key] == {"granted": 120, "used": -60, "lowered": -60}


def test_a_booking_of_more_than_the_plan_gives_by_now_is_moved_at_the_price_that_is_shown(branch, client) -> None:
    contract = make_contract(client, meeting_minutes=120)
    booking = a_booking(branch, client, 14, 12, NOVEMBER, minutes=120)
    change_plan(contract, 60, NOVEMBER)
    wanted = wish(booking.resource_id, wall(14, 15), wall(14, 17), client)
    shown = within(branch, NOVEMBER, lambda row: service.quote(
        row, wanted, NOVEMBER, instead_of=db.session.get_one(Booking, booking.id)))
    assert (shown.price.included, shown.price.overage) == (60, 60)
    do(branch, NOVEMBER, lambda row, found, actor, now: changing.change(
        row, found, replace(wanted, shown=shown.shown), actor, now), booking)
    assert (booking.included, booking.hours_kept) == (60, 60)
    assert left(client, 12, NOVEMBER) == [0]
