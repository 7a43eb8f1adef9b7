"""Contracts on screen: agreed, changed by dialogs, and what is said about bills that are out."""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlalchemy as sa

from fastoffice.billing.service import cycle
from fastoffice.clients.models import Client
from fastoffice.contracts.models import Contract
from fastoffice.extensions import db
from tests.factories.contracts import PROMPT, add_price, make_client, make_contract
from tests.factories.money import MARIANA, at, issue_month
from tests.factories.people import Cast
from tests.web.browser import Browser, htmx_headers

pytestmark = pytest.mark.usefixtures("day_two")


@pytest.fixture
def guemes(cast: Cast) -> Client:
    return make_client(cast.polanco, "Logística Güemes López, S.C.")


def form(**values: object) -> dict[str, object]:
    """A contract of one service as a browser sends it."""
    return {"lines": "1", "description-0": "Oficina 204", "prompt_price-0": "8,900.00", "list_price-0": "10,650.00",
            "prorate-0": "y", "starts_on": "2026-12-01", "ends_on": "", "office": "204", "channels": ["email", "post"],
            "deposit": "17,800", "meeting_hours": "4:30", **values}


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def only_contract() -> Contract:
    return db.session.scalars(sa.select(Contract)).one()


def test_mariana_agrees_a_contract_with_two_prices(mariana: Browser, guemes: Client) -> None:
    answer = mariana.post(f"/staff/contracts/new/{guemes.id}", data=form())
    assert answer.status_code == 303
    contract = only_contract()
    assert (contract.code, contract.deposit, contract.meeting_minutes) == ("C-0001", 1_780_000, 270)
    assert contract.channels == ["email", "post"]
    price = contract.lines[0].prices[0]
    assert (price.prompt_price, price.list_price, price.valid_from) == (890_000, 1_065_000, date(2026, 12, 1))
    page = mariana.get(answer.location).text
    assert "$8,900.00" in page
    assert "$10,650.00" in page
    assert "4:30" in page


def test_without_a_list_price_there_is_one_price(mariana: Browser, guemes: Client) -> None:
    mariana.post(f"/staff/contracts/new/{guemes.id}", data=form(**{"list_price-0": ""}))
    price = only_contract().lines[0].prices[0]
    assert (price.prompt_price, price.list_price) == (890_000, 890_000)


@pytest.mark.parametrize(("name", "value", "said_at"), [
    ("description-0", " ", "description-0"), ("prompt_price-0", "mil", "prompt_price-0"),
    ("prompt_price-0", "", "prompt_price-0"), ("list_price-0", "1", "list_price-0"),
    ("starts_on", "", "starts_on"), ("ends_on", "2026-11-30", "ends_on"), ("ends_on", "mañana", "ends_on"),
    ("starts_on", "0026-12-01", "starts_on"), ("deposit", "-5", "deposit"), ("meeting_hours", "muchas", "meeting_hours"),
    ("office", "x" * 21, "office"), ("code", "TAKEN", "code"),
])
def test_what_is_wrong_is_said_beside_its_field_and_stays_typed(
    mariana: Browser, guemes: Client, name: str, value: str, said_at: str
) -> None:
    make_contract(guemes, code="TAKEN")
    answer = mariana.post(f"/staff/contracts/new/{guemes.id}", data=form(**{name: value}))
    assert answer.status_code == 422
    assert f'id="{said_at}-error"' in answer.text
    assert 'value="17,800"' in answer.text or name == "deposit"
    assert only_contract().code == "TAKEN"


def test_no_way_of_sending_is_refused(mariana: Browser, guemes: Client) -> None:
    answer = mariana.post(f"/staff/contracts/new/{guemes.id}", data=form(channels=[]))
    assert answer.status_code == 422
    assert 'id="channels"' in answer.text


def test_another_service_and_one_less_without_scripts(mariana: Browser, guemes: Client) -> None:
    address = f"/staff/contracts/new/{guemes.id}"
    more = mariana.post(address, data=form(more="y"))
    assert more.status_code == 200
    assert 'name="description-1"' in more.text
    two = form(lines="2", **{"description-1": "Sala", "prompt_price-1": "1200", "list_price-1": "1500", "remove-0": "y"})
    less = mariana.post(address, data=two).text
    assert re.search(r'value="Sala"[^>]*name="description-0"', less)
    assert 'name="description-1"' not in less


def test_an_office_that_somebody_has_needs_a_yes(mariana: Browser, guemes: Client, cast: Cast) -> None:
    running = make_contract(make_client(cast.polanco, "Ávila"), office="204")
    address = f"/staff/contracts/new/{guemes.id}"
    asked = mariana.post(address, data=form())
    assert asked.status_code == 422
    assert "Ávila" in asked.text
    assert f'href="/staff/contracts/{running.id}"' in asked.text
    assert 'name="shared_office"' in asked.text
    agreed = mariana.post(address, data=form(shared_office="y"))
    assert agreed.status_code == 303
    assert "La oficina se comparte" in mariana.get(agreed.location).text


