"""The ledger of included hours: every entry is added, none is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from fastoffice import audit, clock
from fastoffice.bookings.models import Booking, HoursEntry
from fastoffice.bookings.queries import hours as reading
from fastoffice.bookings.queries.hours import GRANTS, month_of
from fastoffice.bookings.rules.pricing import Allowance
from fastoffice.branches.models import Branch
from fastoffice.contracts import queries as contracts
from fastoffice.extensions import db

Spent = dict[tuple[int, str], int]  # minutes by contract and month; negative when more is given back


def _add(
    branch_id: int, contract_id: int, month: str, kind: str, minutes: int, source: str, booking_id: int | None,
    actor: audit.Actor, now: datetime,
) -> None:
    if minutes:
        db.session.add(HoursEntry(
            branch_id=branch_id, contract_id=contract_id, month=month, kind=kind, minutes=minutes,
            booking_id=booking_id, source=source, noted_at=now, noted_by=actor.name))
        db.session.flush()


def _number(contract_id: int, month: str, kinds: Sequence[str]) -> int:
    """How many entries of these kinds the month has: the next one's number."""
    query = sa.select(sa.func.count()).select_from(HoursEntry).where(
        HoursEntry.contract_id == contract_id, HoursEntry.month == month, HoursEntry.kind.in_(kinds))
    return int(db.session.scalar(query) or 0)


def allowances(
    branch: Branch, client_id: int, day: date, prefer: int | None, actor: audit.Actor, now: datetime
) -> list[Allowance]:
    """What the client's contracts have left in the month of `day`, their grants noted; holds the contracts.

    Two contracts of one company add up; `prefer` is asked first.
    """
    contracts.lock_of_client(client_id)
    month, this_month = month_of(day), month_of(clock.local_date(now, branch.timezone))
    rows = contracts.in_force_of_client(client_id, day)
    known = reading.sums([row.id for row in rows], month)
    found = []
    for row in sorted(rows, key=lambda row: (row.id != prefer, row.id)):
        missing = reading.missing_grant(contracts.plan_in(row, month), known[row.id], month, this_month)
        _grant(branch.id, row.id, month, missing, actor, now)
        found.append(Allowance(row.id, max(sum(known[row.id].values()) + missing, 0)))
    return found


def _grant(branch_id: int, contract_id: int, month: str, missing: int, actor: audit.Actor, now: datetime) -> None:
    if missing:
        source = f"grant:{_number(contract_id, month, GRANTS) + 1}"
        _add(branch_id, contract_id, month, "granted" if missing > 0 else "lowered", missing, source, None, actor, now)


def follow_plans(contract_ids: Sequence[int], actor: audit.Actor, now: datetime | None = None) -> None:
    """Months of contracts (held by the caller) that are noted already, this one or later, get what the plans give."""
    moment = now or clock.now()
    for row in contracts.plans(contract_ids):
        this_month = month_of(clock.local_date(moment, row.timezone))
        noted = sa.select(HoursEntry.month).where(HoursEntry.contract_id == row.id, HoursEntry.month >= this_month)
        for month in sorted(set(db.session.scalars(noted))):
            by_kind = reading.sums([row.id], month)[row.id]
            missing = reading.missing_grant(contracts.plan_in(row, month), by_kind, month, this_month)
            _grant(row.branch_id, row.id, month, missing, actor, moment)


def use(
    booking: Booking, covered: Sequence[tuple[int, int]], day: date, actor: audit.Actor, now: datetime
) -> None:
    """Take minutes of contracts (contract id, minutes) for a booking on `day`, from that day's month."""
    for contract_id, minutes in covered:
        number = _number_of(booking.id, contract_id, "used")
        _add(booking.branch_id, contract_id, month_of(day), "used", -minutes, f"use:{booking.id}.{number}",
             booking.id, actor, now)


def give_back(booking: Booking, minutes: int, actor: audit.Actor, now: datetime) -> None:
    """Give `minutes` that a booking took back to the contracts and months they came from.

    A month whose plan shrank below what was used shrinks with what is given back.
    """
    if not minutes:
        return
    contracts.lock_of_client(booking.client_id or 0)
    rows = reading.of_booking(booking.id)
    for row in reversed(rows):
        share = min(minutes, -row.minutes)
        if share <= 0:
            continue
        number = _number_of(booking.id, row.contract_id, "given_back")
        _add(booking.branch_id, row.contract_id, row.month, "given_back", share, f"back:{booking.id}.{number}",
             booking.id, actor, now)
        minutes -= share
    follow_plans([row.contract_id for row in rows], actor, now)


def with_own(allowances: Sequence[Allowance], booking: Booking, day: date) -> list[Allowance]:
    """What contracts have left on `day` for what takes the place of a booking: with the minutes it has of theirs."""
    own = {row.contract_id: -row.minutes for row in reading.of_booking(booking.id) if row.month == month_of(day)}
    return [Allowance(item.contract_id, max(item.left + own[item.contract_id] - item.beyond, 0))
            if item.contract_id in own else item for item in allowances]


def less(allowances: Sequence[Allowance], spent: Spent, day: date) -> list[Allowance]:
    """What is left on `day` when other bookings have taken what `spent` says."""
    return [Allowance(item.contract_id, max(item.left - spent.get((item.contract_id, month_of(day)), 0), 0))
            for item in allowances]


def _number_of(booking_id: int, contract_id: int, kind: str) -> int:
    query = sa.select(sa.func.count()).select_from(HoursEntry).where(
        HoursEntry.booking_id == booking_id, HoursEntry.contract_id == contract_id, HoursEntry.kind == kind)
    return int(db.session.scalar(query) or 0)


def months_to_expire(branch_id: int, this_month: str) -> list[tuple[int, str]]:
    """(contract id, month) of months that are over and still have minutes."""
    query = (
        sa.select(HoursEntry.contract_id, HoursEntry.month)
        .where(HoursEntry.branch_id == branch_id, HoursEntry.month < this_month)
        .group_by(HoursEntry.contract_id, HoursEntry.month).having(sa.func.sum(HoursEntry.minutes) > 0)
    )
    return [(row.contract_id, row.month) for row in db.session.execute(query)]


def expire(branch: Branch, actor: audit.Actor, now: datetime) -> int:
    """Minutes that nobody used end with their month. Again without harm; how many contract months it closed."""
    due = months_to_expire(branch.id, month_of(clock.local_date(now, branch.timezone)))
    for contract_id, month in due:
        left = sum(reading.sums([contract_id], month)[contract_id].values())
        source = f"expire:{_number(contract_id, month, ('expired',)) + 1}"
        _add(branch.id, contract_id, month, "expired", -max(left, 0), source, None, actor, now)
    return len(due)
