"""Laura sees what she owes and why, pays it, downloads it; a client of another file finds nothing of hers."""

from __future__ import annotations

import gzip
import io
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from markupsafe import escape
from openpyxl import load_workbook
from pypdf import PdfReader

from fastoffice import clock, money
from fastoffice.billing.models import Invoice, PayLink
from fastoffice.billing.service import cycle, pay_links
from fastoffice.clients.models import Client
from fastoffice.contracts.queries import of_client as contracts_of_id
from fastoffice.documents import on_demand, rendering
from fastoffice.extensions import db
from fastoffice.payments.models import PayAttempt, Payment, SavedCard
from fastoffice.payments.queries import statement as accounts
from fastoffice.payments.service.online import syncing
from tests.factories.contracts import add_price, make_client, make_contract
from tests.factories.money import MARIANA, PERIOD, at, close_month, invoices_of, issue_month, pay
from tests.factories.online import an_account, an_attempt
from tests.factories.people import CLABE_POLANCO, Cast
from tests.factories.portal import come_in, let_in
from tests.web.browser import Browser
from tests.web.statements import counted_statements

PROMPT, LIST = 890_000, 1_065_000
TOTAL, LATER = "$10,324.00", "$12,354.00"
LOADED = re.compile(r'(?:href|src)="(/static/[^"#]+)|url\("(/static/[^"]+)"\)')


@pytest.fixture
def guemes(cast: Cast) -> Client:
    client = make_client(cast.polanco, "Logística Güemes López, S.C.", email="laura@guemes.mx")
    make_contract(client, [("Oficina privada 2 pers.", PROMPT, LIST)], code="PLC-C1")
    issue_month(cast.polanco)
    return client


@pytest.fixture
def stranger(cast: Cast, app) -> Browser:
    """A contact of another client of the same branch."""
    browser: Browser = app.test_client()
    come_in(browser, let_in(make_client(cast.polanco, "Otra Empresa, S.A.", email="otra@otra.mx")))
    return browser


def see(browser: Browser, address: str, now=None, status: int = 200) -> str:
    with clock.fixed_at(now or at(2)):
        answer = browser.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def invoice_of(client: Client) -> Invoice:
    return invoices_of(client)[-1]


def test_she_sees_what_she_owes_until_when_and_what_it_costs_later(laura: Browser, guemes: Client) -> None:
    page = see(laura, "/portal/")
    assert f"hasta el 5 de diciembre de 2026, 23:59: {TOTAL}; después: {LATER}" in page
    assert "Ahorra $2,030.00." in page
    assert invoice_of(guemes).number in page


def test_she_copies_the_clabe_and_the_reference_and_reads_each_tax_by_its_name(laura: Browser, guemes: Client) -> None:
    owed = invoice_of(guemes)
    for address in ("/portal/", f"/portal/invoices/{owed.id}"):
        page = see(laura, address)
        for wanted in (f'data-copy="{CLABE_POLANCO}"', f'data-copy="{owed.reference}"',
                       escape(owed.snapshot.data["beneficiary"])):
            assert wanted in page, address
    assert "<dt>IVA 16 %</dt><dd>$1,424.00</dd>" in page
    assert "Impuesto" not in page


def test_after_the_deadline_the_old_price_is_gone_and_the_way_is_told(
        laura: Browser, guemes: Client, cast: Cast) -> None:
    old = invoice_of(guemes)
    close_month(cast.polanco)
    page = see(laura, "/portal/", at(7))
    assert LATER in page
    assert page.count(TOTAL) == page.count(f"<s>{TOTAL}</s>") == 1, "of what was cancelled"
    assert f"Reemplazó a {old.number}" in page
    assert f"{old.number} se reemplazó por" in see(laura, f"/portal/invoices/{old.id}", at(7))


def test_the_history_shows_what_was_cancelled_and_what_took_its_place(
        laura: Browser, guemes: Client, cast: Cast) -> None:
    close_month(cast.polanco)
    old, new = invoices_of(guemes)
    page = see(laura, "/portal/history", at(7))
    assert f"cancelada → {new.number}" in page
    assert old.number in page


def test_the_account_reads_the_same_on_screen_and_in_the_books(laura: Browser, guemes: Client, cast: Cast) -> None:
    pay(cast.polanco, guemes, 100_000, at(3))
    close_month(cast.polanco)
    found = accounts.statement(guemes.id, "MXN", at(1).date(), at(31).date())
    assert [entry.kind for entry in found.entries] == ["issue", "received", "cancel", "issue"]
    assert found.closing == found.opening + found.charges - found.payments == invoices_of(guemes)[-1].balance
    page = see(laura, "/portal/statement?since=2026-12-01&until=2026-12-31", at(8))
    for amount in (found.charges, found.closing, *(entry.balance for entry in found.entries)):
        assert money.display(amount) in page
    later = accounts.statement(guemes.id, "MXN", at(5).date(), at(31).date())
    assert (later.opening, later.closing) == (found.entries[1].balance, found.closing)


