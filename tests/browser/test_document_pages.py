"""Drafts and invoices in a real browser: dialogs, totals while one types, refusals, and every width."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from fastoffice import clock
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import cycle
from fastoffice.extensions import db
from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.watching import Watched
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, close_month, issue_month
from tests.factories.people import PASSWORD, make_cast

pytestmark = pytest.mark.browser
PRIVATE = [("Oficina privada", 890_000, 1_065_000)]


@pytest.fixture
def numbers(live_server: House) -> dict[str, int]:
    """Ids of a draft, of a document that was replaced and of its replacement; it is 7 December."""
    live_server.now = at(7)
    with live_server.app.app_context():
        polanco = make_cast().polanco
        make_contract(make_client(polanco, "Energía Flores, S.C."), lines=PRIVATE)
        issue_month(polanco)
        close_month(polanco)
        make_contract(make_client(polanco, "Logística Güemes López, S.C."), lines=PRIVATE)
        with clock.fixed_at(at(7)):
            cycle.draft_period(polanco.id, "2026-12", MARIANA, at(7))
        found = {each.stage if each.status == "issued" else each.status: each.id
                 for each in db.session.scalars(sa.select(Invoice))}
        db.session.remove()
    return found


@pytest.fixture
def manager(numbers: dict[str, int], visitor: Callable[..., Watched]) -> Watched:
    return sign_in(visitor())


def sign_in(watched: Watched) -> Watched:
    watched.page.goto("/sign-in")
    fill(watched.page, email="gerencia@fastoffice.example", password=PASSWORD)
    watched.page.locator("main form button.btn").click()
    watched.page.wait_for_url("**/staff/**")
    return watched


def test_every_page_of_documents_is_for_everybody_and_fits(manager: Watched, numbers: dict[str, int]) -> None:
    for address in (*(f"/staff/invoices/{key}" for key in numbers.values()), "/staff/invoices/new",
                    "/staff/invoices/new?client=1", "/staff/ledger/"):
        manager.page.goto(address)
        manager.look()


def test_the_replaced_document_leads_to_its_successor(manager: Watched, numbers: dict[str, int]) -> None:
    manager.page.goto(f"/staff/invoices/{numbers['cancelled']}")
    manager.sees("$10,324.00")
    manager.press("PLC-000002", "link")
    manager.heading("PLC-000002")
    manager.sees("$12,354.00")


def test_a_line_is_changed_in_a_dialog_with_the_total_in_sight(manager: Watched, numbers: dict[str, int]) -> None:
    page = manager.page
    page.goto(f"/staff/invoices/{numbers['draft']}")
    manager.press("Cambiar")
    fill(page, prompt="$8,000.00")
    expect(page.locator("#line-totals")).to_contain_text("$9,280.00")
    fill(page, prompt="ocho mil")
    manager.press("Guardar")
    expect(page.locator("#prompt-error")).to_be_visible()
    expect(page.locator("#prompt")).to_have_value("ocho mil")
    manager.complaints.clear()  # the refusal itself: 422
    manager.look()
    fill(page, prompt="$8,000.00")
    manager.press("Guardar")
    expect(page.locator(".sums .total")).to_contain_text("$9,280.00")
    manager.look()


def test_without_scripts_the_same_forms_are_pages(
    numbers: dict[str, int], visitor: Callable[..., Watched], live_server: House
) -> None:
    watched = sign_in(visitor(scripts=False))
    page = watched.page
    page.goto(f"/staff/invoices/{numbers['list']}")
    page.get_by_role("button", name="Poner en espera").click()
    fill(page, reason="No reconoce el cargo", until="2026-12-20")
    page.get_by_role("button", name="Poner en espera").click()
    watched.heading("PLC-000002")
    watched.sees("No reconoce el cargo")


def test_the_client_of_a_one_off_invoice_is_found_while_typing(manager: Watched) -> None:
    page = manager.page
    page.goto("/staff/invoices/new")
    page.locator("[name=q]").last.press_sequentially("guemes")
    page.locator("#client-hits a").click()
    fill(page, **{"description-0": "Renta de sala", "prompt-0": "1,450.00"})
    manager.look()
    manager.press("Hacer el borrador")
    manager.heading("Logística Güemes López, S.C.")
    manager.sees("$1,682.00")
