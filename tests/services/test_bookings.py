"""Booking a room: what fits, what it costs, what a cancellation gives back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fastoffice import clock
from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.billing.service import cycle
from fastoffice.billing.service.verifying import verify
from fastoffice.bookings import overlap, service
from fastoffice.bookings.errors import BookingRefused, NoLongerPossible, PriceChanged, SlotTaken
from fastoffice.bookings.models import Booking, BookingSpace
from fastoffice.bookings.queries import hours
from fastoffice.bookings.service import changing
from fastoffice.charges.queries import of_origin, pending_charges
from fastoffice.charges.service import drop_charge
from fastoffice.extensions import db
from tests.factories.contracts import change_plan, make_client, make_contract
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_branch
from tests.factories.rooms import ALWAYS, attend, book, do, make_room, set_policy, wall, wish


@pytest.fixture
def branch(app):
    return make_branch("PLC")


@pytest.fixture
def room(branch):
    return make_room(branch, "Sala Juárez")


def a_client(branch, minutes=120, **values):
    client = make_client(branch)
    make_contract(client, meeting_minutes=minutes, **values)
    return client


def left(client, day=wall(3, 0), today=wall(1, 0)):
    return sum(row.left for row in hours.hours(client.id, day.date(), today.date()))


def quote(branch, wanted, now=None, **values):
    return service.quote(branch, wanted, now or at(1), **values)


def test_ten_to_eleven_and_eleven_to_twelve_both_fit_and_what_overlaps_does_not(branch, room) -> None:
    book(branch, wish(room, wall(3, 10), wall(3, 11)))
    book(branch, wish(room, wall(3, 11), wall(3, 12)))
    with pytest.raises(SlotTaken) as refused:
        book(branch, wish(room, wall(3, 10, 30), wall(3, 11, 30)))
    assert refused.value.alternatives


def test_buffers_on_both_sides_keep_others_away(branch) -> None:
    room = make_room(branch, buffer_before=10, buffer_after=20)
    book(branch, wish(room, wall(3, 10), wall(3, 11)))
    for start in (wall(3, 11), wall(3, 9)):
        with pytest.raises(SlotTaken):
            book(branch, wish(room, start, start + timedelta(hours=1)))
    book(branch, wish(room, wall(3, 11, 30), wall(3, 12, 30)))
    book(branch, wish(room, wall(3, 8, 30), wall(3, 9, 30)))


def test_saving_without_changing_anything_saves(branch, room) -> None:
    client = a_client(branch)
    booking = book(branch, wish(room, wall(3, 10), wall(3, 12), client))
    before = left(client)
    do(branch, at(1, 11), lambda row, found, actor, now: changing.change(
        row, found, service.wish_of(found), actor, now), booking)
    assert (booking.sequence, left(client), booking.included) == (0, before, 120)
    assert len(booking.spaces) == 1


def test_a_longer_meeting_may_overlap_what_it_was(branch, room) -> None:
    booking = book(branch, wish(room, wall(3, 10), wall(3, 11)))
    do(branch, at(1, 11), lambda row, found, actor, now: changing.change(
        row, found, replace(service.wish_of(found), ends=wall(3, 12)), actor, now), booking)
    assert booking.local_end == "2026-12-03T12:00"
    assert booking.sequence == 1


def test_a_cancelled_booking_frees_the_slot_and_its_hours_go_back_to_their_month(branch, room) -> None:
    client = a_client(branch)
    booking = book(branch, wish(room, wall(28, 10), wall(28, 12), client))
    assert left(client) == 0
    do(branch, at(2), changing.cancel, booking)
    assert left(client) == 120
    assert left(client, wall(4, 0, month=1, year=2027)) == 120
    book(branch, wish(room, wall(28, 10), wall(28, 12), client))


def test_an_unpaid_hold_expires_and_somebody_else_gets_the_room(branch, room) -> None:
    guest = wish(room, wall(3, 10), wall(3, 11), guest_name="Laura")
    held = within(branch, at(1), lambda row: service.hold(row, guest, MARIANA, at(1)))
    with pytest.raises(SlotTaken):
        book(branch, wish(room, wall(3, 10), wall(3, 11)), at(1, 10, 14))
    book(branch, wish(room, wall(3, 10), wall(3, 11)), at(1, 10, 16))
    assert db.session.get_one(Booking, held.id).state == "released"
    with pytest.raises(NoLongerPossible):
        do(branch, at(1, 10, 17), service.confirm_hold, held)


def test_a_double_click_is_one_booking(branch, room) -> None:
    wanted = wish(room, wall(3, 10), wall(3, 11), request_key="one form")
    assert book(branch, wanted).id == book(branch, wanted).id


def test_any_free_room_with_two_rooms_takes_two_requests_and_refuses_the_third(branch, room) -> None:
    second = make_room(branch, "Sala Madero", capacity=12)

    def ask():
        return within(branch, at(1), lambda row: service.book_any(
            row, wish(0, wall(3, 16), wall(3, 17), people=6), "room", MARIANA, at(1)))

    assert [ask().resource_id, ask().resource_id] == [room.id, second.id]
    with pytest.raises(SlotTaken):
        ask()


def test_the_price_and_the_hours_left_are_shown_before_and_stand_in_ledger_and_invoice(branch, room) -> None:
    client = a_client(branch, minutes=60)
    wanted = wish(room, wall(3, 10), wall(3, 12), client)
    shown = quote(branch, wanted)
    assert (shown.left, shown.price.included, shown.price.overage) == (60, 60, 60)
    assert (shown.price.subtotal, shown.price.tax, shown.price.total) == (30_000, 4_800, 34_800)
    booking = book(branch, replace(wanted, shown=shown.shown))
    assert left(client) == shown.left_after == 0
    assert pending_charges(client.id) == []  # it can still be cancelled free
    attend(branch, at(2, 11))
    attend(branch, at(2, 12))
    [charge] = pending_charges(client.id)
    assert (charge.unit_price, charge.origin) == (30_000, f"booking:{booking.id}")
    assert "Sala Juárez" in charge.description
    assert "10:00" in charge.description
    cycle.draft_period(branch.id, "2027-01", MARIANA, at(1, month=1, year=2027))
    line = db.session.scalars(sa.select(InvoiceLine).where(InvoiceLine.charge_id == charge.id)).one()
    assert (line.subtotal, line.tax) == (shown.price.subtotal, shown.price.tax)
    assert db.session.get_one(Invoice, line.invoice_id).client_id == client.id


def test_another_price_than_the_one_shown_is_refused_with_the_new_one(branch, room) -> None:
    client = a_client(branch, minutes=60)
    wanted = wish(room, wall(3, 10), wall(3, 11), client)
    shown = quote(branch, wanted)
    book(branch, wish(room, wall(3, 12), wall(3, 13), client))  # meanwhile a colleague
    with pytest.raises(PriceChanged) as refused:
        book(branch, replace(wanted, shown=shown.shown))
    assert refused.value.quote.price.subtotal == 30_000


def test_a_late_cancellation_costs_what_the_policy_says_and_the_staff_may_waive_it(branch, room) -> None:
    set_policy(branch, late_fee_percent=50)
    client = a_client(branch, minutes=60)
    booking = book(branch, wish(room, wall(3, 10), wall(3, 12), client))
    waived = book(branch, wish(room, wall(3, 14), wall(3, 15), client))
    do(branch, at(3, 8), changing.cancel, booking)
    do(branch, at(3, 8), changing.cancel, waived, waive=True)
    assert (booking.owed, booking.hours_kept, waived.owed) == (15_000, 30, 0)
    assert [charge.unit_price for charge in pending_charges(client.id)] == [15_000]
    assert left(client) == 30


def test_what_is_billed_already_is_corrected_by_the_difference(branch, room) -> None:
    client = a_client(branch, minutes=0)
    booking = book(branch, wish(room, wall(3, 10), wall(3, 12), client), at(2, 11))
    [charge] = pending_charges(client.id)
    charge.billed = True
    db.session.commit()
    do(branch, at(2, 12), changing.cancel, booking, waive=True)
    assert [row.unit_price for row in of_origin(branch.id, f"booking:{booking.id}", client_id=client.id)] == [60_000, -60_000]


def test_a_charge_that_staff_waived_is_not_asked_for_again_when_the_booking_changes(branch, room) -> None:
    client = a_client(branch, minutes=0)
    booking = book(branch, wish(room, wall(3, 10), wall(3, 12), client), at(2, 11))
    [charge] = pending_charges(client.id)
    drop_charge(charge, MARIANA, at(2, 12))
    db.session.commit()
    do(branch, at(2, 12), changing.change, booking, wish(room, wall(3, 10), wall(3, 13), client))
    assert [row.unit_price for row in pending_charges(client.id)] == [30_000], "the third hour alone"
    do(branch, at(2, 12), changing.cancel, booking, waive=True)
    assert pending_charges(client.id) == [], "and nothing is given back that nobody paid"


def test_hours_of_this_month_used_up_do_not_touch_the_next(branch, room) -> None:
    client = a_client(branch, minutes=60)
    book(branch, wish(room, wall(3, 10), wall(3, 11), client))
    later = book(branch, wish(room, wall(5, 10, month=1, year=2027), wall(5, 11, month=1, year=2027), client))
    assert (later.included, later.subtotal) == (60, 0)


def test_two_contracts_of_one_company_add_up(branch, room) -> None:
    client = a_client(branch, minutes=60)
    make_contract(client, meeting_minutes=60)
    booking = book(branch, wish(room, wall(3, 10), wall(3, 12, 30), client))
    assert (booking.included, booking.subtotal) == (120, 15_000)
    assert [row.left for row in hours.hours(client.id, wall(3, 0).date(), wall(1, 0).date())] == [0, 0]


def test_a_plan_that_grows_gives_its_difference_at_once_and_one_that_shrinks_from_the_next_month(branch, room) -> None:
    client = make_client(branch)
    contract = make_contract(client, meeting_minutes=120)
    book(branch, wish(room, wall(3, 10), wall(3, 11), client))
    change_plan(contract, 180, at(1))
    assert left(client) == 120
    book(branch, wish(room, wall(3, 12), wall(3, 13), client))
    change_plan(contract, 30, at(1))
    assert left(client) == 60
    assert left(client, wall(4, 0, month=1, year=2027)) == 30


def test_unused_hours_end_with_their_month_once(branch, room) -> None:
    client = a_client(branch, minutes=120)
    book(branch, wish(room, wall(3, 10), wall(3, 11), client))
    for _ in range(2):
        attend(branch, at(1, 0, 30, month=1, year=2027))
    month = hours.hours(client.id, wall(3, 0).date(), wall(1, 0, month=1, year=2027).date())
    assert [(row.granted, row.used, row.expired, row.left) for row in month] == [(120, 60, 60, 0)]


def test_a_refusal_says_why_before_confirming(branch, room) -> None:
    for wanted, field in (
        (wish(room, wall(3, 21), wall(3, 22)), "starts"), (wish(room, wall(3, 10), wall(3, 10, 15)), "ends"),
        (wish(room, wall(3, 10, 10), wall(3, 11, 10)), "starts"), (wish(room, wall(3, 10), wall(3, 11), people=9), "people"),
        (wish(room, wall(5, 10), wall(5, 11)), "starts"), (wish(room, wall(3, 10), wall(3, 19)), "ends"),
        (wish(room, wall(3, 11), wall(3, 10)), "ends"), (wish(room, wall(25, 10), wall(25, 11)), "starts"),
    ):
        refusal = quote(branch, wanted).refusal
        assert isinstance(refusal, BookingRefused)
        assert refusal.field == field


def test_a_combined_room_and_its_parts_exclude_each_other(branch, room) -> None:
    from fastoffice.bookings.models import Resource
    from fastoffice.bookings.service.resources import set_parts

    other, whole = make_room(branch, "Sala Madero"), make_room(branch, "Juárez + Madero", capacity=20)
    within(branch, at(1), lambda row: set_parts(
        row, db.session.get_one(Resource, whole.id), [room.id, other.id], MARIANA, at(1)))
    book(branch, wish(room, wall(3, 10), wall(3, 11)))
    with pytest.raises(SlotTaken):
        book(branch, wish(whole, wall(3, 10, 30), wall(3, 12)))
    book(branch, wish(other, wall(3, 10), wall(3, 11)))
    book(branch, wish(whole, wall(3, 12), wall(3, 13)))
    with pytest.raises(SlotTaken):
        book(branch, wish(other, wall(3, 12), wall(3, 13)))


def test_the_database_itself_refuses_an_overlap_and_would_not_without_its_guard(branch, room) -> None:
    booking = book(branch, wish(room, wall(3, 10), wall(3, 11)))
    space = {"branch_id": branch.id, "booking_id": booking.id, "resource_id": room.id, "active": True,
             "starts_at": booking.starts_at + timedelta(minutes=30), "ends_at": booking.ends_at}
    with pytest.raises(IntegrityError) as refused, db.session.begin_nested():
        db.session.execute(sa.insert(BookingSpace), [space])
    assert overlap.is_overlap(refused.value)
    db.session.execute(sa.insert(BookingSpace), [{**space, "active": False}])
    for statement in overlap.drop_statements(db.engine.dialect.name):
        db.session.connection().exec_driver_sql(statement)
    db.session.execute(sa.insert(BookingSpace), [space])


def test_a_night_with_a_clock_change_is_billed_by_its_real_length(app) -> None:
    branch = make_branch("TIJ")
    room = make_room(branch, opening=ALWAYS)
    night = book(branch, wish(room, wall(31, 23, month=10), wall(1, 3, month=11)), at(1, month=10))
    assert night.minutes == 300  # 01:00–02:00 comes twice
    spring = wish(room, wall(14, 2, 30, month=3, year=2027), wall(14, 4, month=3, year=2027))
    refusal = quote(branch, spring, at(1, month=3, year=2027)).refusal
    assert refusal.field == "starts"
    assert "02:30" in str(refusal)


def test_what_is_over_can_be_forgiven_and_is_corrected_where_it_was_billed(branch, room) -> None:
    client = a_client(branch, minutes=60)
    came, missed = (book(branch, wish(room, wall(3, hour), wall(3, hour + 2), client), at(2, 8)) for hour in (9, 14))
    attend(branch, at(2, 18))
    charges = pending_charges(client.id)
    charges[0].billed = True
    db.session.commit()
    with pytest.raises(NoLongerPossible):
        do(branch, at(2, 19), changing.forgive, missed)
    do(branch, at(3, 9), service.check_in, came)
    attend(branch, at(3, 17))
    assert (came.state, missed.state, left(client)) == ("done", "no_show", 0)
    for row in (came, missed):
        for _ in range(2):
            do(branch, at(3, 18), changing.forgive, row, reason="Sin aire")
    assert (came.owed, came.hours_kept, missed.owed, left(client)) == (0, 0, 0, 60)
    assert [row.unit_price for row in pending_charges(client.id)] == [-30_000]
    with clock.fixed_at(at(3, 18)):
        assert verify(branch.id) == []
