"""Mariana's December in Chromium: from the spreadsheet that Polanco keeps to the invoice that replaces one."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fastoffice import clock
from fastoffice.folding import fold
from fastoffice.notifications import kinds
from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.watching import Watched
from tests.factories.money import MEXICO, at
from tests.factories.people import PASSWORD, make_branch, make_user

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
SAMPLE = Path(__file__).parents[1] / "fixtures" / "roster" / "contratos-polanco.xlsx"
MONTH = "/staff/billing/2026-12"
MAIL = "mariana@fastoffice.example"
Visitor = Callable[..., Watched]


@pytest.fixture
def polanco(live_server: House) -> House:
    """The branch on the morning of 1 December: its people, and nothing else."""
    live_server.now = at(1, 9)
    with live_server.app.app_context(), clock.fixed_at(live_server.now):
        branch = make_branch("PLC")
        make_user("receptionist", [branch], email=MAIL, name="Mariana Ruiz")
    return live_server


def sign_in(eyes: Watched, house: House) -> None:
    eyes.page.goto("/staff/")
    fill(eyes.page, email=MAIL, password=PASSWORD)
    eyes.press(house.says("Sign in"))


def upload(eyes: Watched, house: House) -> None:
    """The file as it is, its preview, the confirmation."""
    page = eyes.page
    eyes.press(house.says("Import"), "link")
    eyes.heading(house.says("Import contracts"))
    eyes.look()
    page.locator("input[type=file]").set_input_files(SAMPLE)
    eyes.press(house.says("Read the file"))
    eyes.heading(house.says("Preview of the import"))
    eyes.sees("64")
    eyes.look()
    eyes.press(house.says("Import %(num)d new contract", "Import %(num)d new contracts", num=64))
    eyes.heading(house.says("Imported"))
    eyes.look()


def open_draft(eyes: Watched, row: int) -> str:
    """Open the draft in this place of the month's list; whose it is."""
    eyes.page.goto(MONTH)
    link = eyes.page.locator("#documents-rows tbody tr").nth(row).locator("a").first
    name = link.inner_text()
    link.click()
    expect(eyes.page.get_by_role("heading", level=1)).to_have_text(name)
    return name


def in_dialog(eyes: Watched, opener: str, button: str, **fields: str) -> None:
    """Open the dialog, write, look, send; the dialog is gone when it was taken."""
    eyes.press(opener)
    dialog = eyes.page.locator("#modal")
    expect(dialog).to_be_visible()
    fill(eyes.page, **fields)
    eyes.look()
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_be_hidden()


def review_drafts(eyes: Watched, house: House) -> None:
    """A line adjusted, a charge added, one draft held and one left out."""
    eyes.page.goto(MONTH)
    eyes.press(house.says("Make drafts"))
    expect(eyes.page.locator("#toasts")).to_contain_text("64")
    expect(eyes.page.locator("#documents-rows tbody tr")).to_have_count(50)
    eyes.look()
    open_draft(eyes, 0)
    eyes.look()
    in_dialog(eyes, house.says("Change"), house.says("Save"), prompt="4321.00", list="5000.00")
    eyes.sees("4,321.00")
    in_dialog(eyes, house.says("Add a charge or a discount"), house.says("Save"), description="Llave extraviada",
              prompt="150")
    eyes.sees("Llave extraviada")
    open_draft(eyes, 1)
    in_dialog(eyes, house.says("Put on hold"), house.says("Put on hold"), reason="Pide revisar el concepto")
    eyes.sees(house.says("Dispute").lower())
    open_draft(eyes, 2)
    in_dialog(eyes, house.says("Exclude"), house.says("Exclude"), reason="Se fue en noviembre")
    eyes.sees("Se fue en noviembre")


def issue(eyes: Watched, house: House) -> None:
    """One click, a bar that moves, and what was left out with its reason."""
    page = eyes.page
    page.goto(MONTH)
    eyes.press(house.says("Issue %(num)d draft", "Issue %(num)d drafts", 62))
    expect(page.locator("#modal")).to_contain_text("$")
    eyes.look()
    page.locator("#modal").get_by_role("button", name="62").click()
    expect(page.locator("#run progress")).to_be_visible()
    eyes.look()
    house.tick()
    expect(page.locator("#run")).to_contain_text(house.says("%(num)d invoice issued", "%(num)d invoices issued", 62))
    expect(page.locator("#run")).to_contain_text(
        house.says("%(num)d draft was left out.", "%(num)d drafts were left out.", 1))
    eyes.look()


def test_from_the_spreadsheet_to_the_replaced_invoice(polanco: House, visitor: Visitor) -> None:
    eyes = visitor()
    page = eyes.page
    sign_in(eyes, polanco)
    eyes.look()
    upload(eyes, polanco)
    review_drafts(eyes, polanco)
    issue(eyes, polanco)

    page.goto(f"{MONTH}?show=open")
    expect(page.locator("#documents-rows tbody tr")).to_have_count(50)
    eyes.look()
    page.locator("#documents-rows tbody tr").nth(5).locator("a").first.click()
    page.wait_for_url("**/staff/invoices/*")
    expect(page.locator("#files a")).to_have_text(polanco.says("Invoice"))
    assert page.request.get(page.locator("#files a").get_attribute("href") or "").body().startswith(b"%PDF-")
    eyes.look()

    polanco.move_to(at(6, 0))
    page.goto(f"{MONTH}?show=cancelled")
    expect(page.locator("#documents-rows tbody tr")).to_have_count(50)
    expect(page.locator(".chips a[aria-current]")).to_contain_text("62")
    eyes.look()
    paid = replaced_and_paid_in_time(eyes, polanco)
    the_outbox_explains(eyes, polanco, paid)
    keyboard_finds(eyes, paid)
    the_client_sees_the_living_document(visitor(phone=True), polanco, paid)


