"""What a branch bills and receives, done as the product does it: committed, at a fixed moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from fastoffice import audit, clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import cycle
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.payments import service as payments
from fastoffice.payments.models import Payment

MARIANA = audit.Actor("Mariana Ruiz")
MEXICO = ZoneInfo("America/Mexico_City")
PERIOD = "2026-12"
PRIVATE = [("Oficina privada", 890_000, 1_065_000)]  # 10,324.00 and 12,354.00 with IVA


def at(day: int, hour: int = 10, minute: int = 0, month: int = 12, year: int = 2026) -> datetime:
    """A moment of December 2026 on Polanco's wall clock."""
    return datetime(year, month, day, hour, minute, tzinfo=MEXICO)


def issue_month(branch: Branch, now: datetime | None = None, period: str = PERIOD) -> None:
    """Draft and issue the month, on day 1 at ten."""
    moment = now or at(1)
    with clock.fixed_at(moment):
        cycle.draft_period(branch.id, period, MARIANA, moment)
        cycle.issue_period(branch.id, period, MARIANA, moment)


def close_month(branch: Branch, now: datetime | None = None) -> None:
    """The deadline acts, at 00:00 of day 6."""
    moment = now or at(6, 0)
    with clock.fixed_at(moment):
        cycle.close_branch(branch.id, MARIANA, moment)


def within(branch: Branch, now: datetime, work: Callable[[Branch], Any]) -> Any:
    """`work(branch)` as one unit at `now`."""
    key = branch.id

    def unit() -> Any:
        return work(db.session.get_one(Branch, key))

    with clock.fixed_at(now):
        return transaction.run(unit)


def pay(branch: Branch, client: Client | int, amount: int, now: datetime, value_date: date | None = None,
        method: str = "transfer", **values: Any) -> Payment:
    """A payment recorded at `now`; its value date is that day unless told."""
    client_id = client if isinstance(client, int) else client.id
    day = value_date or clock.local_date(now, branch.timezone)
    spec = payments.PaymentSpec(client_id, method, amount, day, **values)
    outcome = within(branch, now, lambda row: payments.record_payment(row, spec, MARIANA, now))
    return db.session.get_one(Payment, outcome.payment_id)


def invoices_of(client: Client | int, **where: Any) -> list[Invoice]:
    """A client's documents, oldest first, read anew."""
    client_id = client if isinstance(client, int) else client.id
    query = sa.select(Invoice).filter_by(client_id=client_id, **where).order_by(Invoice.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def chain(client: Client | int) -> list[tuple[str, str, int, int]]:
    """(stage, status, total, paid) of a client's documents, oldest first."""
    return [(each.stage, each.status, each.total, each.paid) for each in invoices_of(client)]
