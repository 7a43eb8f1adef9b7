"""The session ends while somebody is typing: sign-in, then back, with what was typed; never "saved"."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fastoffice import clock
from fastoffice.branches.queries import branch_by_code
from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.test_portal_entering import LAURA, link_in_the_mail
from tests.browser.watching import Watched
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at, invoices_of, issue_month
from tests.factories.people import PASSWORD, make_branch, make_cast

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


def test_what_a_client_typed_comes_back_in_the_tab_that_her_mail_opens(
    live_server: House, visitor: Callable[..., Watched]
) -> None:
    live_server.now = at(2)
    with live_server.app.test_request_context(), clock.fixed_at(at(1)):
        branch = make_branch("PLC")
        guemes = make_client(branch, "Logística Güemes López, S.C.", email=LAURA)
        make_contract(guemes)
        issue_month(branch)
        form = f"/portal/invoices/{invoices_of(guemes)[0].id}/dispute"
    phone = visitor(phone=True)
    comes_in(phone.page, phone, live_server)
    phone.page.goto(form)
    fill(phone.page, message="Me cobran dos meses")
    phone.page.context.clear_cookies()
    phone.press("Enviar")
    phone.page.wait_for_url("**/portal/sign-in?next=**")
    other = Watched(phone.page.context)
    comes_in(other.page, phone, live_server)
    other.page.wait_for_url(f"**{form}")
    expect(other.page.locator("[name=message]")).to_have_value("Me cobran dos meses")
    expect(other.page.locator("#toasts")).to_contain_text("no se guardó nada")
    other.press("Enviar")
    other.page.wait_for_url("**/portal/requests")
    other.sees("Me cobran dos meses")
    other.look()


def comes_in(page: Page, asking: Watched, house: House) -> None:
    """She asks for a link on the page where she stands, and opens it in `page`."""
    if "/portal/sign-in" not in asking.page.url:
        asking.page.goto("/portal/sign-in")
    fill(asking.page, email=LAURA)
    asking.press("Enviarme el enlace")
    asking.sees("va en camino")
    for read in house.folder.rglob("*.eml"):
        read.unlink()
    house.tick()
    page.goto(link_in_the_mail(house))
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url(re.compile("/portal/(?!enter)"))


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