def test_the_account_comes_as_paper_and_as_a_workbook_with_the_same_figures(
        laura: Browser, guemes: Client, cast: Cast) -> None:
    pay(cast.polanco, guemes, 100_000, at(3))
    days = "since=2026-12-01&until=2026-12-31"
    with clock.fixed_at(at(4)):
        paper, book = laura.get(f"/portal/statement.pdf?{days}"), laura.get(f"/portal/statement.xlsx?{days}")
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.data)).pages)
    rows = list(load_workbook(io.BytesIO(book.data)).active.values)
    assert [row[5] for row in rows[1:]] == [0, 10_324, 9_324, 9_324]
    assert (rows[-1][3], rows[-1][4]) == (10_324, 1_000)
    for amount in ("$10,324.00", "$9,324.00", "$1,000.00"):
        assert amount in words
    assert invoice_of(guemes).number in words
    assert "attachment" in paper.headers["Content-Disposition"]
    assert "attachment" in book.headers["Content-Disposition"]


def test_a_paper_that_takes_too_long_says_so_and_the_screen_still_works(
        laura: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_demand, "SECONDS", 0.05)
    assert "El PDF no se puede hacer en este momento" in see(laura, "/portal/statement.pdf", status=422)
    see(laura, "/portal/statement")


def test_what_she_paid_twice_is_in_her_favour_and_says_so(laura: Browser, guemes: Client, cast: Cast) -> None:
    for hour in (10, 11):
        pay(cast.polanco, guemes, invoice_of(guemes).total, at(3, hour))
    page = see(laura, "/portal/", at(4))
    assert f"{TOTAL}" in page
    assert "A su favor" in page
    found = accounts.statement(guemes.id, "MXN", at(1).date(), at(31).date())
    assert found.closing == -invoice_of(guemes).total
    assert f"-{TOTAL}" in see(laura, "/portal/statement", at(4)).replace("\u2212", "-")


def test_strangers_find_nothing_of_hers(stranger: Browser, guemes: Client, cast: Cast) -> None:
    payment, attempt = pay(cast.polanco, guemes, 100_000, at(3)), an_attempt(cast.polanco, invoice_of(guemes))
    rendering.render_due(clock.now())
    for address in (f"/portal/invoices/{invoice_of(guemes).id}", f"/portal/invoices/{invoice_of(guemes).id}.pdf",
                    f"/portal/receipts/{payment.id}.pdf"):
        see(stranger, address, status=404)
    see(stranger, f"/portal/return?attempt={attempt.key}", status=303)
    for address in ("/portal/", "/portal/history", "/portal/receipts", "/portal/statement", "/portal/contracts"):
        assert invoice_of(guemes).number not in see(stranger, address)


def test_a_draft_is_not_there_for_her(laura: Browser, guemes: Client, cast: Cast) -> None:
    make_contract(guemes, [("Oficina nueva", 777_000, 888_000)], code="PLC-C9")
    with clock.fixed_at(at(1)):
        cycle.draft_period(cast.polanco.id, PERIOD, MARIANA, at(1))
    [draft] = invoices_of(guemes, status="draft")
    for rest in ("", ".pdf", "/dispute", "/instalments"):
        see(laura, f"/portal/invoices/{draft.id}{rest}", status=404)
    for address in ("/portal/", "/portal/history", "/portal/statement", "/portal/requests/transfer"):
        assert money.plain(draft.total) not in see(laura, address).replace(",", "")
    assert laura.post("/portal/payments", data={"invoices": draft.id, "method": "card"}).status_code == 422


