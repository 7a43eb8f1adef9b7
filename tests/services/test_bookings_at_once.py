"""Twenty people and one slot, on really committed data, on each engine."""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Event

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.service import cycle, drafting
from fastoffice.bookings import service
from fastoffice.bookings.errors import SlotTaken
from fastoffice.bookings.models import Booking, BookingSpace, HoursEntry
from fastoffice.bookings.service import changing, presence
from fastoffice.branches.models import Branch
from fastoffice.charges.models import PendingCharge
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at
from tests.factories.people import make_branch
from tests.factories.rooms import book, make_room, wall, wish
from tests.services.test_payments_at_once import at_once


@pytest.fixture
def polanco(committed_app) -> int:
    return make_branch("PLC").id


def booking(branch_id, wanted, any_room=False):
    def unit() -> int:
        branch = db.session.get_one(Branch, branch_id)
        if any_room:
            return service.book_any(branch, wanted, "room", MARIANA, at(1)).id
        return service.book(branch, wanted, MARIANA, at(1)).id

    def work() -> int:
        with clock.fixed_at(at(1)):
            return transaction.run(unit)

    return work


def test_twenty_at_once_are_one_booking_and_nineteen_offers(committed_app, polanco) -> None:
    branch = db.session.get_one(Branch, polanco)
    room, other = make_room(branch, "Sala Juárez").id, make_room(branch, "Sala Madero").id
    db.session.rollback()
    wanted = wish(room, wall(3, 16), wall(3, 17))
    results = at_once(committed_app, *[booking(polanco, replace(wanted, request_key=f"{n}")) for n in range(20)])
    made = [result for result in results if isinstance(result, int)]
    refused = [result for result in results if isinstance(result, SlotTaken)]
    assert (len(made), len(refused)) == (1, 19), results
    for refusal in refused:
        assert refusal.alternatives[0].resource_id == other
        assert {(offer.resource_id, offer.starts_at) for offer in refusal.alternatives} != set()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BookingSpace)) == 1


def test_two_rooms_and_three_who_want_any(committed_app, polanco) -> None:
    branch = db.session.get_one(Branch, polanco)
    rooms = {make_room(branch).id, make_room(branch).id}
    db.session.rollback()
    results = at_once(committed_app, *[booking(polanco, wish(0, wall(3, 16), wall(3, 17)), any_room=True)] * 3)
    made = [result for result in results if isinstance(result, int)]
    assert len(made) == 2, results
    assert sum(isinstance(result, SlotTaken) for result in results) == 1
    assert set(db.session.scalars(sa.select(Booking.resource_id))) == rooms


def test_a_double_click_at_once_is_one_booking(committed_app, polanco) -> None:
    room = make_room(db.session.get_one(Branch, polanco)).id
    db.session.rollback()
    wanted = wish(room, wall(3, 16), wall(3, 17), request_key="one form")
    first, second = at_once(committed_app, *[booking(polanco, wanted)] * 2)
    assert first == second


def test_the_last_hour_of_a_contract_is_given_once(committed_app, polanco) -> None:
    branch = db.session.get_one(Branch, polanco)
    client = make_client(branch)
    make_contract(client, meeting_minutes=60)
    rooms = [make_room(branch).id for _ in range(4)]
    wanted = [wish(room, wall(3, 16), wall(3, 17), client) for room in rooms]
    db.session.rollback()
    results = at_once(committed_app, *[booking(polanco, item) for item in wanted])
    assert all(isinstance(result, int) for result in results), results
    assert sorted(db.session.scalars(sa.select(Booking.included))) == [0, 0, 0, 60]
    assert db.session.scalar(sa.select(sa.func.sum(HoursEntry.minutes))) == 0


def test_two_tickers_release_a_no_show_once(committed_app, polanco) -> None:
    branch = db.session.get_one(Branch, polanco)
    made = book(branch, wish(make_room(branch), wall(3, 10), wall(3, 11))).id
    db.session.rollback()

    def release() -> int:
        with clock.fixed_at(at(3, 10, 20)):
            return transaction.run(lambda: presence.release_no_shows(
                db.session.get_one(Branch, polanco), MARIANA, at(3, 10, 20)))

    assert sum(at_once(committed_app, release, release)) == 1
    assert db.session.get_one(Booking, made).state == "no_show"


def test_a_charge_that_is_given_up_while_a_draft_takes_it_is_corrected_or_gone(
    committed_app, polanco, monkeypatch
) -> None:
    branch = db.session.get_one(Branch, polanco)
    client = make_client(branch)
    make_contract(client)
    made = book(branch, wish(make_room(branch), wall(3, 10), wall(3, 12), client), at(2, 11)).id
    db.session.rollback()
    read, insert = Event(), drafting._insert

    def slowly(*args):
        read.set()
        time.sleep(0.4)
        insert(*args)

    def draft() -> None:
        cycle.draft_period(polanco, "2027-01", MARIANA, at(1, month=1, year=2027))

    def give_up() -> None:
        read.wait(10)
        with clock.fixed_at(at(2, 12)):
            transaction.run(lambda: changing.cancel(
                db.session.get_one(Branch, polanco), db.session.get_one(Booking, made), MARIANA, at(2, 12), waive=True))

    monkeypatch.setattr(drafting, "_insert", slowly)
    results = at_once(committed_app, draft, give_up)
    assert results == [None, None]
    rows = list(db.session.scalars(sa.select(PendingCharge)))
    assert [row for row in rows if row.billed and row.dropped_at] == []
    assert sum(row.unit_price for row in rows if row.dropped_at is None) == 0
