"""Sofía rents a room on her phone: what is free, its price, her card, the room is hers; and she cancels."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from fastoffice import clock
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.guests.models import GuestBooking
from fastoffice.payments.gateway.sealing import seal
from tests.browser.conftest import PHONE, fill
from tests.browser.house import House
from tests.browser.paying import HOSTED, types_card
from tests.browser.watching import Watched
from tests.doubles.stripe import StripeDouble
from tests.factories.money import at
from tests.factories.online import SECRET, an_account
from tests.factories.people import make_branch
from tests.factories.rooms import make_room

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
KEY = "sk_test_polanco0000000000004242"
EQUIPMENT = ("Pantalla", "Pizarrón", "Videoconferencia")


@pytest.fixture(scope="module")
def double() -> Iterator[StripeDouble]:
    with StripeDouble() as stripe:
        yield stripe


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, worker_name: str, double: StripeDouble) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"), worker_name, host="localhost", STRIPE_API_BASE=double.url)
    double.clock = lambda: house.now.timestamp()
    house.now = at(1)
    with house.app.test_request_context(), clock.fixed_at(house.now):
        branch = make_branch(phone="55 5280 0000", email="polanco@fastoffice.example")
        make_room(branch, "Sala Juárez", for_guests=True, equipment=EQUIPMENT)
        make_room(branch, "Sala Chica", for_guests=True, capacity=4, rate=20_000)
        account = an_account(branch, secret_key_sealed=seal(KEY))
        double.webhook_to(f"{house.url}/webhooks/stripe/{account.public_id}", SECRET, KEY)
        db.session.remove()
    yield house
    house.stop()


def test_from_what_is_free_to_a_room_of_her_own_and_back(chromium: Browser, house: House, double: StripeDouble) -> None:
    context = chromium.new_context(locale="es-MX", base_url=house.url, viewport=PHONE)
    eyes, say = Watched(context), house.says
    page = eyes.page
    page.goto("/rooms/plc")
    eyes.look()
    fill(page, people="6", day="2026-12-03", at="16:00")
    page.get_by_label(say("Length"), exact=True).select_option("120")
    eyes.press(say("Show what is free"))
    eyes.look()
    page.get_by_role("link", name=re.compile("Sala Juárez")).click()
    expect(page.get_by_text("$696.00").first).to_be_visible()
    eyes.look()
    fill(page, name="Sofía Núñez", email="sofia@nunez.example", phone="55 1234 5678")
    eyes.press(say("Pay %(amount)s by card", amount="$696.00"))
    page.wait_for_url(HOSTED)
    types_card(page)
    page.wait_for_url("**/booking/return*")
    eyes.sees(say("We are confirming your payment"))
    eyes.look()
    double.deliver()
    house.tick()
    eyes.sees(say("The room is yours"))
    eyes.look()
    [mail] = [each for each in house.mails() if "reservada" in str(each["Subject"])]
    names = [str(part.get_filename()) for part in mail.iter_attachments()]
    assert any(name.endswith(".ics") for name in names), names
    assert any(name.endswith(".pdf") for name in names), names
    found = re.search(r"https?://\S+/booking/[\w-]+", mail.get_body(("plain",)).get_content())
    assert found
    page.goto(found[0])
    expect(page).to_have_url(re.compile(r"/booking/$"))
    eyes.press(say("Cancel the booking"), role="link")
    eyes.look()
    eyes.press(say("Yes, cancel it"))
    eyes.sees(say("The booking is cancelled"))
    house.move_to(at(1, 10, 5))
    context.close()
    assert eyes.complaints == []
    with house.app.test_request_context(), clock.fixed_at(house.now):
        branch = db.session.scalars(sa.select(Branch)).one()
        assert db.session.scalars(sa.select(GuestBooking.state)).all() == ["cancelled"]
        assert verify(branch.id) == []
        db.session.remove()
    assert [each["amount"] for each in double.all("refund")] == [69_600]