def test_more_movements_than_a_paper_holds_are_asked_for_in_parts(
        laura: Browser, guemes: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    pay(cast.polanco, guemes, 100_000, at(3))
    monkeypatch.setattr(accounts, "MOST", 1)
    for form in ("", ".pdf", ".xlsx"):
        see(laura, f"/portal/statement{form}?since=2026-12-01&until=2026-12-31", at(4), status=422)
    assert "$1,000.00" in see(laura, "/portal/statement?since=2026-12-31&until=2026-12-02", at(4))


def test_she_downloads_invoices_and_receipts(laura: Browser, guemes: Client, cast: Cast) -> None:
    payment, key = pay(cast.polanco, guemes, 100_000, at(3)), invoice_of(guemes).id
    see(laura, f"/portal/invoices/{key}.pdf", status=404)
    rendering.render_due(clock.now() + timedelta(days=400))
    for address in (f"/portal/invoices/{key}.pdf", f"/portal/receipts/{payment.id}.pdf"):
        answer = laura.get(address)
        assert answer.data.startswith(b"%PDF")
        assert "attachment" in answer.headers["Content-Disposition"]
    assert f"/portal/receipts/{payment.id}.pdf" in see(laura, "/portal/receipts", at(4))
    assert f"/portal/invoices/{key}.pdf" in see(laura, "/portal/history", at(4))


def test_whoever_may_only_see_contracts_sees_no_money(guemes: Client, app) -> None:
    browser: Browser = app.test_client()
    come_in(browser, let_in(guemes, ["contracts"]))
    assert "$10,324.00" not in see(browser, "/portal/")
    for address in ("/portal/history", "/portal/receipts", "/portal/statement", f"/portal/invoices/{invoice_of(guemes).id}"):
        see(browser, address, status=403)
    assert browser.post("/portal/payments", data={"invoices": "1", "method": "card"}).status_code == 403
    assert "PLC-C1" in see(browser, "/portal/contracts")


def test_contracts_tell_what_happens_next(laura: Browser, guemes: Client) -> None:
    [contract] = contracts_of_id(guemes.id)
    add_price(contract, date(2027, 3, 1), 910_000, 1_090_000)
    page = see(laura, "/portal/contracts")
    assert "1 de enero de 2027" in page
    assert "desde el 1 de marzo de 2027: $9,100.00" in page


def test_two_invoices_are_paid_with_one_card_payment(laura: Browser, guemes: Client, cast: Cast, stripe) -> None:
    make_contract(guemes, [("Sala de juntas", 100_000, 120_000)], code="PLC-C2")
    issue_month(cast.polanco, at(2))
    an_account(cast.polanco)
    both = invoices_of(guemes)
    with stripe.at(at(3)):
        page = laura.get("/portal/")
        assert "form-action 'self' " + stripe.url in page.headers["Content-Security-Policy"]
        assert "Pagar lo marcado con tarjeta" in page.text
        away = laura.post("/portal/payments", data={"invoices": [each.id for each in both], "method": "card"})
        assert away.status_code == 303, away.text
        stripe.pay(stripe.sessions[-1]["id"])
        attempt = db.session.scalars(sa.select(PayAttempt)).one()
        syncing.sync(attempt.id, at(3))
        assert "Recibimos su pago" in laura.get(f"/portal/return?attempt={attempt.key}").text
        assert '/portal/receipts">Ver sus recibos</a>' in laura.get(f"/portal/invoices/{both[0].id}").text
    assert [each.status for each in invoices_of(guemes)] == ["paid", "paid"]
    assert db.session.scalars(sa.select(Payment)).one().amount == sum(each.total for each in both)


def test_whoever_pays_on_a_page_that_a_colleague_began_comes_back_to_their_own(
        laura: Browser, guemes: Client, cast: Cast, app, stripe) -> None:
    """Laura is in the portal; somebody in accounts opened the link of the mail, on another machine."""
    an_account(cast.polanco)
    invoice, accounts = invoices_of(guemes)[0], app.test_client()
    nonce = db.session.scalar(sa.select(PayLink.nonce).where(PayLink.invoice_id == invoice.id))
    with stripe.at(at(3)):
        accounts.get(f"/pay/{pay_links.token_of(nonce)}")
        for browser, pay in ((laura, "/portal/payments"), (accounts, "/pay/payments")):
            browser.post(pay, data={"invoices": invoice.id, "method": "card"})
        [session] = stripe.sessions
        stripe.pay(session["id"])
        attempt = db.session.scalars(sa.select(PayAttempt)).one()
        syncing.sync(attempt.id, at(3))
        for browser, theirs, own in ((laura, "/pay", "/portal"), (accounts, "/portal", "/pay")):
            on = browser.get(f"{theirs}/return?attempt={attempt.key}")
            assert (on.status_code, on.location) == (303, f"{own}/return?attempt={attempt.key}")
            assert "Recibimos su pago" in browser.get(on.location).text


def test_while_her_money_is_on_its_way_nobody_asks_for_it_again(laura: Browser, guemes: Client, cast: Cast) -> None:
    owed = invoice_of(guemes)
    an_attempt(cast.polanco, owed, at(2), state="processing", method="oxxo")
    for address in ("/portal/", f"/portal/invoices/{owed.id}"):
        page = see(laura, address)
        assert "Ya hay un pago de esta factura en camino" in page, address
        assert CLABE_POLANCO not in page, address
        assert "paybutton" not in page, address


def test_a_kept_card_pays_in_one_touch_and_is_removed_in_one(
        laura: Browser, guemes: Client, cast: Cast, stripe) -> None:
    make_contract(guemes, [("Estacionamiento", 100_000, 100_000)], code="PLC-C2")
    issue_month(cast.polanco, at(2))
    an_account(cast.polanco)
    first, second = invoices_of(guemes)
    with stripe.at(at(3)):
        laura.post("/portal/payments", data={"invoices": first.id, "method": "card", "save_card": "y"})
        stripe.pay(stripe.sessions[-1]["id"])
        syncing.sync(db.session.scalars(sa.select(PayAttempt.id)).one(), at(3))
        page = laura.get(f"/portal/invoices/{second.id}").text
        assert "Pagar $1,160.00 con Visa ·· 4242" in page
        [card] = db.session.scalars(sa.select(SavedCard))
        answer = laura.post("/portal/payments", data={"invoices": second.id, "card": card.id}, follow_redirects=True)
        assert "Recibimos su pago de $1,160.00" in answer.text
        assert [each.status for each in invoices_of(guemes)] == ["paid", "paid"]
        order = {"card": card.id, "on_day": "99"}
        assert "Marque la casilla" in laura.post("/portal/autopay", data=order).text
        laura.post("/portal/autopay", data={**order, "consent": "y"})
        assert "Cada factura se cobra a Visa ·· 4242" in laura.get("/portal/cards").text
        laura.post(f"/portal/cards/{card.id}/removal")
        page = laura.get("/portal/cards").text
    assert "Ninguna tarjeta guardada" in page
    assert "Cada factura se cobra" not in page


def test_nothing_ticked_or_another_clients_invoice_is_refused(
        laura: Browser, guemes: Client, cast: Cast, stripe) -> None:
    an_account(cast.polanco)
    other = make_client(cast.polanco, "Otra, S.A.")
    make_contract(other)
    issue_month(cast.polanco, at(2))
    with stripe.at(at(3)):
        assert laura.post("/portal/payments", data={"method": "card"}).status_code == 422
        assert laura.post("/portal/payments", data={"invoices": invoice_of(other).id, "method": "card"}).status_code == 422
    assert not stripe.sessions


def test_the_pages_take_as_many_statements_for_one_invoice_as_for_many(
        laura: Browser, guemes: Client, cast: Cast) -> None:
    addresses = ("/portal/", "/portal/history", "/portal/receipts", "/portal/contracts",
                 "/portal/statement?since=2026-01-01&until=2027-12-31")
    pay(cast.polanco, guemes, 1_000, at(2))
    close_month(cast.polanco)
    few = {address: statements_of(laura, address) for address in addresses}
    for month in ("2027-01", "2027-02", "2027-03"):
        issue_month(cast.polanco, at(1, month=int(month[-2:]), year=2027), month)
        pay(cast.polanco, guemes, 1_000, at(2, month=int(month[-2:]), year=2027))
    make_contract(guemes, [("Sala", 1_000, 1_000), ("Locker", 1_000, 1_000)], code="PLC-C3")
    assert {address: statements_of(laura, address) for address in addresses} == few
    assert max(few.values()) <= 15


def test_the_first_page_and_a_document_take_eight_statements_at_most_and_no_more_with_their_past(
        laura: Browser, guemes: Client, cast: Cast) -> None:
    an_account(cast.polanco)
    close_month(cast.polanco)
    for address in (f"/portal/invoices/{invoice_of(guemes).id}", "/portal/"):
        with counted_statements() as seen:
            see(laura, address, at(7))
        assert len(seen) <= 8, "\n".join(seen)


def statements_of(browser: Browser, address: str) -> int:
    with counted_statements() as seen:
        see(browser, address, at(20, month=3, year=2027))
    return len(seen)


@pytest.mark.parametrize("page", ["", "invoice", "data", "rooms", "mail", "visitors"])
def test_the_first_visit_of_a_phone_is_light(laura: Browser, guemes: Client, cast: Cast, page: str) -> None:
    """The page with every stylesheet, script, font and picture that it loads, as they travel."""
    an_account(cast.polanco)
    first = f"/portal/invoices/{invoice_of(guemes).id}" if page == "invoice" else f"/portal/{page}"
    total, waiting, known = 0, {first}, set()
    with clock.fixed_at(at(2)):
        while waiting:
            address = waiting.pop()
            known.add(address)
            answer = laura.get(address, headers={"Accept-Encoding": "gzip"})
            body = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
            total += min(len(answer.data), len(gzip.compress(body)))
            if answer.mimetype in ("text/html", "text/css"):
                waiting |= {found[0] or found[1] for found in LOADED.findall(body.decode())} - known
    assert total <= 45 * 1024, total
