"""The cast: a network with two branches and the people who work there.

Everything is committed through `transaction.run`, as the product does it; in a test with the `app` fixture
that is undone afterwards. Outside of a request, and never inside another unit of work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa

from fastoffice import transaction
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch, BranchHoliday
from fastoffice.branches.service import NewBranch, add_holiday, create_branch
from fastoffice.extensions import db
from fastoffice.identity.models import User
from fastoffice.identity.service import create_user
from tests.factories.remembered import remembered

PASSWORD = "buen día Polanco 1"
CLABE_POLANCO = "012180001234567899"
CLABE_TIJUANA = "002028700123456785"
TAX_ID = "EEP150312H48"
ACTOR = Actor("Pruebas")


def make_branch(code: str = "PLC", **changes: Any) -> Branch:
    """A branch with its defaults; PLC is Polanco, TIJ is Tijuana, others are named after their code."""
    known: dict[str, dict[str, Any]] = {
        "PLC": {"name": "Polanco", "timezone": "America/Mexico_City", "clabe": CLABE_POLANCO,
                "address": "Av. Presidente Masaryk 111, piso 4, 11560 Ciudad de México",
                "issuer_name": "Espacios Ejecutivos Polanco, S.A. de C.V."},
        "TIJ": {"name": "Tijuana", "timezone": "America/Tijuana", "clabe": CLABE_TIJUANA,
                "address": "Blvd. Agua Caliente 10611, 22420 Tijuana, B.C."},
    }
    values = {"name": f"Sucursal {code}", "network": "FastOffice México", **known.get(code, {}), **changes}
    of_branch = {item.name for item in fields(NewBranch)}
    policy = {key: values.pop(key) for key in list(values) if key not in of_branch}
    return transaction.run(_branch_with_policy, NewBranch(code=code, **values), policy)


def _branch_with_policy(new: NewBranch, policy: dict[str, Any]) -> Branch:
    branch = create_branch(ACTOR, new)
    for name, value in policy.items():
        if not hasattr(branch.policy, name):
            raise TypeError(f"no such setting: {name}")
        setattr(branch.policy, name, value)
    return branch


def make_holiday(branch: Branch, day: date = date(2026, 12, 12), name: str = "Guadalupe") -> BranchHoliday:
    """A day on which the branch is closed."""
    branch_id = branch.id
    transaction.run(lambda: add_holiday(ACTOR, db.session.get_one(Branch, branch_id), day, name))
    return db.session.scalars(sa.select(BranchHoliday).where(BranchHoliday.branch_id == branch_id)).one()


def make_user(
    role: str = "receptionist", branches: Sequence[Branch] = (), *, email: str | None = None,
    name: str | None = None, password: str | None = PASSWORD, language: str | None = None,
) -> User:
    """Somebody who can sign in with PASSWORD; without branches they work in the first one there is."""
    first = sa.select(Branch).order_by(Branch.id).limit(1)
    where = list(branches) or [db.session.scalar(first) or make_branch()]
    address = email or f"{role}.{where[0].code.lower()}@fastoffice.example"
    ids = [branch.id for branch in where]
    return transaction.run(
        lambda: create_user(
            ACTOR, email=address, role=role, branches=[db.session.get_one(Branch, number) for number in ids],
            password=password, name=name or f"{role.title()} {where[0].code}", language=language,
        )
    )


@dataclass(frozen=True)
class Cast:
    """The two branches and everybody in them."""

    polanco: Branch
    tijuana: Branch
    mariana: User
    manager: User
    accountant: User
    network: User
    stranger: User  # a receptionist of Tijuana


PEOPLE = {"mariana": "mariana", "manager": "gerencia", "accountant": "conta", "network": "red", "stranger": "ximena"}


def make_cast() -> Cast:
    """Polanco with Mariana the receptionist, her manager and accountant; Tijuana with a receptionist."""
    remembered("cast", _make_cast)
    branches = {branch.code: branch for branch in db.session.scalars(sa.select(Branch))}
    users = {user.email.partition("@")[0]: user for user in db.session.scalars(sa.select(User))}
    return Cast(branches["PLC"], branches["TIJ"], **{name: users[email] for name, email in PEOPLE.items()})


def _make_cast() -> Cast:
    polanco, tijuana = make_branch("PLC"), make_branch("TIJ")
    return Cast(
        polanco, tijuana,
        mariana=make_user("receptionist", [polanco], email="mariana@fastoffice.example", name="Mariana Ruiz"),
        manager=make_user("manager", [polanco], email="gerencia@fastoffice.example", name="Graciela Torres"),
        accountant=make_user("accountant", [polanco], email="conta@fastoffice.example", name="Carlos Peña"),
        network=make_user("network", [polanco], email="red@fastoffice.example", name="Renata Solís"),
        stranger=make_user("receptionist", [tijuana], email="ximena@fastoffice.example", name="Ximena Ochoa"),
    )
