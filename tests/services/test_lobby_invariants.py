"""The check of the books looks at hours, charges, rooms and mail too: whatever is broken there is told in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask_babel import force_locale

from fastoffice import clock
from fastoffice.billing import faults
from fastoffice.billing.service.verifying import verify
from fastoffice.bookings import overlap
from fastoffice.bookings.models import Booking, BookingSpace, HoursEntry
from fastoffice.bookings.service import changing
from fastoffice.charges.models import PendingCharge
from fastoffice.charges.service import drop_charge
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailItem, MailRequest
from fastoffice.mailroom.service import answering, entering, storing
from tests.factories.contracts import make_client, make_contract
from tests.factories.mail import make_item, make_policy, make_request
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_branch
from tests.factories.rooms import attend, book, do, make_room, wall, wish

TODAY = at(20)


class House:
    """A client with an hour of rooms a month who booked two, a parcel that lay here too long, and its paper sent on."""

    def __init__(self) -> None:
        self.branch = make_branch("PLC")
        self.client, self.other = make_client(self.branch), make_client(self.branch)
        self.contract = make_contract(self.client, meeting_minutes=60)
        self.room = make_room(self.branch, "Sala Juárez")
        self.booking = book(self.branch, wish(self.room, wall(21, 10), wall(21, 12), self.client), at(18))
        self.next = book(self.branch, wish(self.room, wall(21, 12), wall(21, 13), self.client), at(18))
        self.cancelled = book(self.branch, wish(self.room, wall(22, 10), wall(22, 11), self.client), at(18))
        do(self.branch, at(18), changing.cancel, self.cancelled)
        attend(self.branch, TODAY)
        self.mail()

    def mail(self) -> None:
        with clock.fixed_at(at(1)):
            make_policy(self.branch, free_days=3, fee_per_day=1_000, price_scan=0, price_forward=4_000)
            self.piece = make_item(self.branch, client=self.client)
            self.sent = make_item(self.branch, client=self.client)
        with clock.fixed_at(TODAY):
            request = make_request(self.sent, "forward", price=4_000)
            key, piece = request.id, self.piece.id
            within(self.branch, TODAY, lambda row: answering.complete(row, key, "Estafeta 12", MARIANA, TODAY))
            within(self.branch, TODAY, lambda row: storing.charge(
                row, db.session.get_one(MailItem, piece), date(2026, 12, 19), "test", MARIANA, TODAY))
            self.request = request


def hours(house: House, kind: str, minutes: int, **values: Any) -> None:
    db.session.execute(sa.insert(HoursEntry).values(
        branch_id=house.branch.id, contract_id=house.contract.id, month="2026-12", kind=kind, minutes=minutes,
        source=f"by hand {kind}", noted_at=TODAY, noted_by="nobody", **values))


def set_booking(house: House, **values: Any) -> None:
    db.session.execute(sa.update(Booking).where(Booking.id == house.booking.id).values(**values))


def set_charge(origin: str, **values: Any) -> None:
    found = db.session.execute(sa.update(PendingCharge).where(PendingCharge.origin.startswith(origin)).values(**values))
    assert found.rowcount


def push_together(house: House) -> None:
    for statement in overlap.drop_statements(db.engine.dialect.name):
        db.session.connection().exec_driver_sql(statement)
    db.session.execute(sa.update(BookingSpace).where(BookingSpace.booking_id == house.next.id).values(
        starts_at=house.next.starts_at - timedelta(minutes=30)))


def spaces(booking: Booking, active: bool) -> None:
    db.session.execute(sa.update(BookingSpace).where(BookingSpace.booking_id == booking.id).values(active=active))


BREAKS: dict[str, tuple[Callable[[House], None], str]] = {
    "minutes that no booking used": (
        lambda house: hours(house, "used", -30, booking_id=house.next.id), "Las horas de la reserva"),
    "more hours than there were": (lambda house: hours(house, "used", -30), "dio más horas"),
    "hours that no plan gives": (lambda house: hours(house, "granted", 30), "no son las de su plan"),
    "a charge of another amount": (lambda _house: set_charge("booking:", unit_price=1), "Los cargos de la reserva"),
    "a charge that is gone": (
        lambda house: set_booking(house, charged=0, owed=0), "Los cargos de la reserva"),
    "an amount that nobody charged": (lambda house: set_booking(house, owed=99_900), "no está en ningún cargo"),
    "two meetings in one room": (push_together, "ocupada dos veces"),
    "a meeting without a room": (lambda house: spaces(house.next, active=False), "no tiene sala"),
    "a room for who cancelled": (lambda house: spaces(house.cancelled, active=True), "conserva su sala"),
    "more days than it lay here": (
        lambda house: set_charge(f"mail-storage:{house.piece.id}.", quantity_milli=90_000), "más días de almacenaje"),
    "storage of another's parcel": (
        lambda house: set_charge(f"mail-storage:{house.piece.id}.", client_id=house.other.id), "de quien no es"),
    "another price than was shown": (lambda _house: set_charge("mail-request:", unit_price=1), "no es lo que se cargó"),
    "work that was not charged": (
        lambda _house: db.session.execute(sa.delete(PendingCharge).where(PendingCharge.origin.startswith("mail-req"))),
        "no es lo que se cargó"),
}


@pytest.fixture
def house(app):
    return House()


def told(house: House) -> list[str]:
    with clock.fixed_at(TODAY):
        return verify(house.branch.id)


def test_what_is_broken_in_the_lobby_is_told_and_a_sound_house_says_nothing(app, house) -> None:
    assert told(house) == []
    for name, (break_it, sentence) in BREAKS.items():
        savepoint = db.session.begin_nested()
        break_it(house)
        found = told(house)
        with app.test_request_context(), force_locale("es"):
            said = [faults.fault_sentence(each) for each in found]
        savepoint.rollback()
        db.session.expire_all()
        assert any(sentence in each for each in said), (name, found, said)
    assert told(house) == []


def test_what_staff_waived_is_no_fault_and_what_is_late_by_a_minute_neither(house) -> None:
    key = db.session.scalar(sa.select(PendingCharge.id).where(PendingCharge.origin.startswith("booking:")))
    within(house.branch, TODAY, lambda _row: drop_charge(db.session.get_one(PendingCharge, key), MARIANA, TODAY))
    assert told(house) == []
    late = book(house.branch, wish(house.room, wall(21, 16), wall(21, 17), house.client), at(18))
    assert (late.charged, late.owed > 0) == (0, True)
    assert told(house) == []


@pytest.mark.parametrize("billed", [False, True])
def test_the_storage_of_a_parcel_that_was_anothers_is_given_back_and_charged_to_whose_it_is(house, billed) -> None:
    if billed:
        set_charge(f"mail-storage:{house.piece.id}.", billed=True)
        db.session.commit()
    piece, other = house.piece.id, house.other.id
    for _ in range(2):
        within(house.branch, TODAY, lambda row: entering.assign(row, piece, other, MARIANA, TODAY))
    within(house.branch, TODAY, lambda row: storing.charge(
        row, db.session.get_one(MailItem, piece), TODAY.date(), "h1", MARIANA, TODAY))
    rows = db.session.execute(sa.select(
        PendingCharge.client_id, sa.func.sum(PendingCharge.unit_price * PendingCharge.quantity_milli)).where(
        PendingCharge.origin.startswith(f"mail-storage:{piece}."), PendingCharge.dropped_at.is_(None)).group_by(
        PendingCharge.client_id))
    assert {row[0]: row[1] for row in rows if row[1]} == {other: 17 * 1_000 * 1_000}
    assert told(house) == []
    assert db.session.get_one(MailRequest, house.request.id).state == "done"
