"""Outside guests who pay by card first: held, paid, booked once; unpaid, late and cancelled without a cent astray."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from fastoffice import transaction
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import cancelling, credits
from fastoffice.billing.service.verifying import verify
from fastoffice.bookings import service as bookings
from fastoffice.bookings.errors import BookingRefused, SlotTaken
from fastoffice.bookings.models import BookingSpace
from fastoffice.bookings.service import changing
from fastoffice.clients.models import Client, ClientContact
from fastoffice.extensions import db
from fastoffice.guests import duties, outbox
from fastoffice.guests.errors import NotOnline, RefundChanged, TooManyHolds
from fastoffice.guests.service import tokens
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.payments.gateway import GatewayAway
from fastoffice.payments.models import CardAccount, CardRefund, ProviderDifference
from fastoffice.payments.service import PaymentSpec, record_payment
from fastoffice.payments.service.online import polling, syncing
from tests.factories.contracts import make_client, make_contract
from tests.factories.guests import PRICE, Guesthouse
from tests.factories.money import MARIANA, at, within
from tests.factories.rooms import do, set_policy, wall, wish

TAX_ID = "EEP150312H48"


@pytest.fixture
def house(app, stripe) -> Guesthouse:
    return Guesthouse(app, stripe)


def told(kind: str = "") -> list[str]:
    rows = db.session.scalars(sa.select(Notice.kind).order_by(Notice.id)).all()
    return [row for row in rows if not kind or row == kind]


def refunded() -> list[tuple[str, int]]:
    db.session.expire_all()
    return [(row.state, row.amount) for row in db.session.scalars(sa.select(CardRefund).order_by(CardRefund.id))]


def is_free(house: Guesthouse, now: Any) -> bool:
    """Whether a client's booking of the same time would go through; nothing stays of it."""
    return not db.session.scalars(sa.select(BookingSpace).where(BookingSpace.active)).all()


# ---- paid ----

def test_a_guest_pays_and_the_room_is_theirs_with_one_invoice_and_one_mail(house) -> None:
    guest = house.hold()
    row = house.row(guest)
    assert (row.state, row.booking.state, row.booking.hold_until) == ("paying", "held", at(1, 10, 15))
    assert house.documents == [("issued", PRICE, 0)]
    assert told() == [], "nobody is written to before they paid: the address may be anybody's"
    session = house.to_pay(guest, at(1))
    house.pay(session, at(1, 10, 4))
    house.hear(at(1, 10, 5))
    row = house.row(guest)
    assert (row.state, row.booking.state, row.booking.owed) == ("booked", "confirmed", 60_000)
    assert (row.booking.subtotal + row.booking.tax, row.payment_id) == (PRICE, house.payments[0].id)
    assert house.documents == [("paid", PRICE, PRICE)]
    assert sorted(told()) == ["guest_booked", "payment_receipt"]
    assert verify(house.branch_id) == []


def test_the_mail_brings_the_meeting_the_invoice_and_the_private_page(house) -> None:
    house.booked()
    [notice] = db.session.scalars(sa.select(Notice).filter_by(kind="guest_booked"))
    assert [each[2] for each in notice.documents] == ["ics.0", "invoice"]
    assert notice.context["total"] == "$696.00"
    assert "booking_link" not in notice.context, "the secret is not stored"
    assert "/booking/" in outbox.values([notice.id])[notice.id]["booking_link"]


@pytest.mark.parametrize("teller", ["page", "webhook", "minute", "night", "all"])
def test_it_is_booked_once_whoever_tells(house, teller: str) -> None:
    guest = house.hold()
    session = house.to_pay(guest, at(1))
    house.pay(session, at(1, 10, 4))
    tells = {
        "page": lambda: syncing.sync(attempt_of(house), at(1, 10, 5)), "webhook": lambda: house.hear(at(1, 10, 5)),
        "minute": lambda: house.tick(at(1, 10, 14)),
        "night": lambda: polling.poll(db.session.scalar(sa.select(CardAccount.id)), at(1, 10, 14))}
    with house.stripe.at(at(1, 10, 5)):
        for work in tells.values() if teller == "all" else [tells[teller]]:
            work()
    assert (house.row(guest).state, house.row(guest).booking.state) == ("booked", "confirmed")
    assert (house.documents, len(house.payments)) == ([("paid", PRICE, PRICE)], 1)
    assert told("guest_booked") == ["guest_booked"]
    assert verify(house.branch_id) == []


