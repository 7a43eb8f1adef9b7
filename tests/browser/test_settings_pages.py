"""Every page of settings, accounts and audit: readable by everybody, on every width, without a complaint."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.watching import Watched
from tests.factories.people import PASSWORD, make_cast, make_holiday

pytestmark = pytest.mark.browser
PAGES = (
    "/account/", "/account/password", "/account/second-factor", "/account/recovery-codes", "/staff/settings/branch",
    "/staff/settings/issuer", "/staff/settings/bank", "/staff/settings/online", "/staff/settings/policy", "/staff/settings/holidays",
    "/staff/settings/series", "/staff/settings/taxes", "/staff/settings/users", "/staff/settings/users/new",
    "/staff/settings/users/1", "/staff/audit/", "/staff/audit/chain",
)


@pytest.fixture
def watched(live_server: House, visitor: Callable[..., Watched]) -> Watched:
    with live_server.app.app_context():
        make_holiday(make_cast().polanco)
    return visitor()


def sign_in(watched: Watched, email: str = "gerencia@fastoffice.example") -> None:
    watched.page.goto("/sign-in")
    fill(watched.page, email=email, password=PASSWORD)
    watched.page.locator("main form button.btn").click()
    watched.page.wait_for_url("**/staff/**")


def test_the_pages_of_whoever_is_not_signed_in(watched: Watched) -> None:
    for address in ("/sign-in", "/recover"):
        watched.page.goto(address)
        watched.look()
    watched.page.goto("/account/")
    watched.heading("Iniciar sesión")


def test_the_pages_of_the_manager(watched: Watched) -> None:
    sign_in(watched)
    for address in PAGES:
        watched.page.goto(address)
        watched.look()


def test_the_pages_of_the_network(watched: Watched) -> None:
    sign_in(watched, "red@fastoffice.example")
    for address in ("/staff/settings/network", "/staff/settings/network/branches/new"):
        watched.page.goto(address)
        watched.look()


def test_what_is_wrong_is_said_where_it_is_wrong(watched: Watched) -> None:
    sign_in(watched)
    page = watched.page
    page.goto("/staff/settings/issuer")
    fill(page, tax_id="EEP150312H47")
    watched.press("Guardar")
    expect(page.locator("#tax_id-error")).to_have_text("El dígito verificador de este RFC no coincide.")
    expect(page.locator("#tax_id")).to_have_value("EEP150312H47")
    expect(page.locator("[data-focus]")).to_be_focused()
    watched.complaints.clear()  # the refusal itself: 422
    watched.look()


def test_somebody_is_invited_and_the_second_factor_turned_on(watched: Watched) -> None:
    sign_in(watched)
    page = watched.page
    page.goto("/staff/settings/users/new")
    fill(page, email="nueva@fastoffice.example", full_name="Nuria Vega")
    page.get_by_label("Contabilidad").check()
    watched.press("Enviar la invitación")
    watched.sees("Nuria Vega")
    watched.look()
    page.goto("/account/second-factor")
    watched.press("Configurar")
    expect(page.get_by_alt_text("Código QR para la aplicación de autenticación")).to_be_visible()
    watched.look()
