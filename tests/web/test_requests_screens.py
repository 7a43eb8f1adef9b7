"""Laura sends her questions from the portal; Mariana finds them on her day, answers, and Laura reads the answer."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from pypdf import PdfWriter

from fastoffice import clock
from fastoffice.billing.models import Invoice
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.payments.models import Payment
from fastoffice.receivables.models import ClientRequest
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at, chain, invoices_of, issue_month
from tests.factories.people import Cast
from tests.factories.portal import come_in, let_in
from tests.web.browser import Browser
from tests.web.statements import counted_statements

HOSTILE = "<script>alert(1)</script>{{7*7}}<b hx-get=/x>{client_name}"
PROMPT = 406_000


def a_pdf() -> bytes:
    """One empty page."""
    out, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(out)
    return out.getvalue()


PDF = a_pdf()


@pytest.fixture
def guemes(cast: Cast) -> Client:
    client = make_client(cast.polanco, "Logística Güemes López, S.C.", email="laura@guemes.mx")
    make_contract(client, lines=[("Oficina virtual", 350_000, 420_000)])
    issue_month(cast.polanco)
    return client


def send(browser: Browser, address: str, /, now=None, status: int = 303, **form: object) -> str:
    with clock.fixed_at(now or at(4)):
        answer = browser.post(address, data={"request_key": "form-1", **form})
    assert answer.status_code == status, answer.text
    return answer.text


def see(browser: Browser, address: str, now=None, status: int = 200) -> str:
    with clock.fixed_at(now or at(4)):
        answer = browser.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def the_invoice(client: Client) -> Invoice:
    return invoices_of(client)[-1]


def the_request() -> ClientRequest:
    return db.session.scalars(sa.select(ClientRequest).execution_options(populate_existing=True)).one()


def ask(laura: Browser, guemes: Client, message: str = "Me cobran dos meses", **form: object) -> ClientRequest:
    send(laura, f"/portal/invoices/{the_invoice(guemes).id}/dispute", message=message, **form)
    return the_request()


def test_a_question_reaches_the_desk_and_its_answer_comes_back(
        laura: Browser, mariana: Browser, guemes: Client) -> None:
    asked = ask(laura, guemes, files=(io.BytesIO(PDF), "estado.pdf"))
    assert "Responder 1 solicitud de un cliente" in see(mariana, "/staff/")
    assert "Logística Güemes López" in see(mariana, "/staff/requests/")
    page = see(mariana, f"/staff/requests/{asked.id}")
    assert "la fecha límite espera hasta el 14 dic 2026, 23:59" in page
    file = mariana.get(f"/staff/requests/{asked.id}/files/{asked.files[0].id}")
    assert (file.data, file.headers["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert file.headers["Content-Disposition"].startswith("attachment")
    send(mariana, f"/staff/requests/{asked.id}/acceptance", answer="Tiene razón: lo corregimos.")
    assert "Nada por responder" in see(mariana, "/staff/requests/")
    assert "Responder 1 solicitud" not in see(mariana, "/staff/")
    assert f"/staff/requests/{asked.id}" in see(mariana, f"/staff/clients/{guemes.id}/history")
    mail = db.session.scalars(sa.select(Delivery).join(Notice).where(Notice.kind == "request_answered")).one()
    assert f"/staff/requests/{asked.id}" in see(mariana, f"/staff/outbox/{mail.id}")
    page = see(laura, "/portal/requests")
    assert "Tiene razón: lo corregimos." in page
    assert "aceptada" in page
    assert laura.get(f"/portal/requests/files/{asked.files[0].id}").data == PDF


def test_what_is_hostile_stays_text_wherever_it_is_read(
        laura: Browser, mariana: Browser, manager: Browser, guemes: Client) -> None:
    asked = ask(laura, guemes, f"\u202e\u200b{HOSTILE}", files=(io.BytesIO(PDF), f"{HOSTILE}.pdf"))
    told = {"amount": "4,060.00", "value_date": "2026-12-03", "reference": f"={HOSTILE}"}
    send(laura, "/portal/requests/transfer", **told, request_key="t", message=HOSTILE)
    send(laura, "/portal/data", request_key="d", legal_name=HOSTILE, trade_name=HOSTILE, address=HOSTILE, language="es",
         contacts="1", **{"name-0": HOSTILE, "email-0": "laura@guemes.mx", "contact-0": guemes.contacts[0].id,
                          "for_billing-0": "y"})
    transfer, data = (db.session.scalars(sa.select(ClientRequest.id).filter_by(kind=kind)).one()
                      for kind in ("transfer", "data"))
    looked = [(mariana, f"/staff/requests/{number}") for number in (asked.id, transfer, data)]
    for browser, address in looked:
        is_only_text(browser, address)
    send(mariana, f"/staff/requests/{asked.id}/rejection", answer=HOSTILE)
    send(mariana, f"/staff/requests/{transfer}/acceptance", **told)
    send(mariana, f"/staff/requests/{data}/acceptance", accept=["legal_name", "trade_name", "address", *contact_keys(data)])
    payment = db.session.scalars(sa.select(Payment)).one().id
    mails = db.session.scalars(sa.select(Delivery.id).join(Notice).where(
        Notice.kind == "request_answered").order_by(Delivery.id)).all()
    for browser, address in (
            *looked, (laura, "/portal/requests"), (mariana, "/staff/requests/?show=all"), (laura, "/portal/"),
            (mariana, f"/staff/clients/{guemes.id}"), (mariana, f"/staff/clients/{guemes.id}/portal"),
            (mariana, f"/staff/payments/{payment}"), (manager, "/staff/audit/"),
            (mariana, f"/staff/invoices/{asked.invoice_id}"),
            *((mariana, f"/staff/outbox/{mail}/message") for mail in (mails[0], mails[-1]))):
        is_only_text(browser, address)
    table = see(manager, "/staff/exports/payments.csv")
    assert f"'={HOSTILE}" in table


def is_only_text(browser: Browser, address: str) -> None:
    """What a stranger wrote is there to be read, and does nothing."""
    page = see(browser, address)
    assert "<script>alert" not in page, address
    assert "<b hx-get" not in page, address
    assert not set("\u202e\u200b") & set(page), address
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}&lt;b hx-get=/x&gt;{client_name}" in page, address


def contact_keys(request_id: int) -> list[str]:
    changes = db.session.get_one(ClientRequest, request_id).data["changes"]
    return [change["key"] for change in changes if change["key"].startswith("contact-")]


def test_an_empty_question_and_a_wrong_file_come_back_with_what_was_typed(laura: Browser, guemes: Client) -> None:
    address = f"/portal/invoices/{the_invoice(guemes).id}/dispute"
    assert "Cuéntenos en pocas palabras" in send(laura, address, status=422, message=" ")
    page = send(laura, address, status=422, message="Miren", files=(io.BytesIO(b"<svg/>"), "x.png"))
    assert "PNG, JPEG, WebP" in page
    assert "Miren" in page
    assert db.session.scalar(sa.select(sa.func.count(ClientRequest.id))) == 0


def test_a_strangers_browser_finds_no_request_of_hers(laura: Browser, guemes: Client, cast: Cast, app) -> None:
    asked = ask(laura, guemes, files=(io.BytesIO(PDF), "estado.pdf"))
    stranger: Browser = app.test_client()
    come_in(stranger, let_in(make_client(cast.polanco, "Otra, S.A.", email="otra@otra.mx")))
    see(stranger, f"/portal/requests/files/{asked.files[0].id}", status=404)
    send(stranger, f"/portal/requests/{asked.id}/withdrawal", status=404)
    send(stranger, f"/portal/invoices/{asked.invoice_id}/dispute", status=404, message="Mía")
    send(stranger, "/portal/requests/transfer", status=404, invoice=asked.invoice_id, amount="1", value_date="2026-12-04")
    assert "Me cobran" not in see(stranger, "/portal/requests")


def test_she_takes_a_question_back(laura: Browser, guemes: Client) -> None:
    asked = ask(laura, guemes)
    send(laura, f"/portal/requests/{asked.id}/withdrawal")
    assert "retirada" in see(laura, "/portal/requests")


def test_instalments_are_proposed_in_equal_parts_and_a_manager_agrees(
        laura: Browser, mariana: Browser, guemes: Client, cast: Cast, app) -> None:
    address = f"/portal/invoices/{the_invoice(guemes).id}/instalments"
    page = see(laura, f"{address}?parts=3")
    assert 'value="1353.34"' in page
    assert page.count('value="1353.33"') == 2
    rows = {"on-0": "2026-12-04", "amount-0": "2000", "on-1": "2026-12-20", "amount-1": "2,060.01"}
    assert "suman $4,060.01" in send(laura, address, status=422, **rows)
    send(laura, address, **{**rows, "amount-1": "2,060.00"})
    asked = the_request()
    assert "gerencia" in send(mariana, f"/staff/requests/{asked.id}/acceptance", status=422).lower()
    send(Browser.of(app, cast.manager), f"/staff/requests/{asked.id}/acceptance")
    assert "20 de diciembre de 2026" in see(laura, "/portal/requests")
    assert the_request().state == "accepted"


def test_a_transfer_is_told_and_confirmed_with_what_the_bank_shows(
        laura: Browser, mariana: Browser, guemes: Client) -> None:
    form = {"amount": "4,060.00", "value_date": "2026-12-03", "invoice": the_invoice(guemes).id, "reference": "R 1"}
    send(laura, "/portal/requests/transfer", status=422, **{**form, "value_date": "2026-12-09"})
    send(laura, "/portal/requests/transfer", **form)
    asked = the_request()
    page = see(mariana, f"/staff/requests/{asked.id}")
    assert 'value="4060.00"' in page
    send(mariana, f"/staff/requests/{asked.id}/acceptance", status=422, amount="x", value_date="")
    send(mariana, f"/staff/requests/{asked.id}/acceptance", amount="4060.00", value_date="2026-12-02", reference="SPEI")
    payment = db.session.scalars(sa.select(Payment)).one()
    assert (payment.value_date.day, payment.reference, payment.taken_by) == (2, "SPEI", "Mariana Ruiz")
    assert chain(guemes) == [("prompt", "paid", PROMPT, PROMPT)]
    assert f"/staff/payments/{payment.id}" in see(mariana, f"/staff/requests/{asked.id}")


def test_corrections_are_ticked_one_by_one(laura: Browser, mariana: Browser, guemes: Client) -> None:
    page = see(laura, "/portal/data")
    assert "Logística Güemes López, S.C." in page
    form = {"legal_name": guemes.legal_name, "trade_name": "Güemes", "address": "Masaryk 111", "language": "es",
            "contacts": "0"}
    assert "RFC" in send(laura, "/portal/data", status=422, **form, tax_id="NADA")
    send(laura, "/portal/data", **form)
    asked = the_request()
    assert "Masaryk 111" in see(mariana, f"/staff/requests/{asked.id}")
    send(mariana, f"/staff/requests/{asked.id}/acceptance", accept=["address"])
    saved = db.session.get_one(Client, guemes.id, populate_existing=True)
    assert (saved.address, saved.trade_name) == ("Masaryk 111", "")
    assert "no aceptada" in see(laura, "/portal/requests")


def test_the_second_of_two_tabs_is_told(laura: Browser, mariana: Browser, guemes: Client) -> None:
    asked = ask(laura, guemes)
    send(mariana, f"/staff/requests/{asked.id}/rejection", answer="No")
    page = send(mariana, f"/staff/requests/{asked.id}/acceptance", status=409, answer="Sí")
    assert "Mariana Ruiz rechazó esta solicitud mientras tanto" in page


def test_she_who_takes_it_back_too_late_reads_the_answer(laura: Browser, mariana: Browser, guemes: Client) -> None:
    asked = ask(laura, guemes)
    send(mariana, f"/staff/requests/{asked.id}/rejection", answer="Es el mes correcto")
    send(laura, f"/portal/requests/{asked.id}/withdrawal")
    page = see(laura, "/portal/requests")
    assert "Mientras tanto la respondimos" in page
    assert "Es el mes correcto" in page


def test_lists_take_as_many_statements_for_one_request_as_for_many(
        laura: Browser, mariana: Browser, guemes: Client, cast: Cast) -> None:
    ask(laura, guemes)
    few = counts(laura, mariana)
    for number in range(4):
        send(laura, "/portal/requests/transfer", request_key=f"t{number}", amount="10", value_date="2026-12-03",
             files=(io.BytesIO(PDF), "a.pdf"))
    assert counts(laura, mariana) == few


def counts(laura: Browser, mariana: Browser) -> list[int]:
    found = []
    for browser, address in ((laura, "/portal/requests"), (mariana, "/staff/requests/")):
        with counted_statements() as seen:
            see(browser, address)
        found.append(len(seen))
    return found


def test_tenants_of_one_address_do_not_use_up_each_others_limits(
        laura: Browser, guemes: Client, cast: Cast, app) -> None:
    for number in range(20):
        send(laura, "/portal/requests/transfer", status=422, request_key=f"t{number}", amount="x")
    send(laura, "/portal/requests/transfer", status=429, amount="x")
    neighbour: Browser = app.test_client()
    come_in(neighbour, let_in(make_client(cast.polanco, "Otra, S.A.", email="otra@otra.mx")))
    send(neighbour, "/portal/requests/transfer", status=422, amount="x")


def test_who_may_only_write_to_the_branch_learns_nothing_of_invoices_that_way(guemes: Client, client: Browser) -> None:
    come_in(client, let_in(guemes, ("requests",)))
    invoice = invoices_of(guemes)[0]
    for page in ("dispute", "instalments"):
        assert client.get(f"/portal/invoices/{invoice.id}/{page}").status_code == 403
    for address in ("/portal/requests/transfer", f"/portal/requests/transfer?invoice={invoice.id}"):
        page = client.get(address)
        assert page.status_code == 200
        assert invoice.number not in page.text
        assert "4,060" not in page.text
