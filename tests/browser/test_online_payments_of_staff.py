"""Online payments and the cash desk as the branch sees them, on every width; cash is taken without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fastoffice import clock, transaction
from fastoffice.payments.gateway import DisputeState
from fastoffice.payments.service.online import accounts, disputes
from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.watching import Watched
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at, invoices_of, issue_month
from tests.factories.online import a_difference, an_attempt, paid_online
from tests.factories.people import PASSWORD, make_branch, make_user

pytestmark = pytest.mark.browser
MAIL = "gerencia@fastoffice.example"
Visitor = Callable[..., Watched]


@pytest.fixture
def pages(live_server: House) -> list[str]:
    """A paid and disputed card, a voucher under way, a declined card, a difference; the pages that show them."""
    live_server.now = at(2)
    with live_server.app.app_context(), clock.fixed_at(live_server.now):
        branch = make_branch("PLC")
        make_user("manager", [branch], email=MAIL, name="Graciela Torres")
        ana, luis = make_client(branch, "Ana Peña"), make_client(branch, "Luis Íñiguez")
        for client in (ana, luis):
            make_contract(client)
        issue_month(branch)
        payment = paid_online(branch, invoices_of(ana)[0], at(2), intent_id="pi_ana")
        told = DisputeState("du_1", "needs_response", payment.amount, "MXN", "pi_ana", "fraudulent", at(9), at(2))
        transaction.run(disputes.told, accounts.of_branch(branch.id).id, told, at(2))
        an_attempt(branch, invoices_of(luis)[0], at(2), state="failed", error="card_declined")
        voucher = an_attempt(branch, invoices_of(luis)[0], at(2), state="processing", method="oxxo")
        difference = a_difference(branch)
        return [
            "/staff/", "/staff/settings/online", "/staff/payments/", "/staff/payments/online",
            f"/staff/payments/online/{voucher.id}", "/staff/payments/online/differences",
            f"/staff/payments/online/differences/{difference.id}", f"/staff/payments/{payment.id}",
            f"/staff/payments/{payment.id}/card-refunds/new", f"/staff/clients/{luis.id}/payments",
            f"/staff/pay-links/new?client={luis.id}", f"/staff/pay-links/{invoices_of(luis)[0].id}/end", "/staff/payments/desk", f"/staff/payments/desk?client={luis.id}",
        ]


def come_in(watched: Watched) -> None:
    watched.page.goto("/sign-in")
    fill(watched.page, email=MAIL, password=PASSWORD)
    watched.page.locator("main form button.btn").click()
    watched.page.wait_for_url("**/staff/**")


def test_every_page_is_readable(pages: list[str], visitor: Visitor) -> None:
    eyes = visitor()
    come_in(eyes)
    for address in pages:
        eyes.page.goto(address)
        eyes.look()


def test_cash_is_taken_in_three_steps_without_scripts(pages: list[str], visitor: Visitor) -> None:
    eyes = visitor(scripts=False)
    come_in(eyes)
    page = eyes.page
    page.goto("/staff/payments/desk")
    page.locator("#q").fill("luis")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/payments/desk?client=*")
    page.locator("#desk-method-1").check()
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/payments/desk/*")
    assert "Terminal" in page.locator("main").inner_text()
