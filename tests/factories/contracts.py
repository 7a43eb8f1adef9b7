"""Clients and contracts of a branch, written as the product writes them.

Committed through `transaction.run`; in a test with the `app` fixture that is undone afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from fastoffice import clock, transaction
from fastoffice.branches.models import Branch
from fastoffice.branches.queries import tax_profiles
from fastoffice.charges import service as charges
from fastoffice.charges.models import PendingCharge
from fastoffice.clients import service as clients
from fastoffice.clients.checks import ClientData, ContactData
from fastoffice.clients.models import Client
from fastoffice.contracts.checks import ContractData, LineData
from fastoffice.contracts.models import Contract
from fastoffice.contracts.service import plans
from fastoffice.contracts.service.contracts import create_contract
from fastoffice.contracts.service.lines import PriceChange, change_price
from fastoffice.extensions import db
from tests.factories.people import ACTOR

START = date(2026, 1, 1)
PROMPT, LIST = 350_000, 420_000  # "Oficina virtual" at 3,500.00 and 4,200.00
_numbers = count(1)


def make_client(
    branch: Branch, name: str | None = None, *, email: str | None = None, contacts: Sequence[ContactData] = (),
    **values: Any,
) -> Client:
    """A client with one contact for its documents (none with email=""); `values` as in ClientData."""
    number = next(_numbers)
    legal_name = name or f"Cliente {number}, S.A. de C.V."
    address = f"pagos{number}@cliente.example" if email is None else email
    people = tuple(contacts) or ((ContactData("Cuentas por pagar", address),) if address else ())
    data = ClientData(legal_name, contacts=people, **values)
    branch_id = branch.id
    return transaction.run(
        lambda: clients.create_client(
            ACTOR, db.session.get_one(Branch, branch_id), data, clock.now(), same_name=True))


def make_contract(
    client: Client, lines: Sequence[tuple[Any, ...]] = (("Oficina virtual", PROMPT, LIST),), *,
    starts_on: date = START, ends_on: date | None = None, channels: Sequence[str] = ("email",), **values: Any,
) -> Contract:
    """A contract of lines (description, prompt price, list price[, tax profile id]); prices in centavos.

    `values` as in ContractData: office, deposit, meeting_minutes, notes, code.
    """
    agreed = tuple(LineData(line[0], line[1], line[2], *line[3:4]) for line in lines)
    data = ContractData(starts_on, agreed, ends_on=ends_on, channels=tuple(channels), **values)
    client_id, branch_id = client.id, client.branch_id
    return transaction.run(lambda: create_contract(
        ACTOR, db.session.get_one(Branch, branch_id), client_id, data, clock.now(), shared_office=True, another=True))


def make_roster(branch: Branch, size: int, **values: Any) -> list[Contract]:
    """`size` clients with one contract each."""
    return [make_contract(make_client(branch), **values) for _ in range(size)]


def change_plan(contract: Contract, minutes: int, now: datetime) -> None:
    """Another plan of included hours, at `now`."""
    contract_id, today = contract.id, clock.local_date(now, db.session.get_one(Branch, contract.branch_id).timezone)

    def unit() -> None:
        plans.change_plans({contract_id: minutes}, today, ACTOR)

    with clock.fixed_at(now):
        transaction.run(unit)
    db.session.expire_all()


def add_price(contract: Contract, valid_from: date, prompt: int, listed: int, *, place: int = 0) -> None:
    """New prices of one of the contract's services from a day on."""
    contract_id, change = contract.id, PriceChange(valid_from, prompt, listed)

    def unit() -> None:
        line = db.session.get_one(Contract, contract_id).lines[place]
        change_price(ACTOR, line, change, issued_to=None, today=line.contract.starts_on)

    transaction.run(unit)
    db.session.expire_all()


def add_charge(client: Client, description: str, unit_price: int, charged_on: date = START) -> PendingCharge:
    """A charge that waits for the client's next draft, with the branch's default taxes."""
    client_id, branch_id, origin = client.id, client.branch_id, f"manual:test{next(_numbers)}"

    def unit() -> PendingCharge:
        branch = db.session.get_one(Branch, branch_id)
        profile = tax_profiles(branch_id)[0]
        return charges.add_charge(branch, client_id, None, description, charged_on, 1000, unit_price, profile.id,
                                  origin, ACTOR, clock.now())

    return transaction.run(unit)