def test_a_second_press_of_the_button_agrees_no_second_contract(mariana: Browser, guemes: Client) -> None:
    address = f"/staff/contracts/new/{guemes.id}"
    assert mariana.post(address, data=form(office="")).status_code == 303
    again = mariana.post(address, data=form(office=""))
    assert again.status_code == 422
    assert f'href="/staff/contracts/{only_contract().id}"' in again.text
    assert mariana.post(address, data=form(office="", another="y")).status_code == 303


def test_two_tabs_the_second_is_told_and_loses_nothing(mariana: Browser, guemes: Client) -> None:
    contract = make_contract(guemes, office="204")
    address = f"/staff/contracts/{contract.id}"
    version = version_in(mariana.get(f"{address}/edit").text)
    sent = {"office": "204", "channels": ["email"], "starts_on": "2026-01-01", "version": version}
    assert mariana.post(address, data={**sent, "deposit": "100"}).status_code == 303
    second = mariana.post(address, data={**sent, "deposit": "200"})
    assert second.status_code == 409
    assert "Alguien cambió este contrato" in second.text
    assert 'value="200"' in second.text
    assert mariana.post(address, data={**sent, "deposit": "200", "version": version_in(second.text)}).status_code == 303
    assert db.session.get_one(Contract, contract.id).deposit == 20_000


def test_the_manager_changes_a_price_and_hears_from_which_bill_it_counts(manager: Browser, guemes: Client) -> None:
    contract = make_contract(guemes)
    line = contract.lines[0]
    address = f"/staff/contracts/{contract.id}/lines/{line.id}/prices"
    page = manager.get(f"{address}/new", headers=htmx_headers()).text
    assert "<html" not in page
    sent = {"valid_from": "15/12/2026", "prompt_price": "4,000.00", "list_price": "4,500.00", "version": version_in(page)}
    answer = manager.post(address, data=sent)
    assert answer.status_code == 303
    assert "enero 2027" in manager.get(answer.location).text


def test_a_price_inside_an_issued_month_is_refused_with_the_first_day_that_is_free(
    manager: Browser, guemes: Client, cast: Cast
) -> None:
    contract = make_contract(guemes)
    issue_month(cast.polanco)
    address = f"/staff/contracts/{contract.id}/lines/{contract.lines[0].id}/prices"
    sent = {"valid_from": "2026-12-01", "prompt_price": "4000", "list_price": "4500", "version": str(contract.version)}
    answer = manager.post(address, data=sent, headers=htmx_headers())
    assert answer.status_code == 422
    assert "Diciembre 2026 ya se emitió" in answer.text
    assert "1 de enero de 2027" in answer.text
    assert 'value="4000"' in answer.text


def test_a_receptionist_does_not_change_prices(mariana: Browser, guemes: Client) -> None:
    contract = make_contract(guemes)
    address = f"/staff/contracts/{contract.id}/lines/{contract.lines[0].id}/prices"
    assert mariana.get(f"{address}/new").status_code == 403
    assert f"{address}/new" not in mariana.get(f"/staff/contracts/{contract.id}").text


def test_a_change_says_which_draft_it_makes_stale(manager: Browser, guemes: Client, cast: Cast) -> None:
    contract = make_contract(guemes)
    cycle.draft_period(cast.polanco.id, "2026-12", MARIANA, at(2))
    address = f"/staff/contracts/{contract.id}/lines/{contract.lines[0].id}/prices"
    sent = {"valid_from": "2026-12-01", "prompt_price": "4000", "list_price": "4500", "version": str(contract.version)}
    page = manager.get(manager.post(address, data=sent).location).text
    assert "El borrador de diciembre 2026 se hizo antes de este cambio" in page


def test_a_price_to_come_is_taken_back(manager: Browser, guemes: Client) -> None:
    contract = make_contract(guemes)
    add_price(contract, date(2027, 1, 1), 400_000, 450_000)
    price = contract.lines[0].prices[-1]
    page = manager.get(f"/staff/contracts/{contract.id}").text
    assert "$4,000.00" in page
    address = f"/staff/contracts/{contract.id}/lines/{price.contract_line_id}/prices/{price.id}/removal"
    assert manager.post(address).status_code == 303
    assert "$4,000.00" not in re.sub(r"<ol class=\"timeline\">.*?</ol>", "",
                                     manager.get(f"/staff/contracts/{contract.id}").text, flags=re.DOTALL)


@pytest.mark.parametrize(("verb", "day", "said"), [
    ("suspension", "2026-12-10", "Suspendido desde"), ("end", "2026-12-31", "Termina el"),
    ("renewal", "2028-12-31", "Renovado hasta"), ("renewal", "", "Renovado sin"),
])
def test_the_life_of_a_contract_in_dialogs(mariana: Browser, guemes: Client, verb: str, day: str, said: str) -> None:
    contract = make_contract(guemes, ends_on=date(2027, 12, 31))
    address = f"/staff/contracts/{contract.id}/{verb}"
    version = version_in(mariana.get(address, headers=htmx_headers()).text)
    answer = mariana.post(address, data={"day": day, "version": version}, headers=htmx_headers())
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == f"/staff/contracts/{contract.id}"
    assert said in mariana.get(f"/staff/contracts/{contract.id}").text


