"""Included hours as everybody reads them: one figure on screen, in the ledger and on the invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from fastoffice.bookings.models import HoursEntry
from fastoffice.bookings.queries.once import memory, once
from fastoffice.bookings.rules.pricing import grant_missing
from fastoffice.contracts import queries as contracts
from fastoffice.extensions import db

GRANTS = ("granted", "lowered")


@dataclass(frozen=True, slots=True)
class MonthOfHours:
    """A contract's month in minutes: what the plan gives, what bookings took, what is left. `beyond` is what is granted
    over a plan that shrank since, because it was used.
    """

    contract_id: int
    code: str
    granted: int
    used: int
    expired: int
    left: int
    beyond: int = 0


def month_of(day: date) -> str:
    """"2026-12"."""
    return f"{day.year:04d}-{day.month:02d}"


def sums(contract_ids: Sequence[int], month: str) -> dict[int, dict[str, int]]:
    """By contract: minutes of its month by kind of entry."""
    found: dict[int, dict[str, int]] = {contract_id: {} for contract_id in contract_ids}
    if not contract_ids:
        return found
    which = () if memory() else (HoursEntry.month == month,)
    rows = once(("sums", tuple(contract_ids)), lambda: _sums(contract_ids, which))
    for contract_id, its_month, kind, minutes in rows:
        if its_month == month:
            found[contract_id][kind] = int(minutes)
    return found


def _sums(contract_ids: Sequence[int], which: tuple[sa.ColumnElement[bool], ...]) -> list[Any]:
    columns = (HoursEntry.contract_id, HoursEntry.month, HoursEntry.kind)
    query = sa.select(*columns, sa.func.sum(HoursEntry.minutes)).where(HoursEntry.contract_id.in_(contract_ids), *which)
    return list(db.session.execute(query.group_by(*columns)))


def missing_grant(plan: int, by_kind: dict[str, int], month: str, this_month: str) -> int:
    """What the ledger's grant of a month lacks of that month's plan; nothing for months that are over."""
    if month < this_month:
        return 0
    granted = sum(by_kind.get(kind, 0) for kind in GRANTS)
    return grant_missing(plan, granted, sum(by_kind.values()))


def contracts_of(client_id: int) -> list[Any]:
    """A client's contracts with their days, as `contracts.queries` says."""
    return once(("contracts", client_id), lambda: contracts.days_of_client(client_id))


def hours(client_id: int, day: date, today: date, prefer: int | None = None) -> list[MonthOfHours]:
    """Of each contract of a client that is in force on `day`: its month's hours, `prefer` first.

    What the ledger has not noted yet (a new month, a plan that grew) counts as it will be noted.
    """
    rows = contracts.in_force_among(contracts_of(client_id), day)
    month, this_month = month_of(day), month_of(today)
    known = sums([row.id for row in rows], month)
    found = []
    for row in sorted(rows, key=lambda row: (row.id != prefer, row.id)):
        by_kind = known[row.id]
        missing = missing_grant(contracts.plan_in(row, month), by_kind, month, this_month)
        used = -by_kind.get("used", 0) - by_kind.get("given_back", 0)
        granted = sum(by_kind.get(kind, 0) for kind in GRANTS) + missing
        beyond = max(granted - contracts.plan_in(row, month), 0) if month >= this_month else 0
        found.append(MonthOfHours(row.id, row.code, granted, used, -by_kind.get("expired", 0),
                                  sum(by_kind.values()) + missing, beyond))
    return found


def entries(client_contract_ids: Sequence[int], month: str) -> list[HoursEntry]:
    """The ledger of some contracts' month, in the order it was written."""
    query = sa.select(HoursEntry).where(HoursEntry.contract_id.in_(client_contract_ids), HoursEntry.month == month)
    return list(db.session.scalars(query.order_by(HoursEntry.id)))


def of_booking(booking_id: int) -> list[Any]:
    """(contract_id, month, minutes) that a booking holds now: what it used less what it gave back."""
    known = memory()
    ids = known.bookings if known and booking_id in known.bookings else (booking_id,)
    rows = once(("held", ids), lambda: _of_bookings(ids))
    return [row for row in rows if row.booking_id == booking_id and row.minutes]


def _of_bookings(ids: Sequence[int]) -> list[Any]:
    columns = (HoursEntry.booking_id, HoursEntry.contract_id, HoursEntry.month)
    query = sa.select(*columns, sa.func.sum(HoursEntry.minutes).label("minutes")).where(
        HoursEntry.booking_id.in_(ids)).group_by(*columns)
    return list(db.session.execute(query.order_by(HoursEntry.contract_id)))
