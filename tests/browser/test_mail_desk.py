"""The mail room in Chromium: a piece in five seconds by the keyboard alone, a name drawn, a slip taken back."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from fastoffice.clients.checks import ContactData
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailHandover, MailItem
from tests.browser.house import House
from tests.browser.test_settings_pages import sign_in
from tests.browser.watching import Watched
from tests.factories.contracts import make_client, make_contract
from tests.factories.mail import make_item, make_nominee, make_request
from tests.factories.money import at
from tests.factories.people import make_cast

pytestmark = pytest.mark.browser
SECONDS = 5
BETWEEN_KEYS = 60  # milliseconds: somebody who types well


@pytest.fixture
def watched(live_server: House, visitor: Callable[..., Watched]) -> Watched:
    with live_server.app.app_context():
        cast = make_cast()
        client = make_client(cast.polanco, "Logística Güemes López, S.C.", trade_name="Güemes", contacts=(
            ContactData("Laura Güemes", "laura@guemes.mx", "55 1234 5678"),))
        make_contract(client)
        make_nominee(client, "Juan Pérez", "4711")
        make_request(make_item(cast.polanco, "Güemes", kind="letter", sender="BBVA"))
        make_item(cast.polanco, "Transportes X", carrier="DHL", tracking="1234567890123456789012345678901234567890")
    live_server.now = at(7)
    window = visitor()
    sign_in(window)
    return window


def test_every_page_of_the_mail_room(watched: Watched) -> None:
    for address in ("/staff/mail/", "/staff/mail/?show=unassigned", "/staff/mail/?q=nada", "/staff/mail/1", "/staff/mail/2",
                    "/staff/mail/requests", "/staff/mail/calls?q=guemes", "/staff/mail/calls/1", "/staff/mail/clients/1",
                    "/staff/mail/clients/1/hand-over", "/staff/mail/policy"):
        watched.page.goto(address)
        watched.look()


def test_a_stack_of_parcels_is_logged_by_the_keyboard_in_five_seconds_each(watched: Watched, live_server: House) -> None:
    page = watched.page
    page.goto("/staff/mail/")
    for number in range(1, 5):
        expect(page.locator("#addressee")).to_be_focused()
        begun = time.monotonic()
        page.keyboard.type("guemes", delay=BETWEEN_KEYS)
        page.keyboard.press("Tab")
        if number == 1:
            page.keyboard.type("DHL", delay=BETWEEN_KEYS)
        page.keyboard.press("Tab")
        page.keyboard.type(f"JD{number:04}", delay=BETWEEN_KEYS)
        page.keyboard.press("Enter")
        expect(page.locator("#just-logged")).to_contain_text(f"DHL JD{number:04}")
        assert time.monotonic() - begun < SECONDS
    with live_server.app.app_context():
        rows = db.session.scalars(sa.select(MailItem).where(MailItem.tracking.startswith("JD"))).all()
        assert [(row.client_id, row.carrier) for row in rows] == [(1, "DHL")] * 4
    watched.look()


def test_the_choice_appears_while_typing_and_is_taken_by_keys(watched: Watched, live_server: House) -> None:
    page = watched.page
    page.goto("/staff/mail/")
    page.keyboard.type("guem", delay=BETWEEN_KEYS)
    option = page.locator("#mail-guess input[value='1']")
    expect(option).to_be_visible()
    expect(option).not_to_be_checked()
    for _stop in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    expect(option).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator("#just-logged")).to_contain_text("Güemes")


def test_a_name_is_drawn_and_the_slip_taken_back(watched: Watched, live_server: House) -> None:
    page = watched.page
    page.goto("/staff/mail/clients/1/hand-over")
    page.locator("input[name=taker]").nth(1).check()
    pad = page.locator("[data-sigpad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 20 + 12 * step, box["y"] + 60 + (step % 3) * 20)
    page.mouse.up()
    page.locator("form[data-signed] button[data-size=lg]").click()
    page.wait_for_url("**/staff/mail/hand-overs/1")
    expect(page.locator("img.mailphoto")).to_be_visible()
    watched.look()
    with live_server.app.app_context():
        found = db.session.scalars(sa.select(MailHandover)).one()
        assert (found.taken_by, found.proof) == ("Laura Güemes", "signature")
    page.locator("form[action$='/undo'] button").click()
    page.wait_for_url("**/staff/mail/hand-overs/1")
    with live_server.app.app_context():
        assert db.session.get_one(MailItem, 1).handover_id is None
