"""Clients, contracts and the search in Chromium: by keyboard, in dialogs, on every width."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.test_settings_pages import sign_in
from tests.browser.watching import Watched
from tests.factories.contracts import add_charge, add_price, make_client, make_contract
from tests.factories.money import at, close_month, issue_month
from tests.factories.people import make_cast

pytestmark = pytest.mark.browser
PAGES = (
    "/staff/clients/", "/staff/clients/?q=nadie", "/staff/clients/new", "/staff/clients/1", "/staff/clients/1/edit",
    "/staff/clients/1/invoices", "/staff/clients/1/payments", "/staff/clients/1/notices", "/staff/clients/1/history",
    "/staff/clients/1/charges/new", "/staff/contracts/", "/staff/contracts/?show=ended", "/staff/contracts/new?q=guemes",
    "/staff/contracts/new/1", "/staff/contracts/1", "/staff/contracts/1/edit", "/staff/contracts/1/end",
    "/staff/contracts/1/lines/1/prices/new", "/staff/search?q=204", "/staff/search?q=nadie",
)


@pytest.fixture
def watched(live_server: House, visitor: Callable[..., Watched]) -> Watched:
    with live_server.app.app_context():
        cast = make_cast()
        client = make_client(cast.polanco, "Logística Güemes López, S.C.", trade_name="Güemes", group="Fundadores")
        contract = make_contract(client, office="204", deposit=700_000, notes="Paga los viernes.")
        add_price(contract, date(2027, 1, 1), 400_000, 450_000)
        issue_month(cast.polanco)
        close_month(cast.polanco)
        add_charge(client, "Impresiones", 12_000)
    live_server.now = at(7)
    window = visitor()
    sign_in(window)
    return window


def test_every_page_of_clients_and_contracts(watched: Watched) -> None:
    for address in PAGES:
        watched.page.goto(address)
        watched.look()


def test_the_search_opens_by_a_key_and_leads_there_by_keys(watched: Watched) -> None:
    page = watched.page
    page.goto("/staff/contracts/")
    page.keyboard.press("/")
    page.keyboard.type("guemes")
    expect(page.locator("#search [data-hit]").first).to_contain_text("Güemes")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/clients/1")
    page.keyboard.press("Control+k")
    page.keyboard.type("plc 1")
    expect(page.locator("#search [data-hit]").first).to_contain_text("PLC-000001")
    page.keyboard.press("Escape")
    expect(page.locator("#search")).not_to_be_visible()


def test_a_dialog_says_what_is_wrong_keeps_what_was_typed_and_then_does_it(watched: Watched) -> None:
    page = watched.page
    page.goto("/staff/contracts/1")
    page.get_by_role("button", name="Cambiar precios").click()
    dialog = page.locator("#modal")
    expect(dialog.locator("[name=prompt_price]")).to_have_value("4000.00")
    dialog.locator("[name=prompt_price]").fill("9,999")
    dialog.locator("footer button:not([type=button])").click()
    expect(dialog.locator("#list_price-error")).to_be_visible()
    expect(dialog.locator("[name=prompt_price]")).to_have_value("9,999")
    dialog.locator("[name=list_price]").fill("12000")
    dialog.locator("footer button:not([type=button])").click()
    expect(page.locator("#toasts")).to_contain_text("enero 2027")
    expect(page.locator("main")).to_contain_text("$9,999.00")


def test_a_list_is_searched_while_typing(watched: Watched) -> None:
    page = watched.page
    page.goto("/staff/clients/")
    page.locator(".find [name=q]").type("nadie")
    expect(page.locator("#clients-rows .emptystate")).to_be_visible()
    page.locator(".find [name=q]").fill("guemes")
    expect(page.locator("#clients-rows tbody tr")).to_have_count(1)


def test_a_client_is_written_without_scripts(live_server: House, visitor: Callable[..., Watched]) -> None:
    with live_server.app.app_context():
        make_cast()
    window = visitor(scripts=False)
    sign_in(window)
    page = window.page
    page.goto("/staff/clients/new")
    fill(page, legal_name="Café Ñandú")
    page.locator("button[name=more]").click()
    expect(page.locator("[name=legal_name]")).to_have_value("Café Ñandú")
    page.locator("[name=email-1]").fill("almacen@nandu.example")
    page.locator(".formactions button").click()
    expect(page.locator("h1")).to_have_text("Café Ñandú")
    expect(page.locator("main")).to_contain_text("almacen@nandu.example")
