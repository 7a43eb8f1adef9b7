"""Figures of Mi día, each from an index: they stay quick however long the branch's past is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from fastoffice.billing.models import Invoice, LedgerCheck
from fastoffice.billing.queries.open_documents import BALANCE, owed_to
from fastoffice.clients.models import Client
from fastoffice.extensions import db


@dataclass(frozen=True)
class Overdue:
    """Open documents whose last day has passed."""

    amount: int
    clients: int
    documents: int


def overdue(branch_id: int, today: date) -> Overdue:
    """What should have been paid before today (minor units)."""
    query = sa.select(
        sa.func.coalesce(sa.func.sum(BALANCE), 0),
        sa.func.count(sa.distinct(Invoice.client_id)), sa.func.count(),
    ).where(owed_to(branch_id, before=today))
    amount, clients, documents = db.session.execute(query).one()
    return Overdue(int(amount), clients, documents)


def oldest_debtors(branch_id: int, today: date, limit: int = 5) -> list[Any]:
    """(client id, name, amount, oldest due day) of those who owe longest."""

    amount = sa.func.sum(BALANCE)
    oldest = sa.func.min(Invoice.due_on)
    query = sa.select(Client.id, Client.legal_name, amount.label("amount"), oldest.label("oldest")).join(
        Client, Client.id == Invoice.client_id).where(owed_to(branch_id, before=today)).group_by(
        Client.id, Client.legal_name).order_by(oldest, amount.desc()).limit(limit)
    return list(db.session.execute(query).all())


def last_check(branch_id: int) -> LedgerCheck | None:
    """The latest check of the books."""
    query = sa.select(LedgerCheck).where(LedgerCheck.branch_id == branch_id)
    return db.session.scalar(query.order_by(LedgerCheck.checked_at.desc()).limit(1))
