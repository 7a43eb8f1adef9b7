"""The session ends while somebody is typing: sign-in, then back, with what was typed; never "saved"."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from fastoffice.branches.queries import branch_by_code
from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.watching import Watched
from tests.factories.people import PASSWORD, make_cast

pytestmark = pytest.mark.browser
MANAGER, NETWORK = "gerencia@fastoffice.example", "red@fastoffice.example"


@pytest.fixture
def manager(live_server: House, visitor: Callable[..., Watched]) -> Watched:
    """Polanco's manager at her desk, signed in."""
    with live_server.app.app_context():
        make_cast()
    watched = visitor()
    watched.page.goto("/sign-in")
    sign_in(watched)
    return watched


def sign_in(watched: Watched, email: str = MANAGER) -> None:
    fill(watched.page, email=email, password=PASSWORD)
    watched.page.locator("main form button.btn").click()
    watched.page.wait_for_url("**/staff/**")


def type_a_policy(watched: Watched) -> None:
    """Fill in the policy; then the session ends elsewhere and the form is sent."""
    page = watched.page
    page.goto("/staff/settings/policy")
    fill(page, prompt_days="9", invoice_note="Escrito con calma")
    page.uncheck("[name=prorate]")
    page.context.clear_cookies()
    watched.press("Guardar")
    page.wait_for_url("**/sign-in**")


def test_what_was_typed_comes_back_after_the_sign_in(manager: Watched, live_server: House) -> None:
    page = manager.page
    type_a_policy(manager)
    sign_in(manager)
    expect(page).to_have_url(f"{live_server.url}/staff/settings/policy")
    expect(page.locator("[name=prompt_days]")).to_have_value("9")
    expect(page.locator("[name=invoice_note]")).to_have_value("Escrito con calma")
    expect(page.locator("[name=prorate]")).not_to_be_checked()
    expect(page.locator("#toasts")).to_contain_text("no se guardó nada")
    assert policy_days(live_server) == 5, "nothing was saved behind her back"
    manager.press("Guardar")
    expect(page.locator("#toasts")).to_contain_text("Guardado")
    assert policy_days(live_server) == 9
    manager.look()


def policy_days(house: House) -> int:
    with house.app.app_context():
        return branch_by_code("PLC").policy.prompt_days


def test_another_person_at_the_same_desk_does_not_get_it(manager: Watched) -> None:
    type_a_policy(manager)
    sign_in(manager, NETWORK)
    expect(manager.page.locator("[name=prompt_days]")).to_have_value("5")


def test_a_fragment_whose_session_ended_leads_to_the_whole_sign_in_page(
    manager: Watched, live_server: House
) -> None:
    manager.page.goto("/staff/audit/")
    manager.page.context.clear_cookies()
    manager.page.locator("nav.chips a", has_text="Usuarios").click()
    manager.page.wait_for_url("**/sign-in?next=**")
    manager.heading("Iniciar sesión")
    sign_in(manager)
    expect(manager.page).to_have_url(f"{live_server.url}/staff/audit/")


def test_the_clabe_is_judged_while_it_is_typed(manager: Watched) -> None:
    manager.page.goto("/staff/settings/bank")
    fill(manager.page, clabe="012180001234567895")
    expect(manager.page.locator("#clabe-said")).to_contain_text("El dígito de control")
    manager.look()
    fill(manager.page, clabe="012180001234567899")
    expect(manager.page.locator("#clabe-said")).to_contain_text("BBVA")
