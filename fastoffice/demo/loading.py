"""Loading the demo: a branch, its people, its contracts, and the months that went by."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from fastoffice import audit, clock, transaction
from fastoffice.branches.models import Branch
from fastoffice.branches.service import NewBranch, create_branch
from fastoffice.clients import service as clients
from fastoffice.clients.checks import ClientData, ContactData
from fastoffice.contracts.checks import ContractData, LineData
from fastoffice.contracts.service.contracts import create_contract
from fastoffice.demo import lobby, names, past
from fastoffice.extensions import db
from fastoffice.identity.service import create_user

ACTOR = audit.Actor("demo")
CODE, ZONE, CLABE = "PLC", "America/Mexico_City", "012180001234567899"
PASSWORD = "demo en polanco 2026"  # noqa: S105  (production refuses to start with demo users)
PEOPLE = (
    ("recepcion@demo.example", "receptionist", "Mariana Ruiz"),
    ("gerencia@demo.example", "manager", "Graciela Torres"),
    ("conta@demo.example", "accountant", "Carlos Peña"),
    ("red@demo.example", "network", "Renata Solís"),
)
BATCH = 50


@dataclass(frozen=True)
class Loaded:
    """What the demo made."""

    branch: str
    contracts: int
    months: list[str]
    drafts_of: str
    email: str = PEOPLE[0][0]
    manager: str = PEOPLE[1][0]
    password: str = PASSWORD
    collector: str = lobby.COLLECTOR
    pin: str = lobby.PIN


class AlreadyThere(Exception):
    """The database has a branch: the demo is only for an empty one."""


def load(contracts: int, months: int, seed: int) -> Loaded:
    """Make the demo branch with `months` billed months. Raises AlreadyThere."""
    if db.session.scalar(sa.select(Branch.id).limit(1)) is not None:
        raise AlreadyThere
    now = clock.now()
    today = clock.local_date(now, ZONE)
    periods = past.billed_periods(today, months)
    chance = random.Random(seed)  # noqa: S311
    start = past.first_moment(periods[0] if periods else past.draft_period(today), ZONE)
    with clock.fixed_at(start):
        branch_id = transaction.run(_branch)
        for first in range(0, contracts, BATCH):
            batch = range(first, min(first + BATCH, contracts))
            transaction.run(_contracts, branch_id, batch, random.Random(f"{seed}-{first}"), start)  # noqa: S311
    days = lobby.Days(branch_id, seed, now)
    past.live_through(branch_id, periods, chance, now, days.live)
    days.today_and_later()
    past.draft(branch_id, past.draft_period(today), now)
    return Loaded(CODE, contracts, periods, past.draft_period(today))


def _branch() -> int:
    branch = create_branch(ACTOR, NewBranch(
        code=CODE, name="Polanco", timezone=ZONE, clabe=CLABE, network="FastOffice México",
        franchisee="Espacios Polanco", issuer_name="Espacios Ejecutivos Polanco, S.A. de C.V.", tax_id="EEP150312H48",
        address="Av. Presidente Masaryk 111, piso 4\nPolanco V Sección\n11560 Ciudad de México",
        phone="55 5280 0000", email="polanco@demo.example", is_demo=True))
    for email, role, name in PEOPLE:
        create_user(ACTOR, email=email, role=role, branches=[branch], password=PASSWORD, name=name, language="es")
    db.session.flush()
    return branch.id


def _contracts(branch_id: int, numbers: range, chance: random.Random, start: datetime) -> None:
    branch = db.session.get_one(Branch, branch_id)
    for number in numbers:
        made_up = names.invent(chance, number)
        client = clients.create_client(ACTOR, branch, ClientData(
            made_up.legal_name, tax_id=made_up.tax_id, fiscal_postal_code=made_up.postal_code,
            tax_regime="612" if len(made_up.tax_id) == 13 else "601", cfdi_use="G03",
            address="Calle Demostración 123\nCiudad de México", contacts=(
                ContactData(made_up.contact, made_up.email, made_up.phone),)), start, same_name=True)
        begins = clock.local_date(start, ZONE) - timedelta(days=chance.randrange(40, 700))
        create_contract(ACTOR, branch, client.id, ContractData(
            begins, (LineData(made_up.service, made_up.prompt_price, made_up.list_price),),
            ends_on=_end(begins, clock.local_date(start, ZONE), chance),
            office=str(101 + number) if made_up.needs_office else "", channels=made_up.channels,
            deposit=made_up.prompt_price, meeting_minutes=chance.choice((0, 0, 120, 240, 480))), start,
            shared_office=True)


def _end(begins: date, today: date, chance: random.Random) -> date:
    """A year or two, always beyond the months that the demo shows."""
    return max(begins + timedelta(days=730), today + timedelta(days=chance.randrange(150, 500)))