def test_a_dialog_works_as_a_page_and_says_what_is_wrong(mariana: Browser, guemes: Client) -> None:
    contract = make_contract(guemes)
    address = f"/staff/contracts/{contract.id}/end"
    assert "<html" in mariana.get(address).text
    for day in ("", "no", "2025-12-31"):
        answer = mariana.post(address, data={"day": day, "version": str(contract.version)})
        assert answer.status_code == 422, day
        assert 'id="day-error"' in answer.text
    stale = mariana.post(address, data={"day": "2026-12-31", "version": "99"})
    assert stale.status_code == 422
    assert "Alguien cambió este contrato" in stale.text
    assert db.session.get_one(Contract, contract.id).ends_on is None


def test_ending_before_what_is_issued_says_so(mariana: Browser, guemes: Client, cast: Cast) -> None:
    contract = make_contract(guemes)
    issue_month(cast.polanco)
    address = f"/staff/contracts/{contract.id}/end"
    answer = mariana.post(address, data={"day": "2026-12-10", "version": str(contract.version)})
    assert "ya salió y queda como está" in mariana.get(answer.location).text


def test_services_are_added_edited_and_ended(mariana: Browser, guemes: Client) -> None:
    contract = make_contract(guemes)
    address = f"/staff/contracts/{contract.id}"
    page = mariana.get(f"{address}/lines/new").text
    profile = re.search(r'<option value="(\d+)"', page)
    assert profile
    sent = {"description": "Sala", "prompt_price": "500", "list_price": "", "starts_on": "2027-01-16", "prorate": "y",
            "tax_profile_id": profile[1], "version": version_in(page)}
    assert mariana.post(f"{address}/lines", data=sent).status_code == 303
    line = db.session.get_one(Contract, contract.id).lines[1]
    edited = {"description": "Sala de juntas", "tax_profile_id": profile[1],
              "version": version_in(mariana.get(f"{address}/lines/{line.id}/edit").text)}
    assert mariana.post(f"{address}/lines/{line.id}", data=edited).status_code == 303
    ended = {"day": "2027-02-28", "version": version_in(mariana.get(f"{address}/lines/{line.id}/end").text)}
    assert mariana.post(f"{address}/lines/{line.id}/end", data=ended).status_code == 303
    line = db.session.get_one(Contract, contract.id).lines[1]
    assert (line.description, line.prorate, line.ends_on) == ("Sala de juntas", False, date(2027, 2, 28))
    assert line.prices[0].list_price == line.prices[0].prompt_price == 50_000


def test_an_empty_service_says_all_that_is_missing_at_once(mariana: Browser, guemes: Client) -> None:
    contract = make_contract(guemes)
    answer = mariana.post(f"/staff/contracts/{contract.id}/lines", data={}, headers=htmx_headers())
    assert answer.status_code == 422
    for name in ("description", "prompt_price", "starts_on"):
        assert f'id="{name}-error"' in answer.text, name


def test_a_service_of_another_contract_is_not_found_here(mariana: Browser, guemes: Client, cast: Cast) -> None:
    contract, other = make_contract(guemes), make_contract(make_client(cast.polanco))
    assert mariana.get(f"/staff/contracts/{contract.id}/lines/{other.lines[0].id}/edit").status_code == 404


def test_the_first_day_moves_only_while_nothing_is_issued(mariana: Browser, guemes: Client, cast: Cast) -> None:
    contract = make_contract(guemes)
    address = f"/staff/contracts/{contract.id}"
    assert 'name="starts_on"' in mariana.get(f"{address}/edit").text
    issue_month(cast.polanco)
    assert 'name="starts_on"' not in mariana.get(f"{address}/edit").text
    sent = {"channels": ["email"], "starts_on": "2026-06-01", "version": str(contract.version)}
    mariana.post(address, data=sent)
    assert db.session.get_one(Contract, contract.id).starts_on == date(2026, 1, 1)


def test_a_contract_begins_with_the_choice_of_a_client(mariana: Browser, guemes: Client) -> None:
    page = mariana.get("/staff/contracts/new?q=guemes", headers=htmx_headers()).text
    assert f"/staff/contracts/new/{guemes.id}" in page
    assert "<html" not in page


def test_the_list_is_sorted_by_its_headings(mariana: Browser, cast: Cast) -> None:
    for name, office in (("Ávila", "300"), ("Beta", "100"), ("Zeta", "200")):
        make_contract(make_client(cast.polanco, name), office=office)

    def order(query: str) -> list[str]:
        return re.findall(r"<bdi>(Ávila|Beta|Zeta)</bdi>", mariana.get(f"/staff/contracts/{query}").text)

    assert order("") == ["Ávila", "Beta", "Zeta"]
    assert order("?sort=-client") == ["Zeta", "Beta", "Ávila"]
    assert order("?sort=office") == ["Beta", "Zeta", "Ávila"]
    assert order("?sort=drop+table") == ["Ávila", "Beta", "Zeta"]
    assert f"{PROMPT // 100:,}.00" in mariana.get("/staff/contracts/").text
