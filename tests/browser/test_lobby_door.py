"""The panel at a door in Chromium: who pays is said before it is booked, and without connection nothing looks free."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from fastoffice import clock, transaction
from fastoffice.bookings.models import Booking
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.identity.devices import COOKIES
from fastoffice.mailroom.service import nominees
from tests.browser.house import House
from tests.browser.lobby import Reception, looks_right
from tests.browser.watching import Watched
from tests.factories.devices import paired
from tests.factories.lobby import TEN
from tests.factories.people import ACTOR
from tests.factories.rooms import ALWAYS, book, make_room, wall, wish

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SIZES = ({"width": 1024, "height": 600}, {"width": 600, "height": 1024}, {"width": 1366, "height": 1024})
Stood = Callable[..., Watched]


@pytest.fixture(scope="module")
def reception(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> Iterator[Reception]:
    house = House(tmp_path_factory.mktemp("house"), worker_name, host="localhost")
    found = Reception(house)
    key = found.guemes_id
    with house.app.app_context(), clock.fixed_at(TEN):
        transaction.run(lambda: nominees.name_one(db.session.get_one(Client, key), "Laura Güemes", "4711", ACTOR, TEN))
        db.session.remove()
    yield found
    house.stop()


@pytest.fixture
def door(chromium: Browser, reception: Reception) -> Iterator[Stood]:
    """Hangs a panel beside a new room: `door("Sala Norte", (12, 13, "Comité"))`, hours of today."""
    contexts = []

    def hang(name: str, *meetings: tuple[int, int, str], install: bool = False, **values: object) -> Watched:
        reception.house.now = TEN
        with reception.house.app.app_context(), clock.fixed_at(TEN):
            room = make_room(reception.lobby.branch, name, opening=ALWAYS, **values)
            for begins, ends, title in meetings:
                days = (2, 2) if ends > begins else (2, 3)
                book(reception.lobby.branch, wish(room, wall(days[0], begins), wall(days[1], ends), title=title,
                                                  private=title.startswith("Secreto")), TEN)
            _device, token = paired(reception.lobby.branch, "panel", f"Puerta de {name}", room.id)
            db.session.remove()
        contexts.append(chromium.new_context(locale="en-US", base_url=reception.house.url, viewport=SIZES[0], has_touch=True))
        contexts[-1].add_cookies([{"name": COOKIES["panel"], "value": token, "url": reception.house.url}])
        eyes = Watched(contexts[-1])
        eyes.page.set_default_timeout(8_000)
        if install:
            eyes.page.clock.install()
        eyes.page.goto("/panel/")
        return eyes

    yield hang
    for each in contexts:
        each.close()


def says_who(page: Page, pin: str) -> None:
    for field, text in (("company", "güemes"), ("name", "laura guemes"), ("pin", pin)):
        page.locator(f"[data-field={field}]").fill(text)
    page.locator("#ask-on").click()


def bookings(reception: Reception) -> list[tuple[int | None, int, str]]:
    """(client, what is owed, state) of each that a member made."""
    with reception.house.app.app_context():
        rows = db.session.scalars(sa.select(Booking).where(Booking.organiser_name != "").order_by(Booking.id))
        found = [(row.client_id, row.owed, row.state) for row in rows]
        db.session.remove()
    return found


def test_a_member_sees_the_price_books_stays_longer_and_leaves(door: Stood, reception: Reception) -> None:
    eyes = door("Sala Norte", (12, 13, "Comité de dirección"))
    page = eyes.page
    expect(page.locator("#kind")).to_have_text("Libre")
    expect(page.locator("#terms")).to_contain_text("$300.00")
    looks_right(page, SIZES)
    page.locator("#book button:visible", has_text="30 min").click()
    looks_right(page, SIZES)
    says_who(page, "1234")
    expect(page.locator("#ask-error")).to_contain_text("No coincide")
    expect(page.locator("[data-field=pin]")).to_have_value("")
    says_who(page, "4711")
    expect(page.locator("#says")).to_contain_text("10:00–10:30")
    expect(page.locator("#says")).to_contain_text("$174.00")
    assert bookings(reception) == [], "nothing is booked before it is confirmed"
    looks_right(page, SIZES)
    page.locator("#ask-on").click()
    expect(page.locator("main")).to_have_class("busy")
    expect(page.locator("#until")).to_contain_text("10:30")
    looks_right(page, SIZES)
    page.locator("[data-act=extend]:visible", has_text="30").click()
    expect(page.locator("#says")).to_contain_text("$174.00")
    page.locator("#ask-on").click()
    expect(page.locator("#until")).to_contain_text("11:00")
    assert bookings(reception) == [(reception.guemes_id, 30_000, "checked_in")]
    page.locator("[data-act=end]").click()
    expect(page.locator("#ask-title")).to_contain_text("Terminar")
    page.locator("#ask-close").click()
    expect(page.locator("main")).to_have_class("busy")
    page.locator("[data-act=end]").click()
    page.locator("#ask-on").click()
    expect(page.locator("main")).to_have_class("free")
    assert [value for value in page.evaluate("[...document.querySelectorAll('input')].map(e => e.value)") if value] == []
    refusals = [each for each in eyes.complaints if "422" not in each]
    assert refusals == []


def test_what_is_free_of_charge_takes_one_tap_and_a_private_meeting_past_midnight_is_booked(door: Stood, reception: Reception) -> None:
    eyes = door("Cabina", (22, 2, "Secreto: fusión"), kind="booth", rate=0)
    page = eyes.page
    expect(page.locator("#terms")).to_have_text("Sin costo.")
    expect(page.locator("#next")).to_contain_text("Reservado")
    page.locator("#book button:visible", has_text="15 min").click()
    expect(page.locator("main")).to_have_class("busy")
    page.locator("[data-language=en]").click()
    expect(page.locator("#kind")).to_have_text("Occupied")
    reception.house.now = TEN.replace(day=3, hour=0, minute=30)
    page.goto("/panel/?language=ro")
    expect(page.locator("#until")).to_contain_text("02:00")
    looks_right(page, SIZES)
    page.locator("#check-in").click()
    expect(page.locator("main")).to_have_class("busy")
    assert "fusión" not in page.content()


def test_without_connection_it_says_since_when_and_never_a_stale_green(door: Stood, reception: Reception) -> None:
    eyes = door("Sala Sur", install=True)
    page = eyes.page
    expect(page.locator("main")).to_have_class("free")
    reception.house.now = TEN.replace(minute=42)
    page.clock.run_for(10_500)
    expect(page.locator("#clock")).to_have_text("10:42")
    page.locator("#book button:visible").first.click()
    page.route("**/panel/state*", lambda route: route.abort())  # the cable is in, the house is gone
    page.clock.run_for(10_500)
    page.clock.run_for(2_500)
    expect(page.locator("#offline")).to_have_text("Sin conexión desde las 10:42")
    expect(page.locator("#ask")).to_be_hidden()
    assert "Libre" not in page.inner_text("body")
    looks_right(page, SIZES)
    page.unroute("**/panel/state*")
    page.clock.run_for(10_500)
    expect(page.locator("main")).to_have_class("free")
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_have_text("Sin conexión desde las 10:42")
    page.context.set_offline(False)
    expect(page.locator("main")).to_have_class("free")


def test_who_walks_away_leaves_nothing_and_no_address_leads_out(door: Stood) -> None:
    page = door("Sala Este", install=True).page
    page.locator("[data-language=ro]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ro")
    page.locator("#book button:visible").first.click()
    page.locator("[data-field=company]").fill("Güemes")
    page.clock.fast_forward(66_000)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator("#ask")).to_be_hidden()
    assert page.locator("[data-field=company]").input_value() == ""
    for typed in ("/staff/", "/kiosk/", "/portal/"):
        page.goto(typed)
        assert page.url.endswith("/panel/")
