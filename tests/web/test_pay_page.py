"""A client opens the link of a mail: the living document, whatever became of the one in the mail."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.models import Invoice, PayLink
from fastoffice.billing.service import cancelling, cycle, pay_links
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments.models import PayAttempt
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, PERIOD, at, close_month, invoices_of, issue_month, pay, within
from tests.factories.online import an_account
from tests.factories.people import make_branch
from tests.web.browser import Browser


@pytest.fixture
def client_of_polanco(app):
    branch = make_branch("PLC")
    client = make_client(branch, "Logística Güemes López, S.C.")
    make_contract(client, [("Oficina privada 2 pers.", 890_000, 1_065_000)])
    issue_month(branch)
    return client


def branch_of(invoice: Invoice) -> Branch:
    return db.session.get_one(Branch, invoice.branch_id)


def link_of(invoice: Invoice) -> str:
    nonce = db.session.scalar(sa.select(PayLink.nonce).where(PayLink.invoice_id == invoice.id))
    return f"/pay/{pay_links.token_of(nonce)}"


def open_at(app, address: str, day: int, hour: int = 12):
    """What the mail's reader sees in the end."""
    with clock.fixed_at(at(day, hour)):
        return app.test_client().get(address, follow_redirects=True)


@pytest.fixture
def opened(app, client_of_polanco) -> Browser:
    """A browser that opened the mail's link at noon of the second."""
    browser: Browser = app.test_client()
    with clock.fixed_at(at(2)):
        browser.get(link_of(invoices_of(client_of_polanco)[0]))
    return browser


def test_it_shows_the_prompt_price_its_last_hour_and_how_to_pay(app, client_of_polanco) -> None:
    invoice = invoices_of(client_of_polanco)[0]
    answer = open_at(app, link_of(invoice), 2, 10)
    assert answer.status_code == 200
    for text in ("$10,324.00", "$12,354.00", "5 de diciembre de 2026", "23:59", invoice.reference, "0121 8000 1234 5678 99"):
        assert text in answer.text
    assert answer.headers["Referrer-Policy"] == "same-origin", "over https its forms are refused without a referrer"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_secret_address_is_exchanged_for_a_clean_one(app, client_of_polanco) -> None:
    address = link_of(invoices_of(client_of_polanco)[0])
    token, browser = address.rpartition("/")[2], app.test_client()
    with clock.fixed_at(at(2)):
        answer = browser.get(address)
        page = browser.get(answer.location)
    assert (answer.status_code, answer.location) == (303, "/pay/")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert token not in page.text
    assert token not in str(page.headers)


def test_what_was_opened_closes_by_itself_and_says_what_to_do(opened: Browser, client_of_polanco) -> None:
    invoice = invoices_of(client_of_polanco)[0]
    with clock.fixed_at(at(2, 11, 59)):
        assert opened.get("/pay/").status_code == 200
    with clock.fixed_at(at(2, 12, 1)):
        closed = opened.get("/pay/")
        assert opened.get(f"/pay/files/{invoice.id}.pdf").status_code == 404
        assert opened.get("/pay/return?attempt=x").status_code == 404
        assert opened.post("/pay/payments", data={"method": "card"}).status_code == 404
    assert closed.status_code == 404
    assert "Abra otra vez el enlace de su correo" in closed.text
    assert closed.headers["Cache-Control"] == "private, no-store"


def test_a_link_that_is_revoked_meanwhile_closes_the_open_page_too(opened: Browser) -> None:
    transaction.run(lambda: db.session.execute(sa.update(PayLink).values(revoked_at=at(2))))
    with clock.fixed_at(at(2, 10, 1)):
        assert opened.get("/pay/").status_code == 404


def test_who_opened_nothing_sees_nothing(app, client_of_polanco) -> None:
    invoice = invoices_of(client_of_polanco)[0]
    for address in ("/pay/", "/pay/return", f"/pay/files/{invoice.id}.pdf"):
        assert open_at(app, address, 2).status_code == 404


def test_a_form_of_a_strangers_page_pays_nothing(opened: Browser) -> None:
    with clock.fixed_at(at(2, 10, 1)):
        refused = opened.post("/pay/payments", data={"method": "card"}, csrf=False)
    assert refused.status_code == 400
    assert 'href="/pay/"' in refused.text


@pytest.mark.parametrize("method", ["oxxo", "spei", "cash", ""])
def test_means_that_cannot_be_had_for_it_begin_nothing(opened: Browser, client_of_polanco, method: str) -> None:
    """10,324.00 is more than the shops take; this branch takes no SPEI; nobody pays cash online."""
    an_account(db.session.get_one(Branch, client_of_polanco.branch_id), methods=["card", "oxxo"])
    with clock.fixed_at(at(2, 10, 1)):
        page = opened.get("/pay/").text
        refused = opened.post("/pay/payments", data={"method": method})
    assert "OXXO recibe de $10.00 a $10,000.00" in page
    assert 'value="oxxo"' not in page
    assert 'value="spei"' not in page
    assert (refused.status_code, db.session.scalars(sa.select(PayAttempt)).all()) == (422, [])


