"""`/` and Ctrl-K: what Mariana types and what she finds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from fastoffice import clock
from fastoffice.billing.models import Invoice
from fastoffice.billing.queries.search import find_invoices
from fastoffice.clients.checks import ContactData
from fastoffice.extensions import db
from fastoffice.workspaces.models import Office
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at, close_month, issue_month
from tests.factories.people import Cast, make_cast
from tests.web.browser import Browser, htmx_headers
from tests.web.statements import counted_statements


@pytest.fixture(autouse=True)
def day_two() -> Iterator[None]:
    """It is ten o'clock of 2 December in Mexico City."""
    with clock.fixed_at(at(2)):
        yield


@pytest.fixture
def cast(app: Flask) -> Cast:
    cast = make_cast()
    client = make_client(cast.polanco, "José Núñez y Cía., S.C.", trade_name="El Ñandú", tax_id="LGL850313D98",
                         contacts=[ContactData("Lucía Peña", "lucia@nandu.example")])
    make_contract(client, office="B-204", code="OF-77")
    issue_month(cast.polanco)
    return cast


@pytest.fixture
def mariana(app: Flask, cast: Cast) -> Browser:
    browser: Browser = app.test_client()  # type: ignore[assignment]
    browser.sign_in(cast.mariana)
    return browser


@pytest.mark.parametrize("text", ["jose nunez", "NANDU", "lgl-850313", "lucia pena", "b-204", "nunez cia"])
def test_a_client_is_found_by_what_people_remember(mariana: Browser, text: str) -> None:
    page = mariana.get("/staff/search", query_string={"q": text}, headers=htmx_headers()).text
    assert "El Ñandú" in page
    assert "/staff/clients/" in page
    assert "<html" not in page


@pytest.mark.parametrize("text", ["PLC-000001", "plc-000001", "plc 1", "000001", "1", "PLC000001", "plc-1"])
def test_an_invoice_is_found_by_its_number_or_its_figures(cast: Cast, text: str) -> None:
    assert [row.number for row in find_invoices(cast.polanco.id, text, 5)] == ["PLC-000001"]


def test_an_invoice_is_found_by_its_payment_reference(cast: Cast, mariana: Browser) -> None:
    reference = db.session.query(Invoice.reference).scalar()
    assert [row.number for row in find_invoices(cast.polanco.id, reference.lower(), 5)] == ["PLC-000001"]
    assert "PLC-000001" in mariana.get("/staff/search", query_string={"q": reference}).text


@pytest.mark.parametrize("text", ["", "   ", "xyz", "RPLC-000001", "99", "1" * 60, "²", "%", "_", "'; drop table client;--"])
def test_what_is_not_there_is_not_found_and_breaks_nothing(cast: Cast, mariana: Browser, text: str) -> None:
    assert find_invoices(cast.polanco.id, text, 5) == []
    assert mariana.get("/staff/search", query_string={"q": text}).status_code == 200


def test_both_documents_of_a_replaced_month_are_found_the_newer_first(cast: Cast) -> None:
    close_month(cast.polanco)
    assert [row.number for row in find_invoices(cast.polanco.id, "2", 5)] == ["PLC-000002"]
    assert find_invoices(cast.tijuana.id, "PLC-000001", 5) == []


def test_a_contract_and_an_office_are_found_by_their_codes(mariana: Browser) -> None:
    page = mariana.get("/staff/search?q=of-77").text
    assert "OF-77 · José Núñez" in page
    assert "Of. B-204" in mariana.get("/staff/search?q=204").text


@pytest.mark.parametrize("text", ["nuñes", "jose nunyez", "ñandoo"])
def test_a_slip_of_the_finger_still_finds_similar_clients(mariana: Browser, text: str) -> None:
    page = mariana.get("/staff/search", query_string={"q": text}).text
    assert "Clientes parecidos" in page
    assert "El Ñandú" in page


def test_an_office_leads_to_its_contract_and_a_free_one_to_a_new_contract(cast: Cast, mariana: Browser) -> None:
    client = make_client(cast.polanco)
    db.session.add(Office(branch_id=cast.polanco.id, code="B-299"))
    db.session.commit()
    taken, free = (mariana.get(f"/staff/search?q={code}").text for code in ("b-204", "b-299"))
    assert "José Núñez y Cía., S.C. · OF-77" in taken
    assert 'href="/staff/contracts/new?office=B-299"' in free
    assert 'value="B-299"' in mariana.get(f"/staff/contracts/new/{client.id}?office=B-299").text


def test_without_scripts_it_is_a_page_with_the_words_in_it(mariana: Browser) -> None:
    page = mariana.get("/staff/search?q=nandu").text
    assert "<html" in page
    assert 'value="nandu"' in page


def test_a_search_takes_few_statements(mariana: Browser) -> None:
    mariana.get("/staff/search?q=1")
    with counted_statements() as seen:
        mariana.get("/staff/search?q=b-204+1", headers=htmx_headers())
    assert len(seen) <= 12, seen
