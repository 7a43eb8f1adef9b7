"""Charges that no draft will take: their client has no contract that goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from fastoffice import money
from fastoffice.billing.models import Invoice
from fastoffice.billing.rules.periods import period_of
from fastoffice.charges.models import PendingCharge
from fastoffice.clients.models import Client
from fastoffice.contracts.models import Contract
from fastoffice.extensions import db


@dataclass(frozen=True, slots=True)
class Leftover:
    """A client's charges that wait for nobody; `amount` in minor units without tax."""

    client_id: int
    name: str
    amount: int
    charges: int


def leftover(branch_id: int, today: date, limit: int = 6) -> list[Leftover]:
    """Of those clients, the one with the oldest charge first."""
    milli = sa.func.sum(PendingCharge.unit_price * PendingCharge.quantity_milli)
    query = (
        sa.select(Client.id, Client.legal_name, milli.label("milli"), sa.func.count().label("charges"))
        .join(PendingCharge, PendingCharge.client_id == Client.id)
        .where(PendingCharge.branch_id == branch_id, sa.text("NOT pending_charge.billed"),
               PendingCharge.dropped_at.is_(None), ~_draft_to_come(today))
        .group_by(Client.id, Client.legal_name).order_by(sa.func.min(PendingCharge.charged_on), Client.id).limit(limit)
    )
    return [Leftover(row.id, row.legal_name, money.share(int(row.milli), 1, 1000), row.charges)
            for row in db.session.execute(query)]


def is_left(client_id: int, today: date) -> bool:
    """Whether no draft of a client is to come."""
    return db.session.scalar(sa.select(Client.id).where(Client.id == client_id, ~_draft_to_come(today))) is not None


def _draft_to_come(today: date) -> sa.ColumnElement[bool]:
    """Of a client: a contract that goes on after this month, or is in force in it and has no document of it yet."""
    first = today.replace(day=1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    drafted = sa.exists().where(Invoice.contract_id == Contract.id, Invoice.period == period_of(today),
                                Invoice.kind == "recurring")
    return sa.exists().where(
        Contract.client_id == Client.id, Contract.state != "ended", Contract.suspended_on.is_(None),
        sa.or_(Contract.ends_on.is_(None), Contract.ends_on >= next_month,
               sa.and_(Contract.ends_on >= first, ~drafted)))
