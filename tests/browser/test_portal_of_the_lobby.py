"""Laura stands in a corridor with her phone: two taps book a room; her visitors, her mail and her hours read well."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from fastoffice import clock
from fastoffice.bookings import service
from fastoffice.bookings.rules.recurrence import Recurrence
from fastoffice.extensions import db
from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.watching import Watched
from tests.factories.contracts import make_client, make_contract
from tests.factories.lobby import TEN, Lobby
from tests.factories.mail import make_item
from tests.factories.money import MARIANA, within
from tests.factories.people import Cast, make_cast
from tests.factories.portal import entrance, let_in
from tests.factories.rooms import book, make_room, wall, wish

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LAURA = "laura@guemes.mx"
SMALL = """() => [...document.querySelectorAll("main a.btn, main button, main .offers a, main .meets a, main select,"
  + " main input:not([type=checkbox],[type=radio],[type=hidden]), main summary")]
  .filter(e => e.offsetParent && e.offsetHeight < 44).map(e => e.outerHTML.slice(0, 100))"""


def furnish(cast: Cast) -> None:
    """Güemes with ten hours a month, three rooms, a series, somebody in the lobby, a parcel and a place in a line."""
    lobby = Lobby(cast.polanco)
    guemes = lobby.guemes
    make_contract(guemes, meeting_minutes=600)
    let_in(guemes)
    juarez = make_room(cast.polanco, "Sala Juárez", equipment=("pantalla", "pizarrón"))
    make_room(cast.polanco, "Cabina", kind="booth", capacity=1, rate=12_000)
    large = make_room(cast.polanco, "Sala Reforma", capacity=20, rate=55_000)
    weekly = wish(juarez, wall(3, 9), wall(3, 10), guemes, title="Comité de ventas", organiser_email=LAURA)
    within(cast.polanco, TEN, lambda row: service.book_series(row, weekly, Recurrence("weekly", count=3), MARIANA, TEN))
    neighbour = make_client(cast.polanco)
    make_contract(neighbour)
    taken = book(cast.polanco, wish(large, wall(4, 12), wall(4, 14), neighbour), TEN)
    wanted = wish(large, wall(4, 12), wall(4, 14), guemes, request_key="line")
    within(cast.polanco, TEN, lambda row: service.join_waiting(row, wanted, MARIANA, TEN).id)
    assert taken.id
    lobby.arrive()
    make_item(cast.polanco, "DHL 4711", guemes, kind="parcel")


@pytest.fixture
def laura(live_server: House, visitor: Callable[..., Watched]) -> Watched:
    """In the portal, on her phone."""
    live_server.now = TEN
    with live_server.app.app_context(), clock.fixed_at(TEN):
        furnish(make_cast())
        way_in = entrance(LAURA)
        db.session.remove()
    eyes = visitor(phone=True)
    eyes.page.goto(way_in)
    fill(eyes.page, email=LAURA)
    eyes.press("Entrar")
    eyes.page.wait_for_url("**/portal/")
    return eyes


def test_two_taps_book_a_room_and_everything_of_the_lobby_reads_on_a_phone(laura: Watched) -> None:
    page = laura.page
    page.goto("/portal/rooms")
    laura.look()
    assert page.evaluate(SMALL) == []
    page.locator(".offers a", has_text="Sala Juárez").click()  # the first tap
    book_it = page.get_by_role("button", name="Reservar", exact=True)
    expect(book_it).to_be_in_viewport()
    laura.look()
    book_it.click()  # the second
    expect(page.locator("main .meets").first).to_contain_text("10:30")
    page.locator(".meets a", has_text="Comité de ventas").nth(1).click()  # the first is too near to be moved here
    laura.look()
    fill(page, at="16:00")
    page.get_by_label("Esta y las siguientes").first.check()
    laura.press("Guardar")
    laura.heading("Confirme el cambio")
    laura.look()
    laura.press("Cambiar")
    laura.sees("16:00")
    page.goto("/portal/rooms/book?resource=1&starts=2026-12-10T16:00&minutes=60&people=2")
    laura.look()
    laura.press("Avísenme si se libera")
    laura.sees("Es el siguiente")
    page.goto("/portal/rooms/book?resource=1&starts=2026-12-08T11:00&minutes=60&people=2")
    page.get_by_text("Asunto, invitados, repetir").click()
    page.get_by_label("Repetir").select_option("daily")
    fill(page, count="3")
    laura.press("Reservar")
    laura.heading("Confirmar las fechas")
    laura.look()
    laura.press("Reservar estas fechas")
    expect(page.get_by_text("Se reservaron 3 fechas").first).to_be_visible()
    for address in ("hours", "calendar"):
        page.goto(f"/portal/rooms/{address}")
        laura.look()
    laura.press("Hacer mi dirección privada")
    expect(page.get_by_text(re.compile(r"/calendar/[\w-]+\.ics"))).to_be_visible()
    laura.look()
    for address in ("", "visitors", "visitors/new", "mail"):
        page.goto(f"/portal/{address}")
        page.wait_for_load_state("networkidle")
        if not address:
            expect(page.get_by_text("lo espera en recepción")).to_be_visible()
        laura.look()
