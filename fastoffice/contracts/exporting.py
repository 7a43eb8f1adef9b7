"""Rows of contracts for exports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from fastoffice import money
from fastoffice.branches import queries as branches
from fastoffice.contracts.models import Contract, ContractLine
from fastoffice.extensions import db

SLICE = 500


def contract_rows(branch_id: int, days: tuple[date, date] | None = None) -> Iterator[dict[str, Any]]:
    """Every contract, ended ones too, oldest first; with `days` (first, last) those in force between them."""
    taxes = {key: rate[0] for key, rate in branches.tax_rates(branch_id).items()}
    where = [Contract.branch_id == branch_id]
    if days:
        where += [Contract.starts_on <= days[1], sa.or_(Contract.ends_on.is_(None), Contract.ends_on >= days[0])]
    last_id = 0
    while True:
        query = sa.select(Contract).where(*where, Contract.id > last_id).options(
            joinedload(Contract.client), joinedload(Contract.office),
            selectinload(Contract.lines).selectinload(ContractLine.prices)).order_by(Contract.id).limit(SLICE)
        contracts = db.session.scalars(query).all()
        if not contracts:
            return
        for contract in contracts:
            yield _contract(contract, taxes)
        last_id = contracts[-1].id


def _contract(contract: Contract, taxes: dict[int, str]) -> dict[str, Any]:
    return {
        "code": contract.code, "client": contract.client.legal_name, "tax_id": contract.client.tax_id or "",
        "office": contract.office.code if contract.office else None, "state": contract.state,
        "starts_on": contract.starts_on.isoformat(), "ends_on": _day(contract.ends_on),
        "suspended_on": _day(contract.suspended_on), "channels": ",".join(contract.channels),
        "currency": contract.currency, "deposit": money.plain(contract.deposit),
        "meeting_minutes": contract.meeting_minutes, "notes": contract.notes,
        "lines": [_line(line, taxes) for line in contract.lines],
    }


def _line(line: ContractLine, taxes: dict[int, str]) -> dict[str, Any]:
    return {
        "description": line.description, "tax_profile": taxes.get(line.tax_profile_id, ""),
        "starts_on": _day(line.starts_on), "ends_on": _day(line.ends_on),
        "prices": [{"valid_from": price.valid_from.isoformat(), "prompt_price": money.plain(price.prompt_price),
                    "list_price": money.plain(price.list_price)} for price in line.prices],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