def attempt_of(house: Guesthouse) -> int:
    from fastoffice.payments.models import PayAttempt

    return int(db.session.scalars(sa.select(PayAttempt.id).order_by(PayAttempt.id.desc())).first())


def test_the_form_sent_twice_is_one_booking_one_invoice_one_page(house) -> None:
    assert house.hold() == house.hold(at(1, 10, 1))
    assert (len(house.rows), len(house.documents)) == (1, 1)
    first, second = house.to_pay(house.rows[0].id, at(1, 10, 1)), house.to_pay(house.rows[0].id, at(1, 10, 2))
    assert first == second


def test_the_price_that_is_paid_stays_though_the_rate_changes_meanwhile(house) -> None:
    guest = house.hold()
    within(house.branch, at(1), lambda _row: setattr(house.room, "rate", 90_000))
    session = house.to_pay(guest, at(1))
    house.pay(session, at(1, 10, 4))
    house.hear(at(1, 10, 5))
    assert (house.row(guest).booking.subtotal, house.documents) == (60_000, [("paid", PRICE, PRICE)])


def test_reception_takes_cash_from_a_guest_whose_card_is_declined_and_owes_it_when_they_cancel(house) -> None:
    guest = house.hold()
    row = house.row(guest)
    spec = PaymentSpec(client_id=row.client_id, method="cash", amount=PRICE, value_date=at(1).date(), currency="MXN",
                       wishes=((row.invoice_id, None),))
    within(house.branch, at(1, 10, 5), lambda branch: record_payment(branch, spec, MARIANA, at(1, 10, 5)))
    house.tick(at(1, 10, 6))
    row = house.row(guest)
    assert row.booking.state == "confirmed"
    house.cancel(guest, at(2, 9), expected=PRICE)
    [notice] = db.session.scalars(sa.select(Notice).filter_by(kind="guest_cancelled"))
    assert (notice.context["refund_amount"], refunded()) == ("$696.00", []), "it is given back at the desk"
    assert credits.spare_credits([row.client_id])[row.client_id][0].spare == PRICE
    assert verify(house.branch_id) == []


def test_a_room_that_needs_approval_waits_for_reception_and_gives_all_back_when_it_says_no(app, stripe) -> None:
    house = Guesthouse(app, stripe, needs_approval=True)
    guest = house.booked()
    assert (house.row(guest).booking.state, told("guest_pending")) == ("pending", ["guest_pending"])
    do(house.branch, at(1, 12), changing.cancel, house.row(guest).booking)
    house.settled(at(1, 12, 1))
    assert (house.row(guest).state, refunded()) == ("cancelled", [("succeeded", PRICE)])


# ---- not paid ----

def test_an_unpaid_hold_frees_the_room_closes_the_page_and_cancels_the_invoice(house) -> None:
    guest = house.hold()
    house.to_pay(guest, at(1))
    house.tick(at(1, 10, 14))
    assert (house.row(guest).state, is_free(house, at(1))) == ("paying", False)
    house.tick(at(1, 10, 15))
    row = house.row(guest)
    assert (row.state, row.booking.state, is_free(house, at(1))) == ("ended", "released", True)
    assert house.stripe.sessions[-1]["status"] == "expired"
    assert house.documents == [("cancelled", PRICE, 0)]
    assert db.session.get_one(Client, row.client_id).archived_at is not None, "who bought nothing is on no list"
    assert told() == []
    assert verify(house.branch_id) == []


def test_while_the_processor_is_away_the_room_is_free_all_the_same(house) -> None:
    guest = house.hold()
    house.to_pay(guest, at(1))
    house.stripe.away = "500"
    house.tick(at(1, 10, 15))
    assert (house.row(guest).state, house.row(guest).booking.state) == ("paying", "released")
    assert duties.oldest_due(at(1, 10, 16)) == at(1, 10, 15), "the health page tells"
    house.stripe.away = None
    house.tick(at(1, 10, 16))
    assert duties.oldest_due(at(1, 10, 17)) is None
    assert (house.row(guest).state, house.documents) == ("ended", [("cancelled", PRICE, 0)])


