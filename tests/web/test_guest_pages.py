"""What an outside guest sees: what is free, its whole price and terms, one way to pay, and a page of their own."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.bookings.models import Resource
from fastoffice.bookings.service import changing
from fastoffice.extensions import db
from fastoffice.guests.models import GuestBooking
from fastoffice.guests.service import tokens
from fastoffice.payments.models import CardAccount
from tests.factories.guests import Guesthouse
from tests.factories.money import at
from tests.factories.people import make_branch, make_user
from tests.factories.rooms import book, do, make_room, wall, wish
from tests.web.statements import counted_statements as statements

ASKED = "people=4&day=2026-12-03&at=16:00&minutes=120"
NASTY = "<script>alert(1)</script>{{7*7}}"


@pytest.fixture
def house(app, stripe) -> Guesthouse:
    return Guesthouse(app, stripe)


class Phone:
    """A guest's browser at a moment of December 1."""

    def __init__(self, house: Guesthouse) -> None:
        self.house, self.browser, self.now = house, house.app.test_client(), at(1)

    def get(self, address: str, **how: Any) -> Any:
        with self.house.stripe.at(self.now):
            return self.browser.get(address, **how)

    def post(self, address: str, **form: Any) -> Any:
        with self.house.stripe.at(self.now):
            return self.browser.post(address, data=form)

    def form(self) -> dict[str, str]:
        """The form of the room as the page gives it."""
        page = self.get(f"/rooms/PLC/book?resource={self.house.room_id}&{ASKED}")
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        return {**dict(found), "name": "Sofía Núñez", "email": "sofia@nunez.example", "phone": "55 1234 5678"}


@pytest.fixture
def phone(house) -> Phone:
    return Phone(house)


def test_what_is_free_is_shown_with_the_whole_price(phone) -> None:
    make_room(phone.house.branch, "Sala de clientes")
    page = phone.get(f"/rooms/plc?{ASKED}")
    assert page.status_code == 200
    assert "Sala Juárez" in page.text
    assert "$696.00" in page.text, "two hours with taxes"
    assert "Sala de clientes" not in page.text


def test_nothing_free_then_offers_the_nearest_hours(phone) -> None:
    book(phone.house.branch, wish(phone.house.room, wall(3, 16), wall(3, 18)))
    page = phone.get(f"/rooms/PLC?{ASKED}")
    assert "14:00" in page.text
    assert "18:00" in page.text


@pytest.mark.parametrize("asked", ["people=x&day=2026-99-99&at=25:00&minutes=-1", "people=4&day=&at=&minutes=",
                                   "people=4&day=2026-12-03&at=16:00&minutes=99999999999", "people=4&day=0001-01-01"])
def test_odd_questions_are_answered_beside_the_field(phone, asked: str) -> None:
    assert phone.get(f"/rooms/PLC?{asked}").status_code in {200, 422}
    assert phone.get(f"/rooms/PLC/book?resource={phone.house.room_id}&{asked}").status_code in {200, 422}


def test_a_stranger_finds_no_branch_no_other_room_and_no_picture(phone) -> None:
    inside = make_room(phone.house.branch, "Sala de clientes").id
    elsewhere = make_room(make_branch("TIJ"), "Sala Tijuana", for_guests=True).id
    addresses = ["/rooms/NADA", f"/rooms/PLC/book?resource={inside}", f"/rooms/PLC/book?resource={elsewhere}",
                 f"/rooms/PLC/photos/{phone.house.room_id}", "/booking/AAAAAAAAAAAAAAAAAAAAAA", "/booking/",
                 "/booking/meeting.ics", "/booking/cancellation"]
    assert {phone.get(address).status_code for address in addresses} == {404}


def test_a_branch_that_takes_no_cards_says_calmly_whom_to_call(phone) -> None:
    def off() -> None:
        db.session.scalars(sa.select(CardAccount)).one().is_enabled = False

    transaction.run(off)
    page = phone.get("/rooms/PLC")
    assert (page.status_code, "55 5280 0000" in page.text) == (200, True)
    assert phone.post("/rooms/PLC/book", resource=str(phone.house.room_id)).status_code == 422


