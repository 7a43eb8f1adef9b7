"""Prices by the hour as bookings keep them: each part at its own, hours first, what was agreed stays."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fastoffice.bookings.errors import BookingRefused
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.service import attending
from fastoffice.bookings.service import resources as rooms
from fastoffice.bookings.service.resources import ResourceData
from fastoffice.bookings.service.room_rates import RateData
from fastoffice.charges.models import PendingCharge
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_branch
from tests.factories.rooms import RATE, WEEKDAYS, book, make_room, wall, wish

EVENING = RateData("all", "", 45_000, "01234", 18 * 60, 22 * 60)
LATE = {day: [["08:00", "22:00"]] for day in WEEKDAYS}


def test_a_meeting_into_the_evening_is_charged_in_parts_and_keeps_its_price(app) -> None:
    branch = make_branch("PLC")
    room, guemes = make_room(branch, opening=LATE, rates=(EVENING,)), make_client(branch)
    make_contract(guemes, meeting_minutes=90)
    made = book(branch, wish(room, wall(3, 16), wall(3, 20), guemes))
    assert (made.included, made.subtotal, made.rate) == (90, 15_000 + 90_000, RATE)
    assert made.price_lines == [["17:30", 30, RATE, 15_000], ["18:00", 120, 45_000, 90_000]]
    data = ResourceData(room.name, capacity=8, opening=LATE, rate=99_900)
    within(branch, at(1), lambda row: rooms.save_resource(row, db.session.get_one(Resource, room.id), data, MARIANA))
    within(branch, at(3, 20, 1), lambda row: attending.attend(row.id, at(3, 20, 1)))
    assert db.session.get_one(Booking, made.id).charged == 105_000
    assert list(db.session.scalars(sa.select(PendingCharge.unit_price))) == [105_000]


def test_prices_that_nobody_could_tell_apart_are_refused(app) -> None:
    branch = make_branch("PLC")
    for wrong in ((EVENING, RateData("all", "", 1, "4", 21 * 60, 23 * 60)), (RateData("all", "", 1),),
                  (RateData("plan", "Oficina", 1), RateData("plan", "OFICINA", 2)), (RateData("plan", " ", 1),),
                  (RateData("all", "", -1, "0"),), (RateData("all", "", 1, "9"),), (RateData("all", "", 1, "0", 60, 60),)):
        with pytest.raises(BookingRefused):
            make_room(branch, rates=wrong)
    assert len(make_room(branch, rates=(EVENING, RateData("plan", "Oficina", 1), RateData("plan", "Oficina", 2, "5"))).rates) == 3
