"""Bookings, series, cancellations, approvals, holds, offers, who waits, guests who pay in time or late, clock and plan
changes in any order: every invariant holds after each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fastoffice import clock
from fastoffice.bookings import service
from fastoffice.bookings.models import Booking, BookingSpace, HoursEntry, Resource, WaitingEntry
from fastoffice.bookings.queries.hours import month_of, sums
from fastoffice.bookings.rules import states
from fastoffice.bookings.rules.recurrence import Recurrence
from fastoffice.bookings.service import changing, charging, prepaid, series, waiting
from fastoffice.bookings.service.resources import set_parts
from fastoffice.branches.models import Branch
from fastoffice.charges.models import PendingCharge
from fastoffice.charges.queries import of_origins
from fastoffice.contracts import queries as contracts
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from tests.factories.contracts import change_plan, make_client, make_contract
from tests.factories.money import MARIANA, within
from tests.factories.people import make_branch
from tests.factories.rooms import ALWAYS, make_room, wish

CODES = count()
TIJUANA = ZoneInfo("America/Tijuana")
BEFORE_THE_CHANGE = datetime(2026, 10, 28, 10, tzinfo=TIJUANA)  # clocks go back on November 1
PICK = st.integers(0, 40)


class Rooms(RuleBasedStateMachine):
    """Two rooms that make a third, a client with two contracts; time goes on with every step.

    What the client asks for in the second room is approved first; guests who pay rent any of them.
    """

    @initialize()
    def open_the_house(self) -> None:
        number = next(CODES)
        code = f"Y{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26]}{number // 26}"
        self.branch = make_branch(code, timezone="America/Tijuana")
        self.client = make_client(self.branch)
        self.contracts = [make_contract(self.client, meeting_minutes=minutes) for minutes in (120, 60)]
        values: dict[str, Any] = {"opening": ALWAYS, "open_on_holidays": True}
        self.rooms = [make_room(self.branch, buffer_after=after, for_guests=True, needs_approval=after > 0, **values)
                      for after in (0, 15, 0)]
        self.now = BEFORE_THE_CHANGE.astimezone(ZoneInfo("UTC"))
        self.attended: datetime | None = None
        whole, parts = self.rooms[2].id, [self.rooms[0].id, self.rooms[1].id]
        self.do(lambda row: set_parts(row, db.session.get_one(Resource, whole), parts, MARIANA, self.now))
        self.book_series(0, 5, "daily")
        self.book(1, 20, 3, ours=True)

    def do(self, work: Callable[[Branch], Any]) -> Any:
        """One unit; a refusal is a right answer too, and leaves nothing behind."""
        self.now += timedelta(minutes=25)
        try:
            return within(self.branch, self.now, work)
        except Refusal:
            db.session.rollback()
            return None

    def pick(self, number: int) -> Booking | None:
        query = sa.select(Booking).where(Booking.branch_id == self.branch.id).order_by(Booking.id)
        rows = list(db.session.scalars(query.execution_options(populate_existing=True)))
        return rows[number % len(rows)] if rows else None

    def wanted(self, room: int, hours: int, halves: int, ours: bool) -> service.Wish:
        today = clock.local(self.now, "America/Tijuana").replace(tzinfo=None, minute=0, second=0, microsecond=0)
        start = today + timedelta(hours=hours)
        return wish(self.rooms[room], start, start + timedelta(minutes=30 * halves), self.client if ours else None)

    @rule(room=st.integers(0, 2), hours=st.integers(0, 120), halves=st.integers(1, 8), ours=st.booleans())
    def book(self, room: int, hours: int, halves: int, ours: bool) -> None:
        wanted = self.wanted(room, hours, halves, ours)
        self.do(lambda row: service.book(row, wanted, MARIANA, self.now))

    @rule(room=st.integers(0, 2), hours=st.integers(0, 40), days=st.sampled_from(["daily", "weekly"]))
    def book_series(self, room: int, hours: int, days: str) -> None:
        wanted = self.wanted(room, hours, 3, ours=True)
        self.do(lambda row: service.book_series(row, wanted, Recurrence(days, count=4), MARIANA, self.now))

    @rule(room=st.integers(0, 2), hours=st.integers(0, 12), number=PICK)
    def hold_and_pay(self, room: int, hours: int, number: int) -> None:
        wanted = replace(self.wanted(room, hours, 2, ours=number % 2 == 0), guest_name="Laura")
        held = self.do(lambda row: service.hold(row, wanted, MARIANA, self.now))
        if held is not None and number % 3:
            self.do(lambda row: service.confirm_hold(row, db.session.get_one(Booking, held.id), MARIANA, self.now))

    @rule(room=st.integers(0, 2), hours=st.integers(1, 60), halves=st.integers(1, 4))
    def ask(self, room: int, hours: int, halves: int) -> None:
        """The client, in the portal."""
        wanted = replace(self.wanted(room, hours, halves, ours=True), origin="portal")
        self.do(lambda row: service.book(row, wanted, MARIANA, self.now))

    @rule(number=PICK)
    def approve(self, number: int) -> None:
        rows = [row for row in self.bookings() if row.state == states.PENDING]
        if rows:
            key = rows[number % len(rows)].id
            self.do(lambda row: service.approve(row, db.session.get_one(Booking, key), MARIANA, self.now))

    @rule(room=st.integers(0, 2), hours=st.integers(1, 60), late=st.booleans(), rival=st.booleans())
    def guest_pays(self, room: int, hours: int, late: bool, rival: bool) -> None:
        """In time, or when the hold is over; perhaps somebody took the room in between."""
        wanted = replace(self.wanted(room, hours, 2, ours=False), guest_name="Sofía", origin="guest")
        held = self.do(lambda row: service.hold(row, wanted, MARIANA, self.now))
        if held is None:
            return
        if late:
            self.time_goes_on(1)
            if rival:
                self.do(lambda row: service.book(row, replace(wanted, origin="staff"), MARIANA, self.now))
        else:
            self.now -= timedelta(minutes=20)
        key, taken = held.id, late and rival
        paid = self.do(lambda row: prepaid.confirm_paid(row, db.session.get_one(Booking, key), MARIANA, self.now))
        assert paid is not None or taken or hours <= 2, "a free room that is paid for is theirs"

    @rule(number=PICK, any_room=st.booleans())
    def wait_for(self, number: int, any_room: bool) -> None:
        """The client waits for a time that somebody has."""
        rows = [row for row in self.bookings() if row.state in states.ACTIVE and row.starts_at > self.now]
        if rows:
            wanted = replace(service.wish_of(rows[number % len(rows)]), client_id=self.client.id, contract_id=None,
                             origin="portal")
            self.do(lambda row: service.join_waiting(row, wanted, MARIANA, self.now, any_room=any_room))

    @rule(number=PICK, what=st.sampled_from(["take", "decline", "leave"]))
    def answer_offer(self, number: int, what: str) -> None:
        rows = [row for row in self.entries() if row.state in ("waiting", "offered")]
        rows.sort(key=lambda row: row.state)  # offers first
        if not rows:
            return
        key = rows[number % min(len(rows), 2)].id
        verbs: dict[str, Callable[[Branch, WaitingEntry], Any]] = {
            "take": lambda row, entry: service.accept_offer(row, entry, MARIANA, self.now),
            "decline": lambda row, entry: waiting.decline_offer(row, entry, MARIANA, self.now),
            "leave": lambda _row, entry: service.leave_waiting(entry, MARIANA)}
        self.do(lambda row: verbs[what](row, db.session.get_one(WaitingEntry, key)))

    @rule(number=PICK, room=st.integers(0, 2), hours=st.integers(-6, 30), halves=st.integers(1, 8))
    def move(self, number: int, room: int, hours: int, halves: int) -> None:
        found = self.pick(number)
        if found is None:
            return
        start = datetime.fromisoformat(found.local_start) + timedelta(hours=hours)
        wanted = replace(service.wish_of(found), resource_id=self.rooms[room].id, starts=start,
                         ends=start + timedelta(minutes=30 * halves))
        self.do(lambda row: changing.change(row, found, wanted, MARIANA, self.now))

    @rule(number=PICK, scope=st.sampled_from(series.SCOPES), waive=st.booleans())
    def cancel(self, number: int, scope: str, waive: bool) -> None:
        found = self.pick(number)
        if found is not None:
            self.do(lambda row: series.cancel(row, found, scope, MARIANA, self.now, waive=waive))

    @rule(number=PICK, scope=st.sampled_from(series.SCOPES), hours=st.integers(-3, 3))
    def move_series(self, number: int, scope: str, hours: int) -> None:
        found = self.pick(number)
        if found is None:
            return
        old = service.wish_of(found)
        wanted = replace(old, starts=old.starts + timedelta(hours=hours), ends=old.ends + timedelta(hours=hours))
        self.do(lambda row: series.change(row, found, wanted, scope, MARIANA, self.now))

    @rule(number=PICK, what=st.sampled_from(["come", "leave", "stay"]))
    def at_the_door(self, number: int, what: str) -> None:
        """What begins next, or is on."""
        rows = sorted((row for row in self.bookings() if row.ends_at > self.now), key=lambda row: row.starts_at)
        if not rows:
            return
        key = rows[number % min(len(rows), 2)].id
        verbs: dict[str, Callable[[Branch, Booking], Any]] = {
            "come": lambda row, found: service.check_in(row, found, MARIANA, self.now),
            "leave": lambda row, found: service.end_early(row, found, MARIANA, self.now),
            "stay": lambda row, found: service.extend(row, found, 30, MARIANA, self.now),
        }
        self.do(lambda row: verbs[what](row, db.session.get_one(Booking, key)))

    @rule(which=st.integers(0, 1), minutes=st.sampled_from([0, 60, 240]))
    def plan_changes(self, which: int, minutes: int) -> None:
        change_plan(self.contracts[which], minutes, self.now)
        self.attended = None

    @rule(number=PICK)
    def bill_one(self, number: int) -> None:
        """A draft takes a charge."""
        query = sa.select(PendingCharge).where(
            PendingCharge.client_id == self.client.id, ~PendingCharge.billed, PendingCharge.dropped_at.is_(None))
        rows = list(db.session.scalars(query.order_by(PendingCharge.id)))
        if rows:
            self.do(lambda _row: setattr(rows[number % len(rows)], "billed", True))

    @rule(hours=st.sampled_from([1, 5, 26, 80]))
    def time_goes_on(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.attend()

    def attend(self) -> None:
        """The minute, once for all the invariants that ask after it."""
        if self.attended != self.now:
            within(self.branch, self.now, lambda row: service.attending.attend(row.id, self.now))
            self.attended = self.now

    @invariant()
    def nobody_shares_a_room(self) -> None:
        if not hasattr(self, "rooms"):
            return
        one, other = sa.orm.aliased(BookingSpace), sa.orm.aliased(BookingSpace)
        clash = sa.select(one.id).join(other, sa.and_(
            other.resource_id == one.resource_id, other.id > one.id, other.starts_at < one.ends_at,
            other.ends_at > one.starts_at)).where(one.active, other.active)
        assert db.session.scalars(clash).all() == []
        keeping = sa.select(Booking.state).join(BookingSpace, BookingSpace.booking_id == Booking.id).where(
            BookingSpace.active, Booking.branch_id == self.branch.id)
        assert set(db.session.scalars(keeping)) <= {*states.ACTIVE, states.DONE}

    @invariant()
    def hours_are_those_of_the_bookings(self) -> None:
        if not hasattr(self, "rooms"):
            return
        balance = sa.select(sa.func.sum(HoursEntry.minutes)).where(HoursEntry.branch_id == self.branch.id)
        months = db.session.scalars(balance.group_by(HoursEntry.contract_id, HoursEntry.month)).all()
        assert all(left >= 0 for left in months), months
        taken = dict(db.session.execute(sa.select(HoursEntry.booking_id, sa.func.sum(HoursEntry.minutes)).where(
            HoursEntry.branch_id == self.branch.id, HoursEntry.booking_id.is_not(None)).group_by(
            HoursEntry.booking_id)).all())
        for row in self.bookings():
            assert row.hours_kept == -taken.get(row.id, 0), row.id
        held = sa.select(HoursEntry.booking_id, HoursEntry.month, Booking.local_start).join(
            Booking, Booking.id == HoursEntry.booking_id).where(HoursEntry.branch_id == self.branch.id).group_by(
            HoursEntry.booking_id, HoursEntry.month, Booking.local_start).having(sa.func.sum(HoursEntry.minutes) != 0)
        for key, month, start in db.session.execute(held):
            assert start.startswith(month), key  # taken on its own day, given back where it was taken

    @invariant()
    def a_month_that_is_not_over_gives_what_its_plan_gives(self) -> None:
        if not hasattr(self, "rooms"):
            return
        today = clock.local_date(self.now, "America/Tijuana")
        for row in contracts.plans([each.id for each in self.contracts]):
            noted = sa.select(HoursEntry.month).where(
                HoursEntry.contract_id == row.id, HoursEntry.month >= month_of(today)).distinct()
            for month in db.session.scalars(noted).all():
                kinds = sums([row.id], month)[row.id]
                granted = kinds.get("granted", 0) + kinds.get("lowered", 0)
                used = -kinds.get("used", 0) - kinds.get("given_back", 0)
                assert granted == max(contracts.plan_in(row, month), used), (row, month, kinds)

    @invariant()
    def charges_are_those_of_the_bookings(self) -> None:
        if not hasattr(self, "rooms"):
            return
        self.attend()
        standing: Counter[str] = Counter()
        for charge in of_origins(self.branch.id, charging.ORIGIN, date.min):
            if charge.client_id == self.client.id and (charge.billed or charge.dropped_at is None):
                standing[charge.origin.partition(".")[0]] += charge.unit_price  # all parts of one booking
        for row in self.bookings():
            assert standing[charging.origin_of(row)] == row.charged == charging.due_amount(row, self.now), row.id
            assert row.included + (row.subtotal * 60 // 30_000) == row.minutes or row.state in (
                states.HELD, states.RELEASED)

    @invariant()
    def what_is_booked_or_offered_has_its_room(self) -> None:
        """After the minute: what is booked has a room, nothing is held too long, who has an offer has a hold."""
        if not hasattr(self, "rooms"):
            return
        self.attend()
        rows = {row.id: row for row in self.bookings()}
        having = set(db.session.scalars(sa.select(BookingSpace.booking_id).where(BookingSpace.active)))
        for row in rows.values():
            assert row.state not in states.ACTIVE or row.id in having, row.id
            if row.state == states.HELD:
                assert row.hold_until is not None, row.id
                assert (row.hold_until > self.now, row.hours_kept, row.charged) == (True, 0, 0), row.id
        for entry in self.entries():
            if entry.state == "offered":
                assert rows[entry.booking_id].state == states.HELD, entry.id
            elif entry.state == "taken":
                assert rows[entry.booking_id].state not in (states.HELD, states.RELEASED), entry.id
            elif entry.state == "waiting":
                assert entry.starts_at > self.now, entry.id

    def entries(self) -> list[WaitingEntry]:
        query = sa.select(WaitingEntry).where(WaitingEntry.branch_id == self.branch.id).order_by(WaitingEntry.id)
        return list(db.session.scalars(query.execution_options(populate_existing=True)))

    def bookings(self) -> list[Booking]:
        query = sa.select(Booking).where(Booking.branch_id == self.branch.id)
        return list(db.session.scalars(query.execution_options(populate_existing=True)))


def test_bookings_in_any_order_keep_every_invariant(app) -> None:
    run_state_machine_as_test(Rooms, settings=settings(
        max_examples=8, stateful_step_count=40, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck)), _min_steps=30)