def test_the_terms_stand_beside_the_button_that_pays(phone) -> None:
    page = phone.get(f"/rooms/PLC/book?resource={phone.house.room_id}&{ASKED}")
    assert "2 dic 2026, 16:00" in page.text
    assert "$96.00" in page.text


def test_the_guest_goes_to_the_card_page_and_comes_back_to_their_own(phone) -> None:
    answer = phone.post("/rooms/PLC/book", **phone.form())
    assert answer.status_code == 303
    assert "/c/pay/cs_" in answer.location
    [row] = phone.house.rows
    page = phone.get("/booking/")
    assert "10:15" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    phone.house.pay(phone.house.stripe.sessions[-1]["id"], at(1, 10, 3))
    phone.house.hear(at(1, 10, 4))
    assert "La sala es suya" in phone.get("/booking/").text or "The room is yours" in phone.get("/booking/").text
    meeting = phone.get("/booking/meeting.ics")
    assert row.booking.uid in meeting.text
    assert "sofia@nunez.example" in meeting.text.replace("\r\n ", ""), "calendars ask whom it is for"


def test_a_double_click_is_one_booking_and_one_page(phone) -> None:
    form = phone.form()
    first, second = phone.post("/rooms/PLC/book", **form), phone.post("/rooms/PLC/book", **form)
    assert first.location == second.location
    assert len(phone.house.rows) == 1


def test_what_was_typed_stays_when_something_is_wrong(phone) -> None:
    answer = phone.post("/rooms/PLC/book", **{**phone.form(), "email": "no es correo", "tax_id": "XX"})
    assert answer.status_code == 422
    for text in ("Sofía Núñez", "no es correo", 'id="email-error"', 'id="tax_id-error"'):
        assert text in answer.text
    assert phone.house.rows == []


def test_a_price_that_changed_is_shown_again_before_anything_is_held(phone) -> None:
    form = phone.form()
    transaction.run(lambda: setattr(db.session.get_one(Resource, phone.house.room_id), "rate", 60_000))
    answer = phone.post("/rooms/PLC/book", **form)
    assert (answer.status_code, "$1,392.00" in answer.text, phone.house.rows) == (422, True, [])


def test_a_machine_that_fills_every_field_books_nothing(phone) -> None:
    assert phone.post("/rooms/PLC/book", **phone.form(), website="https://spam.example").status_code == 422
    assert phone.house.rows == []


def test_anothers_request_key_opens_nobodys_booking(phone) -> None:
    form = phone.form()
    phone.post("/rooms/PLC/book", **form)
    stranger = Phone(phone.house)
    stranger.post("/rooms/PLC/book", **{**form, "email": "otra@x.example"})
    assert stranger.get("/booking/").status_code == 404


def test_an_email_that_is_corrected_on_the_way_back_is_answered_in_words_or_booked_anew(phone) -> None:
    """The browser's Back shows the form that was sent already, with its key."""
    form = {**phone.form(), "email": "sofai@nunez.example"}
    phone.post("/rooms/PLC/book", **form)
    again = phone.post("/rooms/PLC/book", **{**form, "email": "sofia@nunez.example"})
    assert (again.status_code, len(phone.house.rows)) == (422, 1), "held for what was typed first, until it runs out"
    later = phone.post("/rooms/PLC/book", **{**form, "email": "sofia@nunez.example", "at": "18:00"})
    assert (later.status_code, [row.email_key for row in phone.house.rows]) == (
        303, ["sofai@nunez.example", "sofia@nunez.example"])


def test_the_processor_is_away_and_the_room_stays_held(phone) -> None:
    phone.house.stripe.away = "500"
    answer = phone.post("/rooms/PLC/book", **phone.form())
    assert answer.status_code == 503
    phone.house.stripe.away = None
    assert phone.post("/booking/payments").status_code == 303