def test_while_the_branchs_key_cannot_be_read_nothing_begins(opened: Browser, client_of_polanco) -> None:
    an_account(db.session.get_one(Branch, client_of_polanco.branch_id), secret_key_sealed="under another SECRET_KEY")
    with clock.fixed_at(at(2, 10, 1)):
        refused = opened.post("/pay/payments", data={"method": "card"})
    assert refused.status_code == 422
    assert "transferencia" in refused.text
    assert db.session.scalars(sa.select(PayAttempt)).all() == []


def test_the_old_mails_link_shows_todays_amount_and_never_the_old_one(app, client_of_polanco) -> None:
    old = invoices_of(client_of_polanco)[0]
    address = link_of(old)
    close_month(branch_of(old))
    answer = open_at(app, address, 8)
    new = invoices_of(client_of_polanco)[-1]
    assert new.number in answer.text
    assert old.number in answer.text
    assert "$12,354.00" in answer.text
    assert 'data-copy="10324.00"' not in answer.text


def test_a_paid_document_asks_for_nothing(app, client_of_polanco) -> None:
    invoice = invoices_of(client_of_polanco)[0]
    address = link_of(invoice)
    pay(branch_of(invoice), client_of_polanco, 1_032_400, at(3))
    answer = open_at(app, address, 4)
    assert "CLABE" not in answer.text


def test_a_document_cancelled_by_hand_asks_for_nothing_and_a_draft_has_no_link(app, client_of_polanco) -> None:
    invoice = invoices_of(client_of_polanco)[0]
    address, branch = link_of(invoice), branch_of(invoice)
    within(branch, at(2), lambda row: cancelling.cancel_invoice(
        row, db.session.get_one(Invoice, invoice.id), "Se facturó dos veces", MARIANA, at(2)))
    answer = open_at(app, address, 3)
    assert answer.status_code == 200
    assert "CLABE" not in answer.text
    with clock.fixed_at(at(2)):
        make_contract(make_client(branch))
        cycle.draft_period(branch.id, PERIOD, MARIANA, at(2))
    drafts = sa.select(PayLink.id).join(Invoice, Invoice.id == PayLink.invoice_id).where(Invoice.status == "draft")
    assert db.session.scalars(drafts).all() == []


@pytest.mark.parametrize("token", ["", "x", "A" * 22, "../../etc/passwd", "%00"])
def test_a_guessed_link_says_so_calmly(app, client_of_polanco, token: str) -> None:
    assert open_at(app, f"/pay/{token}", 2).status_code == 404


@pytest.mark.parametrize("end", ["revoked_at", "expires_at"])
def test_a_revoked_or_expired_link_opens_nothing(app, client_of_polanco, end: str) -> None:
    invoice = invoices_of(client_of_polanco)[0]
    address = link_of(invoice)
    transaction.run(lambda: db.session.execute(sa.update(PayLink).values({end: at(1)})))
    assert open_at(app, address, 2).status_code == 404


def test_the_database_knows_no_link(client_of_polanco) -> None:
    token = link_of(invoices_of(client_of_polanco)[0]).rpartition("/")[2]
    assert token not in str(db.session.execute(sa.select(PayLink.__table__)).all())


def test_opening_changes_nothing(app, client_of_polanco) -> None:
    invoice = invoices_of(client_of_polanco)[0]
    before = {table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
              for table in db.metadata.sorted_tables}
    open_at(app, link_of(invoice), 2)
    after = {table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table))
             for table in db.metadata.sorted_tables}
    assert before == after


def test_a_link_does_not_open_another_clients_file(app, client_of_polanco) -> None:
    invoice = invoices_of(client_of_polanco)[0]
    branch = branch_of(invoice)
    other = make_client(branch)
    make_contract(other)
    issue_month(branch, at(2))
    strange = invoices_of(other)[0]
    browser = app.test_client()
    with clock.fixed_at(at(2)):
        browser.get(link_of(invoice))
        assert browser.get(f"/pay/files/{strange.id}.pdf").status_code == 404
        assert strange.number not in browser.get("/pay/").text


def test_what_a_stranger_wrote_stays_text(app) -> None:
    branch = make_branch("PLC")
    client = make_client(branch, "<script>alert(1)</script> {{7*7}}")
    make_contract(client, [("<img src=x onerror=alert(1)>", 890_000, 1_065_000)])
    issue_month(branch)
    answer = open_at(app, link_of(invoices_of(client)[0]), 2)
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "{{7*7}}" in answer.text
