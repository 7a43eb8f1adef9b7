"""Clients on screen: what Mariana sees, types and gets back; what strangers do not."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import clock
from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.branches.models import Branch
from fastoffice.branches.queries import tax_profiles
from fastoffice.charges.models import PendingCharge
from fastoffice.charges.queries import pending_charges
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from tests.factories.contracts import add_charge, make_client, make_contract
from tests.factories.money import at, close_month, issue_month, pay
from tests.factories.people import Cast
from tests.web.browser import Browser, htmx_headers
from tests.web.statements import counted_statements

pytestmark = pytest.mark.usefixtures("day_two")
RFC = "LGL850313D98"
NASTY = "<script>alert(1)</script>{{7*7}}"


@pytest.fixture
def guemes(cast: Cast) -> Client:
    return make_client(cast.polanco, "Logística Güemes López, S.C.", tax_id=RFC)


def form(**values: str) -> dict[str, str]:
    """The form of a client with one row of contacts, as a browser sends it."""
    return {"legal_name": "Café Ñandú, S.A.", "language": "es", "contacts": "1", "name-0": "Lucía",
            "email-0": "lucia@nandu.example", "phone-0": "", "for_billing-0": "y", **values}


def field(page: str, name: str) -> str:
    """What stands in an input of the page."""
    found = re.search(rf'<input[^>]*value="([^"]*)"[^>]*name="{name}"|<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1] or found[2] or ""


def test_mariana_opens_a_file_and_finds_it(mariana: Browser, cast: Cast) -> None:
    answer = mariana.post("/staff/clients/", data=form(tax_id="lgl-850313 d98"))
    assert answer.status_code == 303
    page = mariana.get(answer.location).text
    assert "Café Ñandú, S.A." in page
    assert RFC in page
    assert "lucia@nandu.example" in page
    assert "Café Ñandú" in mariana.get("/staff/clients/?q=nandu").text


def test_bad_fields_are_said_beside_them_and_keep_what_was_typed(mariana: Browser) -> None:
    sent = form(legal_name="", tax_id="LGL850313D99", fiscal_postal_code="12", **{"email-0": "lucia@", "phone-0": "12"})
    answer = mariana.post("/staff/clients/", data=sent)
    assert answer.status_code == 422
    for name in ("legal_name", "tax_id", "fiscal_postal_code", "email-0", "phone-0"):
        assert f'id="{name}-error"' in answer.text, name
    assert field(answer.text, "tax_id") == "LGL850313D99"
    assert field(answer.text, "email-0") == "lucia@"
    assert db.session.scalar(sa.select(sa.func.count(Client.id))) == 0


def test_the_same_rfc_leads_to_the_file_that_is_there(mariana: Browser, guemes: Client) -> None:
    answer = mariana.post("/staff/clients/", data=form(tax_id=RFC))
    assert answer.status_code == 422
    assert 'id="tax_id-error"' in answer.text
    assert f'href="/staff/clients/{guemes.id}"' in answer.text
    assert "Logística Güemes López" in answer.text


def test_a_second_press_of_the_button_opens_no_second_file(mariana: Browser) -> None:
    assert mariana.post("/staff/clients/", data=form()).status_code == 303
    again = mariana.post("/staff/clients/", data=form())
    assert again.status_code == 422
    assert 'name="same_name"' in again.text
    assert db.session.scalar(sa.select(sa.func.count(Client.id))) == 1
    assert mariana.post("/staff/clients/", data=form(same_name="y")).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count(Client.id))) == 2


def test_another_row_of_contacts_without_scripts_keeps_everything(mariana: Browser) -> None:
    answer = mariana.post("/staff/clients/", data=form(more="y"))
    assert answer.status_code == 200
    assert field(answer.text, "email-0") == "lucia@nandu.example"
    assert field(answer.text, "contacts") == "2"
    assert 'name="email-1"' in answer.text
    fewer = mariana.post("/staff/clients/", data=form(contacts="2", **{"name-1": "Eva", "remove-0": "y"}))
    assert field(fewer.text, "name-0") == "Eva"
    assert db.session.scalar(sa.select(sa.func.count(Client.id))) == 0


def test_two_tabs_the_second_is_told_and_loses_nothing(mariana: Browser, guemes: Client) -> None:
    address = f"/staff/clients/{guemes.id}"
    version = field(mariana.get(f"{address}/edit").text, "version")
    assert mariana.post(address, data=form(legal_name="Uno", version=version)).status_code == 303
    second = mariana.post(address, data=form(legal_name="Dos", version=version))
    assert second.status_code == 409
    assert "Alguien cambió este cliente" in second.text
    assert field(second.text, "legal_name") == "Dos"
    assert "Uno" in second.text
    again = mariana.post(address, data=form(legal_name="Dos", version=field(second.text, "version")))
    assert again.status_code == 303
    assert db.session.get_one(Client, guemes.id).legal_name == "Dos"


def test_names_of_strangers_stay_text_everywhere(mariana: Browser, cast: Cast) -> None:
    nasty = f"\u202e{NASTY}\u200b"
    sent = form(legal_name=nasty, trade_name=nasty, address=nasty, group=nasty, notes=nasty, **{"name-0": nasty})
    file = mariana.post("/staff/clients/", data=sent).location
    make_contract(db.session.scalars(sa.select(Client)).one(), [(NASTY, 100, 200)], office="<b>9")
    for address in (file, f"{file}/edit", f"{file}/history", f"{file}/invoices", "/staff/clients/?q=alert",
                    "/staff/contracts/", "/staff/contracts/1", "/staff/search?q=alert", "/staff/search?q=%3Cb%3E9",
                    "/staff/contracts/new?q=alert"):
        page = mariana.get(address).text
        assert "<script>alert(1)" not in page, address
        assert "<b>9" not in page, address
        assert "\u202e" not in page, address
        assert ">49<" not in page, address


def test_what_was_searched_for_stays_text_too(mariana: Browser) -> None:
    for address in ("/staff/clients/", "/staff/contracts/", "/staff/search", "/staff/contracts/new"):
        page = mariana.get(address, query_string={"q": f'"{NASTY}'}).text
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;" in page


def test_a_client_who_owes_or_has_a_contract_is_not_archived(mariana: Browser, guemes: Client, cast: Cast) -> None:
    archive = f"/staff/clients/{guemes.id}/archiving"
    assert mariana.post(archive).status_code == 303
    assert "archivado" in mariana.get(f"/staff/clients/{guemes.id}").text
    assert mariana.get(f"/staff/contracts/new/{guemes.id}").status_code == 422
    assert "Güemes" not in mariana.get("/staff/contracts/new?q=guemes").text
    assert mariana.post(f"/staff/clients/{guemes.id}/reopening").status_code == 303
    make_contract(guemes, ends_on=at(5).date())
    refused = mariana.post(archive)
    assert refused.status_code == 422
    assert "contratos vigentes" in refused.text
    issue_month(cast.polanco)
    with clock.fixed_at(at(20)):
        owing = mariana.post(archive)
    assert owing.status_code == 422
    assert "aún debe" in owing.text


def test_the_file_shows_figures_replaced_invoices_payments_and_notices(
    mariana: Browser, guemes: Client, cast: Cast
) -> None:
    make_contract(guemes)
    issue_month(cast.polanco)
    pay(cast.polanco, guemes, 100_000, at(3))
    close_month(cast.polanco)
    address = f"/staff/clients/{guemes.id}"
    page = mariana.get(address).text
    assert "$3,872.00" in page, "4,872.00 at list price less the 1,000.00 that were paid"
    invoices = mariana.get(f"{address}/invoices").text
    assert invoices.index("PLC-000002") < invoices.index("PLC-000001")
    assert "reemplazada" in invoices
    assert "$1,000.00" in mariana.get(f"{address}/payments").text
    assert "PLC-000001" in mariana.get(f"{address}/notices").text
    history = mariana.get(f"{address}/history").text
    for said in ("Expediente abierto", "PLC-000001", "$1,000.00"):
        assert said in history


def test_a_charge_waits_once_for_the_next_draft_and_can_be_dropped(mariana: Browser, guemes: Client) -> None:
    address = f"/staff/clients/{guemes.id}/charges"
    key = field(mariana.get(f"{address}/new").text, "key")
    sent = {"key": key, "description": "Impresiones", "quantity": "1.5", "unit_price": "100.00",
            "charged_on": "2026-12-01", "tax_profile_id": str(tax_profiles(guemes.branch_id)[0].id)}
    assert [mariana.post(address, data=sent).status_code for _press in range(2)] == [303, 303]
    [charge] = pending_charges(guemes.id)
    assert (charge.description, charge.quantity_milli, charge.unit_price) == ("Impresiones", 1500, 10_000)
    page = mariana.get(f"/staff/clients/{guemes.id}").text
    assert "Impresiones" in page
    assert "$150.00" in page
    assert mariana.post(f"{address}/{charge.id}/removal").status_code == 303
    assert pending_charges(guemes.id) == []


@pytest.mark.parametrize(("name", "value"), [
    ("description", " "), ("quantity", "0"), ("quantity", "-1"), ("quantity", "1e3"), ("quantity", "²"),
    ("unit_price", "cien"), ("unit_price", "0"), ("charged_on", "31/02/2026"), ("tax_profile_id", "999999"),
])
def test_a_wrong_charge_is_refused_beside_its_field(mariana: Browser, guemes: Client, name: str, value: str) -> None:
    sent: dict[str, Any] = {"description": "Impresiones", "quantity": "1", "unit_price": "100.00",
                            "charged_on": "2026-12-01", "tax_profile_id": tax_profiles(guemes.branch_id)[0].id}
    answer = mariana.post(f"/staff/clients/{guemes.id}/charges", data={**sent, name: value}, headers=htmx_headers())
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.text
    assert "<html" not in answer.text
    assert db.session.scalar(sa.select(sa.func.count(PendingCharge.id))) == 0


def test_a_charge_of_another_client_is_not_dropped_from_here(mariana: Browser, guemes: Client, cast: Cast) -> None:
    charge = add_charge(make_client(cast.polanco), "Ajeno", 100)
    assert mariana.post(f"/staff/clients/{guemes.id}/charges/{charge.id}/removal").status_code == 404
    assert len(pending_charges(charge.client_id)) == 1


def test_a_receptionist_of_another_branch_finds_nothing(app: Flask, cast: Cast, guemes: Client) -> None:
    contract = make_contract(guemes, office="204")
    stranger = Browser.of(app, cast.stranger)
    for path in ("", "/edit", "/invoices", "/payments", "/notices", "/history", "/charges/new"):
        assert stranger.get(f"/staff/clients/{guemes.id}{path}").status_code == 404, path
    for path in ("", "/edit", "/end", f"/lines/{contract.lines[0].id}/edit"):
        assert stranger.get(f"/staff/contracts/{contract.id}{path}").status_code == 404, path
    assert stranger.post(f"/staff/clients/{guemes.id}", data=form()).status_code == 404
    assert stranger.post(f"/staff/contracts/new/{guemes.id}", data={}).status_code == 404
    for address in ("/staff/clients/", "/staff/contracts/", "/staff/search?q=guemes", "/staff/search?q=204"):
        assert "Güemes" not in stranger.get(address).text
        assert "Of. 204" not in stranger.get(address).text


def test_an_accountant_sees_the_file_and_no_way_to_change_it(app: Flask, cast: Cast, guemes: Client) -> None:
    accountant = Browser.of(app, cast.accountant)
    page = accountant.get(f"/staff/clients/{guemes.id}").text
    assert "Logística Güemes" in page
    assert f"/staff/clients/{guemes.id}/edit" not in page
    assert accountant.post(f"/staff/clients/{guemes.id}", data=form()).status_code == 403


def test_a_list_of_three_and_of_sixty_take_the_same_statements(mariana: Browser, cast: Cast) -> None:
    def cost(address: str) -> int:
        mariana.get(address)
        with counted_statements() as seen:
            assert mariana.get(address).status_code == 200
        return len(seen)

    for number in range(3):
        make_contract(make_client(cast.polanco, group=f"Grupo {number}"), office=str(number))
    issue_month(cast.polanco)
    pages = ("/staff/clients/", "/staff/clients/?show=debt", "/staff/contracts/", "/staff/search?q=cliente")
    few = {address: cost(address) for address in pages}
    for number in range(3, 60):
        make_contract(make_client(cast.polanco), office=str(number))
    issue_month(cast.polanco)
    many = {address: cost(address) for address in pages}
    assert many == few
    assert max(many.values()) <= 12, many


def test_the_second_page_goes_on_where_the_first_ended(mariana: Browser, cast: Cast) -> None:
    for number in range(53):
        make_client(cast.polanco, f"Cliente {number:03d}")
    first = mariana.get("/staff/clients/").text
    assert "1–50 de 53" in first
    assert "Cliente 049" in first
    assert "Cliente 050" not in first
    second = mariana.get("/staff/clients/?page=2").text
    assert "51–53 de 53" in second
    assert "Cliente 050" in second
    for odd in ("0", "-1", "x", "99999999999999999999", "7"):
        assert mariana.get(f"/staff/clients/?page={odd}").status_code == 200


def test_htmx_gets_the_list_alone(mariana: Browser, guemes: Client) -> None:
    fragment = mariana.get("/staff/clients/?q=guemes", headers=htmx_headers()).text
    assert fragment.lstrip().startswith("<section")
    assert "Logística Güemes" in fragment


def test_charges_of_a_client_without_a_contract_are_billed_on_a_document_of_their_own(
    mariana: Browser, guemes: Client
) -> None:
    lone = make_client(db.session.get_one(Branch, guemes.branch_id), "Ex Cliente, S.A.")
    make_contract(lone, ends_on=date(2026, 11, 30))
    add_charge(lone, "Sala Juárez, 9 dic", 30_000)
    add_charge(lone, "Corrección", -10_000)
    add_charge(guemes, "Impresiones", 5_000)
    month = mariana.get("/staff/billing/2026-12").text
    assert "Cargos que ningún borrador tomará" in month
    assert f"/staff/clients/{lone.id}#charges" in month
    assert "$200.00" in month
    page = f"/staff/clients/{lone.id}"
    assert "ningún borrador tomará estos cargos" in mariana.get(page).text
    answer = mariana.post(f"{page}/charges/invoice")
    [line, correction] = db.session.scalars(sa.select(InvoiceLine).order_by(InvoiceLine.position))
    assert answer.headers["Location"] == f"/staff/invoices/{line.invoice_id}"
    assert [line.description, line.subtotal, line.tax] == ["Sala Juárez, 9 dic", 30_000, 4_800]
    assert correction.subtotal == -10_000
    assert db.session.get_one(Invoice, line.invoice_id).total == 23_200
    assert mariana.post(f"{page}/charges/invoice").headers["Location"] == page  # pressed twice
    assert db.session.scalar(sa.select(sa.func.count(Invoice.id))) == 1
    assert "ningún borrador tomará" not in mariana.get(page).text
    assert f"{page}#charges" not in mariana.get("/staff/billing/2026-12").text