def test_a_guest_who_never_reached_the_card_page_leaves_nothing(house) -> None:
    guest = house.hold()
    house.tick(at(1, 10, 15))
    assert (house.row(guest).state, house.documents) == ("ended", [("cancelled", PRICE, 0)])


def test_days_of_downtime_end_a_hold_once_and_lose_no_payment(house) -> None:
    paid, unpaid = house.hold(), house.hold(request_key="late", starts=wall(8, 16), ends=wall(8, 18))
    house.pay(house.to_pay(paid, at(1)), at(1, 10, 4))
    house.tick(at(3, 12))
    assert (house.row(paid).state, house.row(unpaid).state) == ("booked", "ended")
    assert verify(house.branch_id) == []


# ---- paid late ----

def late(house: Guesthouse, taken: bool) -> int:
    """Paid at the last moment on a page that could not be closed: the processor was away when the hold ran out."""
    guest = house.hold()
    session = house.to_pay(guest, at(1))
    house.stripe.away = "500"
    house.tick(at(1, 10, 15))
    house.stripe.away = None
    if taken:
        within(house.branch, at(1, 10, 16), lambda row: bookings.book(
            row, wish(house.room, wall(3, 17), wall(3, 19)), MARIANA, at(1, 10, 16)))
    house.pay(session, at(1, 10, 17))
    house.hear(at(1, 10, 18))
    house.settled(at(1, 10, 19))
    return guest


def test_paid_late_with_the_room_still_free_is_booked(house) -> None:
    guest = late(house, taken=False)
    assert (house.row(guest).state, house.row(guest).booking.state) == ("booked", "confirmed")
    assert house.documents == [("paid", PRICE, PRICE)]
    assert verify(house.branch_id) == []


def test_paid_late_with_the_room_taken_goes_back_and_guest_and_staff_hear_of_it(house) -> None:
    guest = late(house, taken=True)
    assert (house.row(guest).state, house.documents) == ("lost", [("cancelled", PRICE, 0)])
    assert refunded() == [("succeeded", PRICE)]
    assert told("guest_lost") == ["guest_lost"]
    assert told("guest_booked") == []
    assert db.session.scalars(sa.select(ProviderDifference.kind)).all() == ["guest_too_late"]
    house.tick(at(1, 10, 25))
    assert refunded() == [("succeeded", PRICE)]
    assert verify(house.branch_id) == []


@pytest.mark.parametrize("taken", [False, True])
def test_money_that_turns_up_after_all_was_closed_is_never_lost(house, taken: bool, monkeypatch) -> None:
    """The page is closed, the invoice cancelled; and then the processor says that it was paid."""
    guest = house.hold()
    session = house.to_pay(guest, at(1))
    with monkeypatch.context() as lies:
        lies.setattr("fastoffice.guests.service.looking.clearing.close_pages", lambda *_: None)
        lies.setattr("fastoffice.guests.service.settling.online.under_way", lambda _ids: {})
        house.tick(at(1, 10, 15))
    assert house.row(guest).state == "ended"
    if taken:
        within(house.branch, at(1, 10, 16), lambda row: bookings.book(
            row, wish(house.room, wall(3, 16), wall(3, 18)), MARIANA, at(1, 10, 16)))
    house.pay(session, at(1, 10, 17))
    house.hear(at(1, 10, 18))
    assert house.row(guest).state == "late"
    house.settled(at(1, 10, 19))
    if taken:
        assert (house.row(guest).state, refunded()) == ("lost", [("succeeded", PRICE)])
    else:
        assert (house.row(guest).state, house.row(guest).booking.state) == ("booked", "confirmed")
        assert house.documents == [("cancelled", PRICE, 0), ("paid", PRICE, PRICE)]
    assert verify(house.branch_id) == []


# ---- cancelled ----

def test_cancelled_in_time_everything_goes_back(house) -> None:
    guest = house.booked()
    house.cancel(guest, at(2, 15, 59), expected=PRICE)
    house.tick(at(2, 16, 3))
    assert (house.row(guest).state, house.documents, refunded()) == (
        "cancelled", [("cancelled", PRICE, 0)], [("succeeded", PRICE)])
    assert told("guest_cancelled") == ["guest_cancelled"]
    assert verify(house.branch_id) == []