def replaced_and_paid_in_time(eyes: Watched, house: House) -> str:
    """From an old invoice to its replacement; a transfer of 4 December undoes it. Whose it was."""
    page = eyes.page
    page.locator("#documents-rows tbody tr").nth(7).locator("a").first.click()
    page.wait_for_url("**/staff/invoices/*")
    old = page.get_by_role("heading", level=1).inner_text()
    total = page.locator("table.sums tr.total td").first.inner_text()
    eyes.look()
    page.locator("#main .notice a").last.click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(old)
    eyes.sees(house.says("It replaces %(number)s", number=old))
    name = page.locator(".pagehead a.linky").first.inner_text()
    eyes.look()
    house.now = at(7, 10)
    eyes.press(house.says("Record a payment"), "link")
    eyes.heading(house.says("Record a payment"))
    fill(page, amount=total.replace("$", ""), value_date="2026-12-04", reference="SPEI 4411")
    expect(page.locator("#plan")).to_contain_text(house.says("The prompt price comes back"))
    eyes.look()
    eyes.press(house.says("Record the payment"))
    page.wait_for_url(re.compile(r"/staff/payments/\d+"))
    eyes.look()
    page.locator("#applied tbody a").first.click()
    page.wait_for_url("**/staff/invoices/*")
    eyes.sees(house.says("paid"))
    eyes.sees(total)
    eyes.look()
    return name


def the_outbox_explains(eyes: Watched, house: House, name: str) -> None:
    """Three messages went to that client: the invoice, its replacement, the apology."""
    house.tick()
    page = eyes.page
    page.goto("/staff/outbox/")
    eyes.look()
    page.locator(".find input[name=q]").fill(name)
    page.locator(".find input[name=q]").press("Enter")
    page.wait_for_url("**q=*")
    rows = page.locator("#messages tbody tr")
    for kind in ("invoice_issued", "invoice_replaced", "invoice_restored"):
        expect(rows.filter(has_text=house.says(str(kinds.KINDS[kind].label))).first).to_be_visible()
    rows.first.locator("a").first.click()
    page.wait_for_url(re.compile(r"/staff/outbox/\d+"))
    eyes.look()


def keyboard_finds(eyes: Watched, name: str) -> None:
    """`/`, some letters without accents, Enter."""
    page = eyes.page
    page.goto("/staff/")
    eyes.look()
    page.locator("body").press("/")
    expect(page.locator("#search-q")).to_be_focused()
    page.keyboard.type(fold(name))
    expect(page.locator("#search-results [data-hit]").first).to_contain_text(name)
    eyes.look()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/staff/clients/\d+"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    eyes.look()


def pay_links(house: House, but_not: str) -> list[str]:
    """The links in the mails of 1 December, without those to that client."""
    links = []
    for mail in house.mails():
        body = mail.get_body(("plain",))
        text = body.get_content() if body else ""
        found = re.search(r"http://\S+/pay/[\w-]+", text)
        if found and but_not not in text and mail["Date"].datetime.astimezone(MEXICO).day == 1:
            links.append(found[0])
    return links


def the_client_sees_the_living_document(phone: Watched, house: House, paid: str) -> None:
    """The link in the first mail leads to what lives now, and to how it is paid."""
    phone.page.goto(pay_links(house, paid)[0])
    phone.sees("0121 8000 1234 5678 99")
    phone.sees("PLC-")
    phone.look()


def test_without_scripts_everything_works_too(polanco: House, visitor: Visitor) -> None:
    eyes = visitor(scripts=False)
    page: Page = eyes.page
    sign_in(eyes, polanco)
    page.goto("/staff/imports/")
    page.locator("input[type=file]").set_input_files(SAMPLE)
    eyes.press(polanco.says("Read the file"))
    eyes.press(polanco.says("Import %(num)d new contract", "Import %(num)d new contracts", num=64))
    eyes.heading(polanco.says("Imported"))
    page.goto(MONTH)
    eyes.press(polanco.says("Make drafts"))
    eyes.press(polanco.says("Issue %(num)d draft", "Issue %(num)d drafts", 64))
    page.locator("#main").get_by_role("button", name="64").click()
    page.wait_for_url("**/staff/billing/runs/*")
    polanco.tick()
    page.reload()
    eyes.sees(polanco.says("%(num)d invoice issued", "%(num)d invoices issued", 64))
    page.goto(f"{MONTH}?show=open")
    page.locator("#documents-rows tbody tr").first.locator("a").first.click()
    page.wait_for_url("**/staff/invoices/*")
    eyes.sees(polanco.says("Files"))
    assert not eyes.complaints
