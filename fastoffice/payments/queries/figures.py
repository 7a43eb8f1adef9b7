"""What a client owes and has: the same figures on every screen, mail and paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk
from fastoffice.billing.models import Credit, Invoice
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.payments.models import Payment

_OPEN = Invoice.status.in_(("issued", "partly_paid"))
_SPARE = Credit.amount - Credit.applied - Credit.refunded
HAS_SPARE = Credit.amount > Credit.applied + Credit.refunded


def with_spare(branch_id: int) -> sa.ColumnElement[bool]:
    """A branch's credits with something left, found by their own small index and not by the branch's."""
    few = sa.select(Credit.id).where(HAS_SPARE).correlate(None)
    return sa.and_(Credit.id.in_(few), Credit.branch_id + 0 == branch_id)


@dataclass(frozen=True, slots=True)
class ClientMoney:
    """Minor units of one currency. `balance` = open documents − unapplied credit; below zero we owe them."""

    open: int
    credit: int

    @property
    def balance(self) -> int:
        return self.open - self.credit


def client_money(client_id: int, currency: str = "MXN") -> ClientMoney:
    """What a client owes and has in one currency."""
    return clients_money([client_id], currency).get(client_id, ClientMoney(0, 0))


def clients_money(client_ids: Sequence[int], currency: str = "MXN") -> dict[int, ClientMoney]:
    """The same for many, two statements per slice; clients with neither are left out."""
    owed = {row.client_id: int(row.amount) for row in _sums(
        sa.select(Invoice.client_id, sa.func.sum(Invoice.total - Invoice.paid).label("amount"))
        .where(_OPEN, Invoice.currency == currency), Invoice.client_id, client_ids)}
    spare = spare_of(client_ids, currency)
    return {key: ClientMoney(owed.get(key, 0), spare.get(key, 0)) for key in owed.keys() | spare.keys()}


def spare_of(client_ids: Sequence[int], currency: str) -> dict[int, int]:
    """What each has that pays nothing yet."""
    query = sa.select(Credit.client_id, sa.func.sum(_SPARE).label("amount")).where(
        HAS_SPARE, Credit.currency == currency)
    return {row.client_id: int(row.amount) for row in _sums(query, Credit.client_id, client_ids)}


def _sums(query: Any, column: Any, ids: Sequence[int]) -> list[Any]:
    return bulk.rows_in(query.group_by(column), column, sorted(set(ids)))


def unapplied_credits(branch_id: int, limit: int = 200) -> list[Any]:
    """Credits with something left, oldest first: credit, what is left, the client's name, the payment's id."""
    query = sa.select(
        Credit.id, Credit.client_id, Credit.value_date, Credit.currency, Credit.amount, _SPARE.label("left"),
        Client.legal_name, Payment.id.label("payment_id"), Payment.method,
    ).join(Client, Client.id == Credit.client_id).outerjoin(Payment, Payment.credit_id == Credit.id).where(
        with_spare(branch_id)).order_by(Credit.value_date, Credit.id).limit(limit)
    return list(db.session.execute(query).all())


def unapplied_total(branch_id: int, currency: str = "MXN") -> int:
    """All credit of a branch's clients that pays nothing yet."""
    query = sa.select(sa.func.sum(_SPARE)).where(with_spare(branch_id), Credit.currency == currency)
    return int(db.session.scalar(query) or 0)