def test_cancelled_late_the_fee_has_its_own_invoice_and_the_rest_goes_back(house) -> None:
    set_policy(house.branch, late_fee_percent=50)
    guest = house.booked()
    house.cancel(guest, at(2, 16, 1), expected=PRICE // 2)
    house.cancel(guest, at(2, 16, 2))
    house.tick(at(2, 16, 5))
    assert house.documents == [("cancelled", PRICE, 0), ("paid", PRICE // 2, PRICE // 2)]
    assert refunded() == [("succeeded", PRICE // 2)]
    assert verify(house.branch_id) == []


def test_a_late_fee_of_the_whole_price_leaves_the_invoice_as_it_is(house) -> None:
    guest = house.booked()
    house.cancel(guest, at(3, 9), expected=0)
    house.tick(at(3, 9, 5))
    assert (house.documents, refunded(), house.row(guest).booking.state) == ([("paid", PRICE, PRICE)], [], "cancelled")


def test_a_fee_that_rose_after_paying_is_not_the_guests(house) -> None:
    set_policy(house.branch, late_fee_percent=20)
    guest = house.booked()
    set_policy(house.branch, late_fee_percent=100)
    house.cancel(guest, at(3, 9))
    house.tick(at(3, 9, 5))
    assert refunded() == [("succeeded", PRICE * 80 // 100)]
    assert verify(house.branch_id) == []


def test_what_was_shown_before_cancelling_is_what_goes_back(house) -> None:
    guest = house.booked()
    with pytest.raises(RefundChanged):
        house.cancel(guest, at(2, 16, 1), expected=PRICE)
    assert house.row(guest).booking.state == "confirmed"


def test_reception_cancels_and_charges_nothing(house) -> None:
    guest = house.booked()
    do(house.branch, at(3, 9), changing.cancel, house.row(guest).booking, waive=True)
    house.settled(at(3, 9, 5))
    assert (house.row(guest).state, refunded()) == ("cancelled", [("succeeded", PRICE)])
    assert verify(house.branch_id) == []


def test_reception_moves_a_guest_and_what_was_paid_stays(house) -> None:
    guest = house.booked()
    row = house.row(guest).booking
    longer = wish(house.room, wall(3, 16), wall(3, 19), people=4, guest_name=row.guest_name)
    do(house.branch, at(2, 9), changing.change, row, longer)
    assert (house.row(guest).booking.subtotal, house.documents) == (60_000, [("paid", PRICE, PRICE)])
    assert told("guest_changed") == ["guest_changed"]


def test_whom_reception_invites_to_a_guests_meeting_hears_of_it_without_the_guests_page(house) -> None:
    guest = house.booked()
    row = house.row(guest).booking
    wanted = replace(bookings.wish_of(row), attendees=(row.guest_email, "luis@x.example"), starts=wall(3, 17), ends=wall(3, 19))
    do(house.branch, at(2, 9), changing.change, row, wanted)
    house.cancel(guest, at(2, 10))
    query = sa.select(Notice.kind, Delivery.recipients).join(Delivery).where(Notice.kind.startswith("room_"))
    heard = dict(map(tuple, db.session.execute(query)))
    assert heard == {"room_changed": ["luis@x.example"], "room_cancelled": ["luis@x.example"]}


def test_a_refund_that_nobody_answers_is_asked_again_and_made_once(house, monkeypatch) -> None:
    guest = house.booked()
    with monkeypatch.context() as away:
        away.setattr("fastoffice.payments.service.online.refunding.send",
                     lambda *_: (_ for _ in ()).throw(GatewayAway("APIConnectionError")))
        house.cancel(guest, at(2, 9))
    assert refunded() == [("created", PRICE)]
    house.tick(at(2, 9, 5))
    house.tick(at(2, 9, 9))
    assert refunded() == [("succeeded", PRICE)]
    assert len(house.stripe.all("refund")) == 1


# ---- who the guest is ----

def test_a_guest_is_never_attached_to_a_tenant_whose_mail_or_tax_id_they_type(house) -> None:
    tenant = make_client(house.branch, "Güemes, S.C.", tax_id=TAX_ID, contacts=contacts("sofia@nunez.example"))
    make_contract(tenant)
    guest = house.hold(company="Güemes, S.C.", tax_id=TAX_ID)
    made = db.session.get_one(Client, house.row(guest).client_id)
    assert made.id != tenant.id
    assert made.tax_id is None
    assert TAX_ID in made.notes, "the desk sees what was typed"


def contacts(*emails: str) -> list[Any]:
    from fastoffice.clients.checks import ContactData

    return [ContactData("Laura", email) for email in emails]


def test_who_comes_again_has_one_file_and_somebody_else_of_that_mail_another(house) -> None:
    first = house.row(house.booked()).client_id
    again = house.row(house.hold(request_key="2", starts=wall(4, 9), ends=wall(4, 10))).client_id
    other = house.row(house.hold(request_key="3", name="Otra", starts=wall(4, 12), ends=wall(4, 13))).client_id
    assert (first == again, first == other) == (True, False)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ClientContact)) == 2


def test_one_stranger_cannot_hold_every_room(house) -> None:
    for number in range(2):
        house.hold(request_key=str(number), starts=wall(4, 9 + number), ends=wall(4, 10 + number))
    with pytest.raises(TooManyHolds):
        house.hold(request_key="3", starts=wall(4, 12), ends=wall(4, 13))
    for number in range(2):
        house.hold(request_key=f"x{number}", email=f"x{number}@x.example", starts=wall(7, 9 + number), ends=wall(7, 10 + number))
    with pytest.raises(TooManyHolds):
        house.hold(request_key="6", email="y@x.example", starts=wall(7, 12), ends=wall(7, 13))
    house.hold(request_key="7", email="z@z.example", address="10.0.0.9", starts=wall(7, 12), ends=wall(7, 13))


def test_who_never_pays_is_sent_to_reception(house) -> None:
    for number in range(4):
        house.hold(at(1, 10 + number), request_key=str(number))
        house.tick(at(1, 10 + number, 20))
    with pytest.raises(TooManyHolds):
        house.hold(at(1, 15), request_key="5")
    house.hold(at(2, 16), request_key="6", starts=wall(4, 16), ends=wall(4, 18))


def test_a_stranger_who_types_somebodys_email_does_not_shut_them_out(house) -> None:
    for number in range(4):
        house.hold(at(1, 10 + number), request_key=f"s{number}", address="203.0.113.9")
        house.tick(at(1, 10 + number, 20))
    for number in range(2):
        house.hold(at(1, 15), request_key=f"t{number}", starts=wall(4, 9 + number), ends=wall(4, 10 + number), name="Otra",
                   email="otra@x.example", address="203.0.113.9")
    assert house.hold(at(1, 15), request_key="hers")


def test_from_where_somebody_wrote_is_forgotten_after_a_day(house) -> None:
    guest = house.hold()
    for day, kept in ((2, True), (3, False)):
        within(house.branch, at(day, 9), lambda _row, day=day: tokens.forget_addresses(at(day, 9)))
        assert bool(house.row(guest).address_mark) is kept


def test_a_guests_invoice_that_staff_cancelled_is_settled_with_the_rest(house) -> None:
    guest = house.booked()
    within(house.branch, at(2, 9), lambda row: cancelling.cancel_invoice(
        row, db.session.get_one(Invoice, house.row(guest).invoice_id), "error", MARIANA, at(2, 9), money_to_credit=True))
    do(house.branch, at(2, 10), changing.cancel, house.row(guest).booking)
    house.settled(at(2, 10, 1))
    assert (house.row(guest).state, refunded()) == ("cancelled", [("succeeded", PRICE)])
    assert verify(house.branch_id) == []


def test_a_branch_without_cards_sends_guests_to_reception(house) -> None:
    def no_cards() -> None:
        db.session.scalars(sa.select(CardAccount)).one().methods = ["spei"]

    transaction.run(no_cards)
    with pytest.raises(NotOnline):
        house.hold()


def test_a_room_of_the_clients_is_not_for_guests(house) -> None:
    within(house.branch, at(1), lambda _row: setattr(house.room, "for_guests", False))
    with pytest.raises(BookingRefused):
        house.hold()
    assert house.documents == []


def test_a_taken_room_leaves_no_file_and_no_invoice_behind(house) -> None:
    house.hold()
    with pytest.raises(SlotTaken):
        house.hold(request_key="2", email="otra@x.example")
    assert (len(house.documents), db.session.scalar(sa.select(sa.func.count()).select_from(Client))) == (1, 1)
