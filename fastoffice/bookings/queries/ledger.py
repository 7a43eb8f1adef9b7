"""The ledger of included hours as a screen: what a client's contracts gave in a month, and which booking took it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from fastoffice.bookings.models import Booking, HoursEntry
from fastoffice.bookings.queries import hours
from fastoffice.bookings.queries.hours import GRANTS, MonthOfHours, month_of
from fastoffice.contracts.models import Contract
from fastoffice.extensions import db


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, the booking it is of if any, and what was left after it, in minutes."""

    entry: HoursEntry
    booking: Booking | None
    left: int


@dataclass(frozen=True, slots=True)
class ContractLedger:
    """A contract's month: its sums and its entries in the order they were written. `given_back` is part of `used`."""

    sums: MonthOfHours
    taken: int
    given_back: int
    lines: tuple[Line, ...]


def of_client(client_id: int, month: str, today: date) -> list[ContractLedger]:
    """The ledgers of a client's contracts in a month ("2026-12"), in a fixed number of statements."""
    day = today if month == month_of(today) else date.fromisoformat(f"{month}-01")
    known = {row.contract_id: row for row in hours.hours(client_id, day, today)}
    codes = {row.id: row.code for row in db.session.execute(
        sa.select(Contract.id, Contract.code).where(Contract.client_id == client_id).order_by(Contract.id))}
    entries = hours.entries(list(codes), month)
    named = _bookings([entry.booking_id for entry in entries if entry.booking_id])
    found = []
    for contract_id, code in codes.items():
        mine = [entry for entry in entries if entry.contract_id == contract_id]
        if mine or contract_id in known:
            sums = known.get(contract_id) or _summed(contract_id, code, mine)
            found.append(_ledger(sums, mine, named))
    return found


def _bookings(ids: list[int]) -> dict[int, Booking]:
    if not ids:
        return {}
    query = sa.select(Booking).where(Booking.id.in_(sorted(set(ids)))).options(joinedload(Booking.resource))
    return {row.id: row for row in db.session.scalars(query)}


def _summed(contract_id: int, code: str, entries: list[HoursEntry]) -> MonthOfHours:
    """A contract that is no longer in force: as its ledger says."""
    total = {kind: sum(entry.minutes for entry in entries if entry.kind == kind)
             for kind in (*GRANTS, "used", "given_back", "expired")}
    return MonthOfHours(contract_id, code, sum(total[kind] for kind in GRANTS), -total["used"] - total["given_back"],
                        -total["expired"], sum(total.values()))


def _ledger(sums: MonthOfHours, entries: list[HoursEntry], named: dict[int, Booking]) -> ContractLedger:
    left, lines = 0, []
    for entry in entries:
        left += entry.minutes
        lines.append(Line(entry, named.get(entry.booking_id or 0), left))
    given_back = sum(entry.minutes for entry in entries if entry.kind == "given_back")
    return ContractLedger(sums, sums.used + given_back, given_back, tuple(lines))
