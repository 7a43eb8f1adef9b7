"""Every page that the navigation leads to, and the first record of each list: nobody is excluded, nothing cut off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fastoffice import clock
from fastoffice.billing.models import PayLink
from fastoffice.billing.service import pay_links
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.watching import Watched
from tests.factories.contracts import PROMPT, make_client, make_contract
from tests.factories.money import at, close_month, invoices_of, issue_month, pay
from tests.factories.online import an_account
from tests.factories.people import PASSWORD, make_branch, make_user
from tests.factories.portal import entrance, let_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
MAIL = "gerencia@fastoffice.example"
LONG = "Comercializadora Internacional de Productos Agroalimentarios Güemes-Íñiguez y Asociados, S.A.P.I. de C.V."
Visitor = Callable[..., Watched]


@pytest.fixture
def a_month_with_everything(live_server: House) -> House:
    """December with a payment, a client with a very long name, replaced invoices; and a manager."""
    live_server.now = at(1)
    with live_server.app.app_context(), clock.fixed_at(live_server.now):
        branch = make_branch("PLC")
        make_user("manager", [branch], email=MAIL, name="Graciela Torres")
        ana, long = make_client(branch, "Ana Peña"), make_client(branch, LONG)
        for number, client in enumerate((ana, long, long)):
            make_contract(client, office=f"B-20{number}", channels=("email", "post"))
        issue_month(branch)
        pay(branch, ana, PROMPT * 116 // 100, at(2))
        close_month(branch)
    live_server.now = at(7)
    return live_server


def test_every_page_of_the_navigation(a_month_with_everything: House, visitor: Visitor) -> None:
    eyes = visitor()
    page = eyes.page
    page.goto("/staff/")
    fill(page, email=MAIL, password=PASSWORD)
    eyes.press(a_month_with_everything.says("Sign in"))
    page.wait_for_url("**/staff/")
    links = [link.get_attribute("href") or "" for link in page.locator("#side a").all()]
    assert len(links) > 8
    records = []
    for address in dict.fromkeys(links):
        page.goto(address)
        eyes.look()
        records += [link.get_attribute("href") or "" for link in page.locator("#main tbody a[href^='/staff/']").all()[:1]]
    assert len(records) > 4
    for address in records:
        page.goto(address)
        eyes.look()


def test_a_clients_side_of_every_state(a_month_with_everything: House, visitor: Visitor) -> None:
    """A paid, a replaced and a living document behind their links, on a phone."""
    house = a_month_with_everything
    with house.app.test_request_context():
        ids = list(db.session.scalars(db.select(PayLink.invoice_id).order_by(PayLink.id)))
        urls = pay_links.urls(ids)
    assert len(urls) == len(ids) == 5
    phone = visitor(phone=True)
    for url in urls.values():
        phone.page.goto(url)
        phone.look()


def test_every_page_of_the_portal(a_month_with_everything: House, visitor: Visitor) -> None:
    """On a phone, with a replaced invoice that can be paid online, a payment and a request: read and asked about."""
    house = a_month_with_everything
    with house.app.app_context(), clock.fixed_at(house.now):
        long = db.session.scalars(db.select(Client).where(Client.legal_name == LONG)).one()
        an_account(db.session.get_one(Branch, long.branch_id))
        pay(db.session.get_one(Branch, long.branch_id), long, 10_000, house.now)
        email = let_in(long).email
        invoice, door = invoices_of(long)[-1].id, entrance(email)
    phone = visitor(phone=True)
    phone.page.goto(door)
    fill(phone.page, email=email)
    phone.press(house.says("Come in"))
    phone.page.wait_for_url("**/portal/")
    phone.page.goto(f"/portal/invoices/{invoice}/dispute")
    phone.look()
    fill(phone.page, message="¿Por qué cambió el precio? " * 20)
    phone.press(house.says("Send"))
    phone.page.wait_for_url("**/portal/requests")
    phone.look()
    links = [link.get_attribute("href") or "" for link in phone.page.locator("nav.tabs a").all()]
    assert len(links) >= 8
    about = [f"/portal/invoices/{invoice}", f"/portal/invoices/{invoice}/instalments?parts=6", "/portal/requests/transfer",
             "/portal/statement?since=2026-12-01&until=2026-12-31"]
    for address in [*links, *about]:
        phone.page.goto(address)
        phone.look()
