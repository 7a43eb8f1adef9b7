"""Guests who press at the same moment, on really committed data, on each engine: one room, one bill, no cent astray."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.billing.service.verifying import verify
from fastoffice.bookings import service as bookings
from fastoffice.bookings.errors import SlotTaken
from fastoffice.bookings.models import Booking, BookingSpace
from fastoffice.bookings.service import attending
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.guests import service
from fastoffice.guests.models import GuestBooking
from fastoffice.guests.service import Order, settling
from fastoffice.notifications.models import Notice
from fastoffice.payments.gateway import IntentState
from fastoffice.payments.models import CardRefund, Payment
from fastoffice.payments.service.online import ending
from tests.factories.money import MARIANA, at
from tests.factories.online import an_account, an_attempt
from tests.factories.people import make_branch
from tests.factories.rooms import make_room, wall, wish
from tests.services.test_payments_at_once import at_once

PRICE = 69_600


@pytest.fixture
def polanco(committed_app) -> tuple[int, int]:
    """The branch and its room for guests."""
    branch = make_branch("PLC")
    an_account(branch)
    return branch.id, make_room(branch, "Sala Juárez", for_guests=True).id


def guest(room_id: int, number: int = 0) -> Order:
    return Order(room_id, wall(3, 16), wall(3, 18), 4, f"Sofía {number}", f"sofia{number}@nunez.example", "55 1234 5678",
                 request_key=f"{number:032}", address=f"10.0.0.{number}")


def placing(branch_id: int, order: Order) -> Callable[[], int]:
    def work() -> int:
        with clock.fixed_at(at(1)):
            return transaction.run(lambda: service.place(db.session.get_one(Branch, branch_id), order, at(1)).id)

    return work


def count(model: type) -> int:
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def test_twenty_guests_and_one_slot_are_one_hold_and_nineteen_kind_answers(committed_app, polanco) -> None:
    branch_id, room_id = polanco
    db.session.rollback()
    results = at_once(committed_app, *[placing(branch_id, guest(room_id, number)) for number in range(20)])
    made = [each for each in results if isinstance(each, int)]
    assert (len(made), sum(isinstance(each, SlotTaken) for each in results)) == (1, 19), results
    assert (count(BookingSpace), count(Invoice), count(Client), count(GuestBooking)) == (1, 1, 1, 1)
    assert verify(branch_id) == []


def test_a_form_pressed_five_times_at_once_is_one_booking(committed_app, polanco) -> None:
    branch_id, room_id = polanco
    db.session.rollback()
    results = at_once(committed_app, *[placing(branch_id, guest(room_id))] * 5)
    assert len(set(results)) == 1, results
    assert (count(Booking), count(Invoice)) == (1, 1)


@pytest.mark.parametrize("rival", [False, True])
def test_money_and_the_end_of_the_hold_at_the_same_moment_lose_nothing(committed_app, polanco, rival: bool) -> None:
    """The webhook, the minute and (perhaps) reception that books the same hours for somebody, all at 10:15."""
    branch_id, room_id = polanco
    guest_id, now = placing(branch_id, guest(room_id))(), at(1, 10, 15)
    row = db.session.get_one(GuestBooking, guest_id)
    attempt = an_attempt(db.session.get_one(Branch, branch_id), db.session.get_one(Invoice, row.invoice_id), at(1))
    told = IntentState(f"pi_{attempt.key}", "succeeded", PRICE, PRICE, "MXN", now, "card", "Visa ·· 4242", attempt.key, "")
    attempt_id = attempt.id
    db.session.rollback()

    def at_ten_fifteen(work: Callable[[], object]) -> Callable[[], object]:
        def run() -> object:
            with clock.fixed_at(now):
                return transaction.run(work)

        return run

    works: list[Callable[[], object]] = [
        lambda: ending.book(attempt_id, told, now), lambda: attending.attend(branch_id, now),
        lambda: settling.settle(guest_id, now)]
    if rival:
        wanted = replace(wish(room_id, wall(3, 17), wall(3, 19)), guest_name="Otro")
        works.append(lambda: bookings.book(db.session.get_one(Branch, branch_id), wanted, MARIANA, now).id)
    at_once(committed_app, *map(at_ten_fifteen, works))
    at_ten_fifteen(lambda: settling.settle(guest_id, now))()
    db.session.rollback()
    row = db.session.get_one(GuestBooking, guest_id)
    assert count(Payment) == 1
    if row.state == "booked":
        assert (row.booking.state, row.invoice.status, count(CardRefund)) == ("confirmed", "paid", 0)
        assert db.session.scalar(sa.select(sa.func.count()).where(Notice.kind == "guest_booked")) == 1
    else:
        assert rival, "nobody else wanted the room"
        assert (row.state, row.booking.state, count(CardRefund)) == ("lost", "released", 1)
    assert verify(branch_id) == []
