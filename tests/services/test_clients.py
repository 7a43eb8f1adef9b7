"""Mariana keeps the files of her clients."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from fastoffice import clock, transaction
from fastoffice.audit import verify_chain
from fastoffice.audit.history import entries_of
from fastoffice.billing.queries import clients as billing
from fastoffice.branches.models import Branch
from fastoffice.clients import lists, service
from fastoffice.clients.checks import ClientData, ContactData
from fastoffice.clients.errors import ClientChanged, DuplicateTaxId, InvalidClient
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import PERIOD, at, close_month, issue_month, pay
from tests.factories.people import ACTOR, make_branch

RFC = "EEP150312H48"


@pytest.fixture
def polanco(app: Flask) -> Branch:
    return make_branch("PLC")


def write(client: Client, version: int | None = None, **values: object) -> list[str]:
    """Mariana saves the form that she opened at `version`."""
    client_id = client.id
    data = ClientData(**{"legal_name": client.legal_name, "contacts": kept(client), **values})  # type: ignore[arg-type]

    def unit() -> list[str]:
        row = db.session.get_one(Client, client_id)
        branch = db.session.get_one(Branch, row.branch_id)
        return service.edit_client(ACTOR, branch, row, data, row.version if version is None else version)

    return transaction.run(unit)


def kept(client: Client) -> tuple[ContactData, ...]:
    return tuple(ContactData(each.name, each.email, each.phone, each.for_billing, each.id) for each in client.contacts)


def found(branch: Branch, text: str) -> list[str]:
    return [row.legal_name for row in lists.find(branch.id, text, 10)]


def test_a_client_is_found_by_name_rfc_contact_and_office_without_accents(polanco: Branch) -> None:
    client = make_client(polanco, "José Núñez, S.C.", trade_name="El Ñandú", tax_id=RFC,
                         contacts=[ContactData("Lucía Peña", "lucia@nandu.example", "55 5280 0000")])
    make_client(polanco, "Otro cliente")
    make_contract(client, office="B-204")
    for text in ("jose nunez", "NÚÑEZ", "nandu", "eep-150312", "lucia pena", "lucia@nandu.example", "b-204", "b 204"):
        assert found(polanco, text) == ["José Núñez, S.C."], text
    assert found(polanco, "nadie") == []
    assert found(polanco, "%") == found(polanco, "_") == []


def test_the_clients_of_another_branch_are_not_found(polanco: Branch) -> None:
    make_client(make_branch("TIJ"), "José Núñez")
    assert found(polanco, "jose") == []


def test_names_that_begin_with_it_come_first(polanco: Branch) -> None:
    for name in ("Zeta Ávila", "Ávila y Socios", "Beta"):
        make_client(polanco, name, contacts=[ContactData("Lic. Ávila", "")] if name == "Beta" else [])
    assert found(polanco, "avila") == ["Ávila y Socios", "Zeta Ávila", "Beta"]


def test_the_same_rfc_is_refused_with_the_name_of_who_has_it(polanco: Branch) -> None:
    first = make_client(polanco, "Espacios", tax_id=RFC)
    with pytest.raises(DuplicateTaxId) as refused:
        make_client(polanco, "Espacios bis", tax_id="eep 150312-h48")
    assert (refused.value.field, refused.value.client_id, refused.value.name) == ("tax_id", first.id, "Espacios")
    make_client(make_branch("TIJ"), "Espacios Tijuana", tax_id=RFC)


def test_a_client_may_keep_its_own_rfc_when_it_is_edited(polanco: Branch) -> None:
    client = make_client(polanco, "Espacios", tax_id=RFC)
    assert write(client, tax_id=RFC, trade_name="Los Espacios") == ["trade_name"]
    other = make_client(polanco, "Otro")
    with pytest.raises(DuplicateTaxId):
        write(other, tax_id=RFC)


def test_many_clients_share_the_generic_rfc(polanco: Branch) -> None:
    assert [make_client(polanco, tax_id="XAXX010101000").tax_id for _ in range(2)] == [None, None]


def test_the_second_of_two_tabs_is_told_and_writes_nothing(polanco: Branch) -> None:
    client = make_client(polanco, "Espacios")
    seen = client.version
    write(client, seen, notes="la primera")
    with pytest.raises(ClientChanged):
        write(client, seen, notes="la segunda")
    db.session.refresh(client)
    assert client.notes == "la primera"


def test_a_change_of_contacts_alone_is_a_new_version_too(polanco: Branch) -> None:
    client = make_client(polanco, "Espacios")
    seen = client.version
    assert write(client, seen, contacts=(*kept(client), ContactData("Almacén", "almacen@cliente.example"))) == [
        "contacts"]
    with pytest.raises(ClientChanged):
        write(client, seen, notes="vieja pestaña")
    assert found(polanco, "almacen") == ["Espacios"]


def test_saving_without_a_change_writes_nothing(polanco: Branch) -> None:
    client = make_client(polanco, "Espacios")
    assert write(client) == []
    assert [entry.action for entry in entries_of(polanco.id, {"client": [client.id]})] == ["client.created"]


def test_contacts_are_changed_added_and_taken_away(polanco: Branch) -> None:
    client = make_client(polanco, contacts=[ContactData("Ana", "ana@a.example"), ContactData("Luis", "l@a.example")])
    ana = client.contacts[0]
    write(client, contacts=(ContactData("Ana María", "ana@a.example", "", False, ana.id), ContactData("Eva")))
    assert [(each.id == ana.id, each.name, each.for_billing) for each in client.contacts] == [
        (True, "Ana María", False), (False, "Eva", True)]


def test_a_contact_of_another_client_cannot_be_taken_over(polanco: Branch) -> None:
    other, client = make_client(polanco, "Uno"), make_client(polanco, "Dos", email="")
    write(client, contacts=(ContactData("Mío", "mio@a.example", id=other.contacts[0].id),))
    db.session.refresh(other)
    assert [each.name for each in other.contacts] == ["Cuentas por pagar"]
    assert client.contacts[0].id != other.contacts[0].id


def test_offices_stay_findable_when_the_name_changes(polanco: Branch) -> None:
    client = make_client(polanco, "Espacios")
    make_contract(client, office="204")
    write(client, legal_name="Lugares")
    assert found(polanco, "lugares 204") == ["Lugares"]
    assert found(polanco, "espacios") == []


def test_bad_data_is_refused_whole(polanco: Branch) -> None:
    client = make_client(polanco, "Espacios")
    with pytest.raises(InvalidClient) as refused:
        write(client, legal_name="", tax_id="ABC", contacts=(ContactData("x", "no es correo"),))
    assert set(refused.value.errors) == {"legal_name", "tax_id", "email-0"}
    db.session.refresh(client)
    assert client.legal_name == "Espacios"


def test_everything_stands_in_the_log(polanco: Branch) -> None:
    client = make_client(polanco, "Espacios")
    write(client, group="Despachos")
    client_id = client.id
    transaction.run(lambda: service.archive_client(ACTOR, db.session.get_one(Client, client_id), clock.now()))
    transaction.run(lambda: service.reopen_client(ACTOR, db.session.get_one(Client, client_id)))
    entries = entries_of(polanco.id, {"client": [client_id]})
    assert [entry.action for entry in entries] == [
        "client.reopened", "client.archived", "client.changed", "client.created"]
    assert entries[2].data == {"fields": ["group"]}
    assert verify_chain(polanco.id) == []


def test_figures_of_a_client_are_those_of_its_documents(polanco: Branch) -> None:
    pays, owes, quiet = (make_client(polanco) for _ in range(3))
    for client in (pays, owes):
        make_contract(client)
    issue_month(polanco)
    pay(polanco, pays, 500_000, at(3))
    close_month(polanco)
    day = at(12).date()
    figures = billing.client_figures([pays.id, owes.id, quiet.id], day)
    assert (figures[pays.id].open, figures[pays.id].credit) == (0, 500_000 - 406_000)
    assert (figures[owes.id].open, figures[owes.id].overdue, figures[owes.id].documents) == (487_200, 487_200, 1)
    assert billing.client_figures([owes.id], day - timedelta(days=1))[owes.id].overdue == 0
    assert figures[quiet.id] == billing.ClientFigures()
    page = billing.client_page(polanco.id, billing.ClientFilter("debt"))
    assert [row.id for row in page.rows] == [owes.id]
    assert billing.client_counts(polanco.id) == {"active": 3, "debt": 1}


def test_a_replaced_invoice_stands_below_the_one_that_replaces_it(polanco: Branch) -> None:
    client = make_client(polanco)
    make_contract(client)
    issue_month(polanco)
    close_month(polanco)
    [chain] = billing.client_invoices(client.id).rows
    assert (chain.head.stage, [each.stage for each in chain.before]) == ("list", ["prompt"])
    assert {chain.head.period, chain.before[0].period} == {PERIOD}


def test_the_list_is_filtered_by_group_and_by_words(polanco: Branch) -> None:
    make_client(polanco, "Ávila", group="Despachos")
    make_client(polanco, "Núñez", group="Despachos")
    make_client(polanco, "Peña")
    assert lists.groups(polanco.id) == ["Despachos"]
    wanted = billing.ClientFilter(group="Despachos", q="nunez")
    assert [row.legal_name for row in billing.client_page(polanco.id, wanted).rows] == ["Núñez"]
