"""A lobby: Güemes with Laura and Tomás, visitors who sign in at the tablet, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.clients.checks import ContactData
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.visitors import jobs, service
from fastoffice.visitors.models import HostCall, ReceptionCall, Visit
from fastoffice.visitors.service import SignedIn, SignIn, tokens
from tests.factories.contracts import make_client, make_contract
from tests.factories.people import make_branch

Answer = TypeVar("Answer")
TABLET, MARIANA = Actor("Tableta de recepción"), Actor("Mariana Ruiz")
LAURA, TOMAS = ContactData("Laura Güemes Ñuño", "laura@guemes.mx", "55 5280 0001"), ContactData("Tomás Rey", "tomas@guemes.mx")
TEN = datetime.fromisoformat("2026-12-02T10:00-06:00")  # in Mexico City
_keys = count(1)


class Lobby:
    """The branch's lobby on 2 December at ten; `at` moves the clock for one call."""

    def __init__(self, branch: Branch | None = None) -> None:
        self.branch_id = (branch or make_branch("PLC")).id
        self.guemes_id = self.host("Logística Güemes López, S.C.", LAURA, TOMAS, trade_name="Güemes").id

    @property
    def branch(self) -> Branch:
        return db.session.get_one(Branch, self.branch_id)

    @property
    def guemes(self) -> Client:
        """The tenant."""
        return db.session.get_one(Client, self.guemes_id)

    def host(self, name: str, *people: ContactData, **values: Any) -> Client:
        """A tenant with these people."""
        client = make_client(self.branch, name, contacts=people or (ContactData("Recepción", "hola@cliente.mx"),), **values)
        make_contract(client)
        return client

    def do(self, work: Callable[[Branch], Answer], now: datetime = TEN) -> Answer:
        """One unit of work in the branch."""
        key = self.branch_id
        with clock.fixed_at(now):
            return transaction.run(lambda: work(db.session.get_one(Branch, key)))

    def match(self, text: str, company: str = "") -> service.HostMatch:
        return self.do(lambda branch: service.match_host(branch, text, company))

    def arrive(self, host: str = "Laura Güemes Ñuño", now: datetime = TEN, **told: Any) -> SignedIn:
        """Somebody signs in at the tablet."""
        values = {"request_key": f"key-{next(_keys)}", "name": "Ana Pérez", "company": "Consultores", "contact": "5512345678",
                  "host_text": host, **told}
        return self.do(lambda branch: service.sign_in(branch, SignIn(**values), TABLET, now), now)

    def visit(self, came: SignedIn) -> Visit:
        return db.session.get_one(Visit, came.visit_id, populate_existing=True)

    def calls(self, came: SignedIn) -> list[tuple[str, str]]:
        """(step, name) of who was told."""
        rows = db.session.scalars(sa.select(HostCall).where(HostCall.visit_id == came.visit_id).order_by(HostCall.id))
        return [(row.step, row.name) for row in rows]

    def link(self, came: SignedIn, place: int = 0) -> str:
        """The secret in the message of the one who was told."""
        rows = list(db.session.scalars(sa.select(HostCall).where(HostCall.visit_id == came.visit_id).order_by(HostCall.id)))
        return tokens.token_of("host-call", rows[place].nonce)

    @property
    def wanted(self) -> list[str]:
        """What reception is called for and nobody attended."""
        query = sa.select(ReceptionCall.reason).where(ReceptionCall.attended_at.is_(None)).order_by(ReceptionCall.id)
        return list(db.session.scalars(query))

    @property
    def notices(self) -> list[str]:
        return list(db.session.scalars(sa.select(Notice.kind).order_by(Notice.id)))

    def tick(self, now: datetime) -> None:
        """The ticker's turn at this branch."""
        with clock.fixed_at(now):
            jobs.attend(self.branch_id)