def test_when_the_hold_is_over_nobody_is_sent_to_pay(phone) -> None:
    phone.post("/rooms/PLC/book", **phone.form())
    phone.now = at(1, 10, 15)
    assert phone.post("/booking/payments").status_code == 422
    phone.house.tick(at(1, 10, 16))
    assert phone.get("/booking/").status_code == 200


def test_the_mails_link_is_exchanged_for_a_clean_address_and_ends_some_day(phone) -> None:
    row = phone.house.row(phone.house.booked())
    token = tokens.token_of(row.nonce)
    answer = phone.get(f"/booking/{token}")
    assert (answer.status_code, answer.location) == (303, "/booking/")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert token not in phone.get("/booking/").text
    phone.now = at(1, month=5, year=2027)
    assert phone.get(f"/booking/{token}").status_code == 404


def test_looking_at_the_cancellation_cancels_nothing_and_pressing_does(phone) -> None:
    guest = phone.house.booked()
    phone.get(f"/booking/{tokens.token_of(phone.house.row(guest).nonce)}")
    page = phone.get("/booking/cancellation")
    assert "$696.00" in page.text
    assert phone.house.row(guest).booking.state == "confirmed"
    assert phone.post("/booking/cancellation", refund="1").status_code == 422, "another figure than was shown"
    assert phone.post("/booking/cancellation", refund="69600").status_code == 303
    assert phone.house.row(guest).state == "cancelled"
    assert phone.get("/booking/").status_code == 200


def test_what_a_stranger_types_is_text_everywhere(phone, house) -> None:
    phone.post("/rooms/PLC/book", **{**phone.form(), "name": NASTY, "company": NASTY})
    page = phone.get("/booking/").text
    assert "<script>alert" not in page
    assert "49" not in re.findall(r"<bdi>(.*?)</bdi>", page)


def test_pages_ask_as_much_for_one_room_as_for_many(phone) -> None:
    phone.get(f"/rooms/PLC?{ASKED}")
    with statements() as few:
        phone.get(f"/rooms/PLC?{ASKED}")
    for number in range(5):
        make_room(phone.house.branch, f"Sala {number}", for_guests=True)
    with statements() as many:
        phone.get(f"/rooms/PLC?{ASKED}")
    assert len(many) == len(few) <= 15


def test_every_state_of_a_booking_has_its_page(phone) -> None:
    guest = phone.house.booked()
    phone.get(f"/booking/{tokens.token_of(phone.house.row(guest).nonce)}")
    for state in ("paying", "booked", "ended", "late", "lost", "cancelled", "over"):
        transaction.run(lambda chosen=state: setattr(db.session.get_one(GuestBooking, guest), "state", chosen))
        assert phone.get("/booking/").status_code == 200, state
    do(phone.house.branch, at(1), changing.cancel, phone.house.row(guest).booking)
    assert phone.get("/booking/").status_code == 200


def test_staff_see_who_the_guest_is_and_their_invoice(phone) -> None:
    guest = phone.house.row(phone.house.booked())
    with clock.fixed_at(at(1, 11)):
        browser: Any = phone.house.app.test_client()
        browser.sign_in(make_user(branches=[phone.house.branch]))
        page = browser.get(f"/staff/rooms/bookings/{guest.booking_id}").text
        desk = browser.get(f"/staff/clients/{guest.client_id}/desk").text
    assert "sofia@nunez.example" in page
    assert f"/staff/invoices/{guest.invoice_id}" in page
    assert f"/staff/rooms/bookings/{guest.booking_id}" in desk, "whoever calls is found by name, and their room too"


def test_settings_show_the_public_address_to_copy_and_its_qr(phone) -> None:
    with clock.fixed_at(at(1, 11)):
        browser: Any = phone.house.app.test_client()
        browser.sign_in(make_user("manager", [phone.house.branch]))
        page = browser.get("/staff/settings/online").text
    assert re.search(r'data-copy="https?://[^"]+/rooms/plc"', page)
    assert "data:image/png;base64," in page
