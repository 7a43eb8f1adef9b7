"""The rooms in Chromium: a receptionist with somebody in front of her books, moves and cancels; every page is readable."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from fastoffice import clock
from fastoffice.bookings import service
from fastoffice.bookings.models import Booking
from fastoffice.bookings.rules.recurrence import Recurrence
from fastoffice.bookings.service.room_rates import RateData
from fastoffice.extensions import db
from tests.browser.house import House
from tests.browser.test_settings_pages import sign_in
from tests.browser.watching import Watched
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_cast
from tests.factories.rooms import ALWAYS, book, make_room, wall, wish

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LONG = "Comercializadora Internacional de Productos Agroalimentarios Güemes-Íñiguez y Asociados, S.A.P.I. de C.V."


@pytest.fixture
def desk(live_server: House, visitor: Callable[..., Watched]) -> Watched:
    """Thursday 3 December, ten: a room with an evening price, a booth in quarters, a night, a series, somebody who waits."""
    live_server.now = at(3)
    with live_server.app.app_context(), clock.fixed_at(at(1)):
        polanco = make_cast().polanco
        juarez = make_room(polanco, "Sala Juárez", equipment=("pantalla",), rates=(
            RateData("all", "", 45_000, "01234", 18 * 60, 22 * 60),))
        make_room(polanco, "Sala de consejo", capacity=12, rate=45_000)
        booth = make_room(polanco, "Cabina 1", kind="booth", capacity=1, step=15, min_minutes=15)
        parking = make_room(polanco, "Cajón 12", kind="parking", opening=ALWAYS)
        guemes, long = make_client(polanco, "Logística Güemes López, S.C."), make_client(polanco, LONG)
        make_contract(guemes, meeting_minutes=330)
        book(polanco, wish(juarez, wall(3, 9), wall(3, 12), long, title="Asamblea general ordinaria y extraordinaria"))
        book(polanco, wish(booth, wall(3, 10, 15), wall(3, 10, 45), guemes))
        book(polanco, wish(parking, wall(3, 22), wall(4, 2), guest_name="Proveedor"))
        taken = wish(juarez, wall(3, 11), wall(3, 12), guemes)
        within(polanco, at(1), lambda row: service.join_waiting(row, taken, MARIANA, at(1)).id)
        weekly = wish(juarez, wall(4, 9), wall(4, 10), guemes, request_key="s")
        within(polanco, at(1), lambda row: service.book_series(row, weekly, Recurrence("weekly", count=3), MARIANA, at(1)))
    window = visitor()
    sign_in(window)
    return window


def test_every_page_of_the_rooms(desk: Watched) -> None:
    for address in ("/staff/rooms/", "/staff/rooms/?view=week", "/staff/rooms/?view=room&resource=1", "/staff/rooms/?hours=all",
                    "/staff/rooms/free?people=6&day=2026-12-03&at=16:00&minutes=60",
                    "/staff/rooms/bookings/new?resource=1&starts=2026-12-03T17:00&minutes=180&client=1",
                    "/staff/rooms/bookings/1", "/staff/rooms/bookings/5", "/staff/rooms/waiting", "/staff/rooms/hours/1",
                    "/staff/rooms/resources", "/staff/rooms/resources/1", "/staff/rooms/resources/new"):
        desk.page.goto(address)
        desk.look()


def bookings(house: House) -> list[Booking]:
    with house.app.app_context():
        return list(db.session.scalars(sa.select(Booking).order_by(Booking.id)))


def find_and_ask(page: Page, house: House) -> None:
    page.goto("/staff/rooms/")
    page.fill("#at", "16:00")
    page.get_by_role("button", name=house.says("What is free?")).click()
    page.locator(".offers").get_by_text("Sala Juárez").click()
    expect(page.locator("#client_name")).to_be_focused()
    page.keyboard.type("güemes lo", delay=30)
    expect(page.locator("#clients input").first).to_be_checked()


def test_free_for_six_at_four_is_booked_moved_with_those_after_it_and_cancelled(desk: Watched, live_server: House) -> None:
    page, house = desk.page, live_server
    find_and_ask(page, house)
    page.locator("summary", has_text=house.says("Repeats")).click()
    page.select_option("#frequency", "weekly")
    page.fill("#count", "3")
    page.locator("#count").blur()
    expect(page.locator("#quote")).to_contain_text(house.says("from included hours"))
    desk.look()
    page.locator("#quote ~ .actions button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(house.says("Confirm the dates"))
    desk.look()
    desk.press(house.says("Book these dates"))
    page.wait_for_url("**/staff/rooms/?day=*")
    ours = bookings(house)[-3:]
    assert [row.local_start for row in ours] == ["2026-12-03T16:00", "2026-12-10T16:00", "2026-12-17T16:00"]

    page.goto(f"/staff/rooms/bookings/{ours[1].id}")
    page.locator("input[name=scope][value=later]").first.check()
    page.fill("#at", "17:00")
    page.select_option("#minutes", "120")
    expect(page.locator("#quote")).to_contain_text("$")
    desk.look()
    desk.press(house.says("Save"))
    expect(page.locator("#toasts, .toast").first).to_contain_text(house.says("Saved."))
    assert [row.local_start[11:] for row in bookings(house)[-3:]] == ["16:00", "17:00", "17:00"]

    page.locator("form[action$=cancellation] input[value=later]").check()
    desk.press(house.says("Cancel the booking"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"Cancelada\b"))
    assert [row.state for row in bookings(house)[-3:]] == ["confirmed", "cancelled", "cancelled"]
    assert desk.complaints == []


def test_the_calendar_goes_by_keyboard(desk: Watched, live_server: House) -> None:
    page = desk.page
    page.goto("/staff/rooms/")
    here = page.locator(".cal a:focus")
    page.locator(".cal a[href*='T13%3A00'], .cal a[href*='T13:00']").first.focus()
    assert page.locator(".cal tbody a[tabindex='0']").count() == 1
    first = here.get_attribute("href")
    page.keyboard.press("ArrowDown")
    assert "13" in (here.get_attribute("href") or "")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    assert here.get_attribute("href") != first
    page.keyboard.press("ArrowLeft")
    assert here.get_attribute("href") == first
    page.keyboard.press("Enter")
    expect(page.locator("#client_name")).to_be_focused()
    assert page.input_value("#at") == "13:00"
    page.keyboard.type("Ana Peña", delay=20)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/bookings/\d+$"))
    assert bookings(live_server)[-1].guest_name == "Ana Peña"
    assert desk.complaints == []
