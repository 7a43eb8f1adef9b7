"""The months that went by: drafted and issued on day 1, paid in the ways people pay, closed on day 6."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from fastoffice import audit, clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.billing.rules.periods import first_day, following, period_of, previous
from fastoffice.billing.service import cycle, holds
from fastoffice.branches.models import Branch
from fastoffice.contracts.models import ContractLine, LinePrice
from fastoffice.extensions import db
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service import record_payments

SYSTEM, DESK = audit.Actor.system(), audit.Actor("Mariana Ruiz")
LAST_PROMPT_DAY = 5
# how clients behave: (share, first day, last day) of paying; None never pays
HABITS = ((62, 1, 4), (18, 5, 5), (9, 7, 12), (5, 13, 20), (6, None, None))


def draft_period(today: date) -> str:
    """The month whose drafts wait: this one while its prompt window is open, else the next."""
    period = period_of(today)
    return period if today.day <= LAST_PROMPT_DAY else following(period)


def billed_periods(today: date, months: int) -> list[str]:
    """The `months` before the one whose drafts wait, oldest first."""
    periods: list[str] = []
    period = draft_period(today)
    for _step in range(months):
        period = previous(period)
        periods.insert(0, period)
    return periods


def first_moment(period: str, zone: str) -> datetime:
    """Early on the first day of a month."""
    return clock.at_local(first_day(period), time(7), zone)


def live_through(branch_id: int, periods: list[str], chance: random.Random, now: datetime,
                 also: Callable[[date], None]) -> None:
    """Live each month up to `now`, day by day, through the product's own services; `also` is what else a day has."""
    habits: dict[int, tuple[int | None, int | None]] = {}
    for period in periods:
        _month(branch_id, period, habits, chance, now, also)


def _month(branch_id: int, period: str, habits: dict[int, Any], chance: random.Random, now: datetime,
           also: Callable[[date], None]) -> None:
    zone = db.session.get_one(Branch, branch_id).timezone
    issued_at = clock.at_local(first_day(period), time(9), zone)
    with clock.fixed_at(issued_at):
        cycle.draft_period(branch_id, period, SYSTEM, issued_at)
        cycle.issue_period(branch_id, period, DESK, issued_at)
    plan = _who_pays_when(branch_id, habits, chance)
    for number in range(1, 29):
        day = first_day(period).replace(day=number)
        morning = clock.at_local(day, time(10), zone)
        if morning > now:
            return
        with clock.fixed_at(morning):
            cycle.remind_branch(branch_id, SYSTEM, morning)
            cycle.close_branch(branch_id, SYSTEM, morning)
            _pay(branch_id, [client for client, when in plan.items() if when == number], morning, zone, chance)
        also(day)


def _who_pays_when(branch_id: int, habits: dict[int, Any], chance: random.Random) -> dict[int, int | None]:
    query = sa.select(Invoice.client_id).where(
        Invoice.branch_id == branch_id, Invoice.status.in_(("issued", "partly_paid"))).distinct()
    plan: dict[int, int | None] = {}
    for client_id in sorted(db.session.scalars(query)):
        first, last = habits.setdefault(client_id, chance.choices(
            [habit[1:] for habit in HABITS], [habit[0] for habit in HABITS])[0])
        plan[client_id] = None if first is None else chance.randint(first, last or first)
    return plan


def _pay(branch_id: int, client_ids: list[int], now: datetime, zone: str, chance: random.Random) -> None:
    if not client_ids:
        return
    amount = sa.func.sum(Invoice.total - Invoice.paid)
    query = sa.select(Invoice.client_id, amount.label("amount")).where(
        Invoice.status.in_(("issued", "partly_paid")), Invoice.client_id.in_(client_ids)).group_by(Invoice.client_id)
    specs = [
        PaymentSpec(row.client_id, chance.choices(("transfer", "cash", "pos"), (80, 12, 8))[0], int(row.amount),
                    clock.local_date(now, zone), reference=f"SPEI {chance.randrange(10**6, 10**7)}",
                    taken_by=DESK.name)
        for row in db.session.execute(query.order_by(Invoice.client_id)) if row.amount > 0]
    transaction.run(_record, branch_id, specs, now)


def _record(branch_id: int, specs: list[PaymentSpec], now: datetime) -> None:
    record_payments(db.session.get_one(Branch, branch_id), specs, DESK, now)


def draft(branch_id: int, period: str, now: datetime) -> None:
    """The drafts that wait for their reviewer, some with something to look at."""
    with clock.fixed_at(now):
        transaction.run(_changes, branch_id, period)
        cycle.draft_period(branch_id, period, SYSTEM, now)
        transaction.run(_dispute, branch_id, period, now)


def _changes(branch_id: int, period: str) -> None:
    """Two new prices."""
    lines = db.session.scalars(
        sa.select(ContractLine).where(ContractLine.branch_id == branch_id).order_by(ContractLine.id).limit(2)).all()
    for line in lines:
        price = line.prices[-1]
        line.prices.append(LinePrice(branch_id=branch_id, valid_from=first_day(period),
                                     prompt_price=price.prompt_price + 50_000, list_price=price.list_price + 60_000))


def _dispute(branch_id: int, period: str, now: datetime) -> None:
    """One client does not agree with the month."""
    query = sa.select(Invoice.id).where(
        Invoice.branch_id == branch_id, Invoice.period == period, Invoice.status == "draft").order_by(Invoice.id)
    draft_id = db.session.scalars(query.offset(3).limit(1)).first()
    if draft_id is not None:
        holds.place_hold(db.session.get_one(Branch, branch_id), draft_id, "dispute",
                         "Dice que devolvió un estacionamiento en noviembre", DESK, now)
