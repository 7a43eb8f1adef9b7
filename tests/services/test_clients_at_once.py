"""Two people at one desk: the same client, the same office, the next code, at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import clock, transaction
from fastoffice.branches.models import Branch
from fastoffice.clients import service as clients
from fastoffice.clients.checks import ClientData
from fastoffice.clients.errors import ClientChanged, DuplicateTaxId
from fastoffice.clients.models import Client
from fastoffice.contracts.checks import ContractData, LineData
from fastoffice.contracts.errors import OfficeTaken, SameContract
from fastoffice.contracts.models import Contract
from fastoffice.contracts.service.contracts import create_contract
from fastoffice.extensions import db
from fastoffice.workspaces.models import Office
from tests.factories.contracts import make_client
from tests.factories.people import ACTOR, make_branch
from tests.services.test_payments_at_once import at_once


@pytest.fixture
def polanco(committed_app: Flask) -> int:
    return make_branch("PLC").id


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def agree(branch_id: int, client_id: int, service: str, office: str = "") -> Callable[[], Any]:
    """Write a contract as its own unit of work; its code."""
    data = ContractData(date(2026, 12, 1), (LineData(service, 100, 200),), office=office)
    return lambda: transaction.run(lambda: create_contract(
        ACTOR, db.session.get_one(Branch, branch_id), client_id, data, clock.now()).code)


def test_one_rfc_typed_at_two_desks_opens_one_file(committed_app: Flask, polanco: int) -> None:
    def opens(name: str) -> Callable[[], Any]:
        data = ClientData(name, tax_id="EEP150312H48")
        return lambda: transaction.run(lambda: clients.create_client(
            ACTOR, db.session.get_one(Branch, polanco), data, clock.now()).id)

    results = at_once(committed_app, *(opens(f"Espacios {place}") for place in range(4)))
    assert kinds(results) == ["DuplicateTaxId"] * 3 + ["int"]
    assert all(isinstance(result, DuplicateTaxId | int) for result in results)
    assert db.session.scalar(sa.select(sa.func.count(Client.id))) == 1


def test_two_tabs_saved_at_the_same_moment_one_is_told(committed_app: Flask, polanco: int) -> None:
    client = make_client(db.session.get_one(Branch, polanco), "Espacios")
    client_id, version = client.id, client.version
    db.session.rollback()

    def saves(note: str) -> Callable[[], Any]:
        def unit() -> list[str]:
            row, branch = db.session.get_one(Client, client_id), db.session.get_one(Branch, polanco)
            return clients.edit_client(ACTOR, branch, row, ClientData("Espacios", notes=note), version)

        return lambda: transaction.run(unit)

    results = at_once(committed_app, *(saves(f"nota {place}") for place in range(4)))
    assert len([result for result in results if isinstance(result, list)]) == 1
    assert len([result for result in results if isinstance(result, ClientChanged)]) == 3
    assert db.session.get_one(Client, client_id).version == version + 1


def test_contracts_written_at_once_get_codes_of_their_own(committed_app: Flask, polanco: int) -> None:
    client_id = make_client(db.session.get_one(Branch, polanco)).id
    db.session.rollback()
    results = at_once(committed_app, *(agree(polanco, client_id, f"Servicio {place}") for place in range(4)))
    assert sorted(results) == ["C-0001", "C-0002", "C-0003", "C-0004"]


def test_one_contract_sent_twice_is_agreed_once(committed_app: Flask, polanco: int) -> None:
    client_id = make_client(db.session.get_one(Branch, polanco)).id
    db.session.rollback()
    results = at_once(committed_app, *(agree(polanco, client_id, "Oficina virtual") for _press in range(3)))
    assert kinds(results) == ["SameContract", "SameContract", "str"]
    assert any(isinstance(result, SameContract) for result in results)
    assert db.session.scalar(sa.select(sa.func.count(Contract.id))) == 1


def test_one_office_given_twice_at_once_goes_to_one(committed_app: Flask, polanco: int) -> None:
    branch = db.session.get_one(Branch, polanco)
    ids = [make_client(branch).id for _ in range(3)]
    db.session.rollback()
    results = at_once(committed_app, *(agree(polanco, number, "Oficina", "204") for number in ids))
    assert kinds(results) == ["OfficeTaken", "OfficeTaken", "str"]
    assert any(isinstance(result, OfficeTaken) for result in results)
    assert db.session.scalar(sa.select(sa.func.count(Office.id))) == 1
