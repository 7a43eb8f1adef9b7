"""Several hands on one room at the same moment, on really committed data, on each engine: nothing is promised twice,
nothing is paid back twice, and nobody's money stays without their room.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.billing.service.verifying import verify
from fastoffice.bookings import service as bookings
from fastoffice.bookings.models import Booking, BookingSpace, Resource, WaitingEntry
from fastoffice.bookings.service import attending, changing, waiting
from fastoffice.bookings.service import resources as rooms
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.guests import service
from fastoffice.guests.models import GuestBooking
from fastoffice.guests.service import settling
from fastoffice.payments.gateway import IntentState
from fastoffice.payments.models import CardRefund, Payment
from fastoffice.payments.service.online import ending
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, within
from tests.factories.online import an_account, an_attempt
from tests.factories.people import make_branch
from tests.factories.rooms import book, make_room, wall, wish
from tests.services.test_guests_at_once import PRICE, count, guest, placing
from tests.services.test_payments_at_once import at_once

Work = Callable[[Branch], Any]


@pytest.fixture
def polanco(committed_app) -> tuple[int, int]:
    """The branch and its room for guests."""
    branch = make_branch("PLC")
    an_account(branch)
    return branch.id, make_room(branch, "Sala Juárez", for_guests=True).id


def unit(branch_id: int, now: datetime, work: Work) -> Callable[[], Any]:
    def run() -> Any:
        with clock.fixed_at(now):
            return transaction.run(lambda: work(db.session.get_one(Branch, branch_id)))

    return run


def faults(results: list[Any]) -> list[Any]:
    """What is neither an answer nor a refusal in words."""
    return [each for each in results if isinstance(each, Exception) and not isinstance(each, Refusal)]


def paying_guest(branch_id: int, room_id: int) -> tuple[int, Callable[[datetime], object]]:
    """Sofía holds the room; what the processor tells when she pays."""
    guest_id = placing(branch_id, guest(room_id))()
    row = db.session.get_one(GuestBooking, guest_id)
    attempt = an_attempt(db.session.get_one(Branch, branch_id), db.session.get_one(Invoice, row.invoice_id), at(1))
    attempt_id, key = attempt.id, attempt.key
    db.session.rollback()

    def told(now: datetime) -> object:
        return ending.book(attempt_id, IntentState(
            f"pi_{key}", "succeeded", PRICE, PRICE, "MXN", now, "card", "Visa ·· 4242", key, ""), now)

    return guest_id, told


def test_a_guest_and_reception_who_cancel_at_once_give_the_money_back_once(committed_app, polanco) -> None:
    branch_id, room_id = polanco
    guest_id, told = paying_guest(branch_id, room_id)
    unit(branch_id, at(1), lambda _row: told(at(1)))()
    booking_id, now = db.session.get_one(GuestBooking, guest_id).booking_id, at(1, 11)
    db.session.rollback()
    results = at_once(committed_app, *[
        unit(branch_id, now, lambda row: service.cancel(row, guest_id, MARIANA, now, expected=PRICE).state)] * 2, *[
        unit(branch_id, now, lambda row: changing.cancel(
            row, db.session.get_one(Booking, booking_id), MARIANA, now, waive=True).state)], *[
        unit(branch_id, now, lambda _row: settling.settle(guest_id, now))] * 2)
    unit(branch_id, now, lambda _row: settling.settle(guest_id, now))()
    assert faults(results) == []
    row = db.session.get_one(GuestBooking, guest_id)
    assert (row.state, row.booking.state, count(Payment)) == ("cancelled", "cancelled", 1)
    assert [each.amount for each in db.session.scalars(sa.select(CardRefund))] == [PRICE]
    assert verify(branch_id) == []


def test_a_guest_who_gives_up_the_hold_as_the_money_comes_has_the_room_or_the_money(committed_app, polanco) -> None:
    branch_id, room_id = polanco
    guest_id, told = paying_guest(branch_id, room_id)
    now = at(1, 10, 3)
    results = at_once(
        committed_app, unit(branch_id, now, lambda _row: told(now)),
        unit(branch_id, now, lambda row: service.cancel(row, guest_id, MARIANA, now, expected=0).state),
        unit(branch_id, now, lambda _row: settling.settle(guest_id, now)),
        unit(branch_id, now, lambda _row: attending.attend(branch_id, now)))
    for _minute in range(2):
        unit(branch_id, now, lambda _row: settling.settle(guest_id, now))()
    assert faults(results) == []
    row = db.session.get_one(GuestBooking, guest_id)
    assert (row.state, row.booking.state, count(CardRefund)) in {("booked", "confirmed", 0), ("lost", "cancelled", 1)}
    assert verify(branch_id) == []


def test_a_room_that_is_closed_as_somebody_books_it_is_refused_or_said_to_who_closes_it(committed_app, polanco) -> None:
    branch_id, room_id = polanco
    now = at(1)

    def close(row: Branch) -> int:
        room = db.session.get_one(Resource, room_id)
        return len(rooms.add_blackout(row, room, wall(3, 8), wall(3, 20), "Pintura", MARIANA)[1])

    results = at_once(
        committed_app, unit(branch_id, now, close), placing(branch_id, guest(room_id)),
        unit(branch_id, now, lambda row: bookings.book(row, wish(room_id, wall(3, 9), wall(3, 10)), MARIANA, now).state))
    assert faults(results) == []
    made = [each for each in results[1:] if not isinstance(each, Refusal)]
    assert results[0] == len(made), "who closes it hears of each booking that is in it"


def test_what_becomes_free_is_held_for_one_of_two_whoever_offers_it_and_is_theirs_or_nobodys(committed_app, polanco) -> None:
    branch_id, room_id = polanco
    branch = db.session.get_one(Branch, branch_id)
    taken = book(branch, wish(room_id, wall(3, 9), wall(3, 10))).id
    entries = []
    for name in ("Güemes", "Iturbe"):
        client = make_client(branch, name)
        make_contract(client)
        wanted = wish(room_id, wall(3, 9), wall(3, 10), client)
        entries.append(within(branch, at(1), lambda row, wanted=wanted: bookings.join_waiting(row, wanted, MARIANA, at(1))).id)
    unit(branch_id, at(1), lambda row: changing.cancel(row, db.session.get_one(Booking, taken), MARIANA, at(1)).state)()
    db.session.rollback()

    def act(verb: Callable[..., Any], place: int) -> Work:
        return lambda row: verb(row, db.session.get_one(WaitingEntry, entries[place]), MARIANA, at(1)) and None

    offered = at_once(committed_app, *[unit(branch_id, at(1), work) for work in (
        act(waiting.offer_now, 0), act(waiting.offer_now, 1), lambda row: attending.attend(row.id, at(1)),
        lambda row: attending.attend(row.id, at(1)))])
    assert faults(offered) == []
    assert db.session.scalar(sa.select(sa.func.count()).where(BookingSpace.active)) == 1
    held = db.session.scalars(sa.select(WaitingEntry).where(WaitingEntry.state == "offered")).one()
    place, over = entries.index(held.id), held.offer_until
    db.session.rollback()
    answered = at_once(committed_app, *[unit(branch_id, over, work) for work in (
        act(waiting.accept_offer, place), act(waiting.decline_offer, place), act(waiting.accept_offer, place),
        lambda row: attending.attend(row.id, over))])
    unit(branch_id, over, lambda row: attending.attend(row.id, over))()
    assert faults(answered) == []
    entry = db.session.get_one(WaitingEntry, entries[place], populate_existing=True)
    state = db.session.get_one(Booking, entry.booking_id).state
    assert (entry.state, state) in {("taken", "confirmed"), ("ended", "cancelled"), ("ended", "released")}
