"""An outside guest who rents a room of a branch and pays by card first; committed as the product does it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice import audit, clock, schedule
from fastoffice.billing.models import Invoice
from fastoffice.bookings import duties as booking_duties
from fastoffice.bookings.models import Resource
from fastoffice.extensions import db
from fastoffice.guests import duties as guest_duties
from fastoffice.guests import service
from fastoffice.guests.models import GuestBooking
from fastoffice.guests.service import Order, settling
from fastoffice.payments import duties as payment_duties
from fastoffice.payments.models import Payment
from fastoffice.payments.service.online import beginning, reading
from tests.factories.money import at, within
from tests.factories.online import SECRET, an_account
from tests.factories.people import make_branch
from tests.factories.rooms import make_room, wall

PRICE = 69_600  # two hours at 300.00 with IVA
GUEST = audit.Actor("guest")


class Guesthouse:
    """Polanco rents the Sala Juárez to outside guests; Sofía wants it on December 3 from 16:00 to 18:00."""

    def __init__(self, app: Any, stripe: Any, code: str = "PLC", **room: Any) -> None:
        self.app, self.stripe = app, stripe
        self.branch = make_branch(code, phone="55 5280 0000")
        self.branch_id = self.branch.id
        self.room_id = make_room(self.branch, "Sala Juárez", **{"for_guests": True, **room}).id
        account = an_account(self.branch)
        self._address = f"/webhooks/stripe/{account.public_id}"
        stripe.webhook_to(self._hear, SECRET)

    def _hear(self, body: bytes, signature: str) -> int:
        return int(self.app.test_client().post(
            self._address, data=body, headers={"Stripe-Signature": signature}).status_code)

    @property
    def room(self) -> Resource:
        return db.session.get_one(Resource, self.room_id)

    def order(self, **changes: Any) -> Order:
        """Sofía's."""
        return replace(Order(
            self.room_id, wall(3, 16), wall(3, 18), 4, "Sofía Núñez", "sofia@nunez.example", "55 1234 5678",
            request_key="sofia", address="10.0.0.1"), **changes)

    def hold(self, now: datetime | None = None, **changes: Any) -> int:
        """Held with its invoice; the guest's booking id."""
        moment, wanted = now or at(1), self.order(**changes)
        return int(within(self.branch, moment, lambda row: service.place(row, wanted, moment).id))

    def to_pay(self, guest_id: int, now: datetime) -> str:
        """The guest stands on the card page; its session."""
        row = self.row(guest_id)
        ids = (row.branch_id, row.client_id, [row.invoice_id])
        with self.stripe.at(now):
            beginning.begin(*ids, "card", GUEST, "http://testserver/booking/return")
        return str(self.stripe.sessions[-1]["id"])

    def pay(self, session: str, now: datetime, **how: Any) -> None:
        with self.stripe.at(now):
            self.stripe.pay(session, **how)

    def hear(self, now: datetime, **how: Any) -> None:
        """Events arrive, a worker reads them."""
        with self.stripe.at(now):
            assert {status for _type, status in self.stripe.deliver(**how)} <= {200}
            reading.read_all(now)

    def tick(self, now: datetime) -> None:
        """The minute, as far as guests are concerned; the night's comparison and the papers left out."""
        with self.stripe.at(now):
            for duties in (payment_duties, guest_duties, booking_duties):
                for unit in duties.due_units(now):
                    if "poll_account" not in unit.job:
                        assert schedule.carry_out(unit) is None, unit
                db.session.rollback()

    def settled(self, now: datetime) -> None:
        """The minute, and the one in which a refund that no worker asked for yet is asked for."""
        self.tick(now)
        self.tick(now + timedelta(minutes=3))

    def booked(self, now: datetime | None = None, **changes: Any) -> int:
        """Held and paid two minutes later."""
        moment = now or at(1)
        guest_id = self.hold(moment, **changes)
        session = self.to_pay(guest_id, moment)
        self.pay(session, moment + timedelta(minutes=2))
        self.hear(moment + timedelta(minutes=2))
        return guest_id

    def cancel(self, guest_id: int, now: datetime, expected: int | None = None) -> None:
        with clock.fixed_at(now):
            within(self.branch, now, lambda row: service.cancel(row, guest_id, GUEST, now, expected=expected))

    def settle(self, guest_id: int, now: datetime) -> str:
        return str(within(self.branch, now, lambda _row: settling.settle(guest_id, now)))

    def row(self, guest_id: int) -> GuestBooking:
        db.session.expire_all()
        return db.session.get_one(GuestBooking, guest_id)

    @property
    def rows(self) -> list[GuestBooking]:
        db.session.expire_all()
        return list(db.session.scalars(sa.select(GuestBooking).filter_by(branch_id=self.branch_id).order_by(
            GuestBooking.id)))

    @property
    def documents(self) -> list[tuple[str, int, int]]:
        """(status, total, paid) of the branch's invoices."""
        db.session.expire_all()
        return [(row.status, row.total, row.paid) for row in db.session.scalars(
            sa.select(Invoice).filter_by(branch_id=self.branch_id).order_by(Invoice.id))]

    @property
    def payments(self) -> list[Payment]:
        db.session.expire_all()
        return list(db.session.scalars(sa.select(Payment).filter_by(branch_id=self.branch_id)))

