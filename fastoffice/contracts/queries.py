"""What others read of contracts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from fastoffice import bulk
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.contracts.models import Contract, ContractLine, LinePrice, RosterImport
from fastoffice.extensions import db
from fastoffice.workspaces.models import Office

_PLAN = (Contract.meeting_minutes, Contract.plan_month, Contract.plan_most)


def in_force(branch_id: int, first: date, last: date, *, after_id: int = 0, limit: int = 1000) -> list[int]:
    """Ids of contracts of a branch in force on some day from `first` to `last`, in order of id, after one."""
    query = (
        sa.select(Contract.id)
        .where(Contract.branch_id == branch_id, Contract.id > after_id, Contract.state != "ended",
               Contract.starts_on <= last, sa.or_(Contract.ends_on.is_(None), Contract.ends_on >= first),
               sa.or_(Contract.suspended_on.is_(None), Contract.suspended_on > first))
        .order_by(Contract.id).limit(limit)
    )
    return list(db.session.scalars(query))


def count_in_force(branch_id: int, first: date, last: date) -> int:
    """How many contracts are in force on some day from `first` to `last`."""
    query = sa.select(sa.func.count()).select_from(Contract).where(
        Contract.branch_id == branch_id, Contract.state != "ended", Contract.starts_on <= last,
        sa.or_(Contract.ends_on.is_(None), Contract.ends_on >= first),
        sa.or_(Contract.suspended_on.is_(None), Contract.suspended_on > first))
    return int(db.session.scalar(query) or 0)


def is_tenant(client_id: int, day: date) -> bool:
    """Whether the client has a contract in force on `day`, neither suspended nor ended."""
    query = sa.select(Contract.id).where(
        Contract.client_id == client_id, Contract.state != "ended", Contract.starts_on <= day,
        sa.or_(Contract.ends_on.is_(None), Contract.ends_on >= day),
        sa.or_(Contract.suspended_on.is_(None), Contract.suspended_on > day))
    return db.session.scalar(query.limit(1)) is not None


def contract_rows(ids: Sequence[int]) -> list[Any]:
    """Plain rows of contracts: id, client_id, dates, channels, currency."""
    columns = (Contract.id, Contract.client_id, Contract.starts_on, Contract.ends_on, Contract.suspended_on,
               Contract.channels, Contract.currency, Contract.office_id)
    return bulk.rows_in(sa.select(*columns), Contract.id, ids)


def line_rows(contract_ids: Sequence[int]) -> list[Any]:
    """Plain rows of the lines of contracts, in the order of the documents."""
    columns = (ContractLine.id, ContractLine.contract_id, ContractLine.description, ContractLine.prorate,
               ContractLine.starts_on, ContractLine.ends_on, ContractLine.tax_profile_id)
    query = sa.select(*columns).order_by(ContractLine.contract_id, ContractLine.position, ContractLine.id)
    return bulk.rows_in(query, ContractLine.contract_id, contract_ids)


def price_rows(contract_ids: Sequence[int]) -> list[Any]:
    """Plain rows of the prices of the lines of contracts."""
    query = sa.select(
        LinePrice.contract_line_id, LinePrice.valid_from, LinePrice.prompt_price, LinePrice.list_price
    ).join(ContractLine, ContractLine.id == LinePrice.contract_line_id)
    return bulk.rows_in(query, ContractLine.contract_id, contract_ids)


def of_branch(branch_id: int, *, lock_them: bool = False) -> list[Any]:
    """Every contract of a branch with its office's code ("" without one) and its first line that has no end,
    or its first line where all have one.
    """
    first_line = (
        sa.select(sa.func.coalesce(sa.func.min(sa.case((ContractLine.ends_on.is_(None), ContractLine.id))),
                                   sa.func.min(ContractLine.id)))
        .where(ContractLine.contract_id == Contract.id)
        .correlate(Contract).scalar_subquery()
    )
    query = (
        sa.select(Contract.id, Contract.version, Contract.code, Contract.client_id, Contract.state,
                  Contract.starts_on, Contract.ends_on, Contract.channels, Contract.deposit,
                  Contract.meeting_minutes, Contract.notes, ContractLine.id.label("line_id"),
                  ContractLine.description.label("service"),
                  sa.func.coalesce(Office.code, "").label("office"))
        .join(ContractLine, ContractLine.id == first_line)
        .outerjoin(Office, Office.id == Contract.office_id)
        .where(Contract.branch_id == branch_id).order_by(Contract.id)
    )
    return list(db.session.execute(query.with_for_update(of=Contract) if lock_them else query).all())


def prices_of_branch(branch_id: int) -> dict[int, list[Any]]:
    """Every price of a branch by contract line, in order of its first day."""
    columns = (LinePrice.id, LinePrice.contract_line_id, LinePrice.valid_from, LinePrice.prompt_price,
               LinePrice.list_price)
    query = sa.select(*columns).where(LinePrice.branch_id == branch_id).order_by(LinePrice.valid_from)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.contract_line_id].append(row)
    return found


def overlapping(
    branch_id: int, office_id: int, first: date, last: date | None, *, except_id: int = 0
) -> list[Any]:
    """Contracts that give an office in some of the days from `first` to `last`: id, code, days, client's name."""
    query = (
        sa.select(Contract.id, Contract.code, Contract.starts_on, Contract.ends_on, Contract.client_id,
                  Client.legal_name.label("client_name"))
        .join(Client, Client.id == Contract.client_id)
        .where(Contract.branch_id == branch_id, Contract.office_id == office_id, Contract.id != except_id,
               Contract.state != "ended", sa.or_(Contract.ends_on.is_(None), Contract.ends_on >= first))
        .order_by(Contract.starts_on)
    )
    return list(db.session.execute(query.where(Contract.starts_on <= last) if last else query).all())


def recent_imports(branch_id: int, limit: int = 10) -> list[RosterImport]:
    """The branch's latest uploads, applied or not, newest first."""
    query = sa.select(RosterImport).where(RosterImport.branch_id == branch_id)
    return list(db.session.scalars(query.order_by(RosterImport.id.desc()).limit(limit)))


def of_client(client_id: int) -> list[Contract]:
    """A client's contracts with office, services and prices, those without an end first, then the latest end."""
    query = sa.select(Contract).where(Contract.client_id == client_id).options(
        joinedload(Contract.office), selectinload(Contract.lines).selectinload(ContractLine.prices))
    return list(db.session.scalars(query.order_by(Contract.ends_on.is_(None).desc(), Contract.ends_on.desc(),
                                                  Contract.id)))


def in_force_of_client(client_id: int, day: date) -> list[Any]:
    """A client's contracts in force on a day, in order of id: id, code, ends_on, and what `plan_in` reads."""
    return in_force_among(days_of_client(client_id), day)


def days_of_client(client_id: int) -> list[Any]:
    """A client's contracts that are not ended, in order of id, with their days and what `plan_in` reads."""
    query = sa.select(Contract.id, Contract.code, Contract.starts_on, Contract.ends_on, Contract.suspended_on,
                      *_PLAN).where(Contract.client_id == client_id, Contract.state != "ended")
    return list(db.session.execute(query.order_by(Contract.id)))


def in_force_among(rows: Sequence[Any], day: date) -> list[Any]:
    """Those of `days_of_client` that are in force on a day."""
    return [row for row in rows
            if row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)
            and (row.suspended_on is None or row.suspended_on > day)]


def plan_in(row: Any, month: str) -> int:
    """Minutes that a contract includes in a month ("2026-12") that is not over: a plan that was lowered meanwhile is
    lower from the next month on.
    """
    return max(row.meeting_minutes, row.plan_most or 0) if row.plan_month == month else int(row.meeting_minutes)


def plans(contract_ids: Sequence[int]) -> list[Any]:
    """Of contracts: id, branch_id, the branch's timezone, and what `plan_in` reads."""
    query = sa.select(Contract.id, Contract.branch_id, Branch.timezone, *_PLAN).join(
        Branch, Branch.id == Contract.branch_id)
    return bulk.rows_in(query, Contract.id, contract_ids)


def services_of_client(client_id: int, day: date) -> list[str]:
    """What a client's contracts in force on a day are for, as their lines say."""
    return services_among(days_of_client(client_id), lines_of_client(client_id), day)


def lines_of_client(client_id: int) -> list[Any]:
    """The lines of a client's contracts in order: contract_id, description, ends_on."""
    query = sa.select(ContractLine.contract_id, ContractLine.description, ContractLine.ends_on).join(
        Contract, Contract.id == ContractLine.contract_id).where(Contract.client_id == client_id)
    return list(db.session.execute(query.order_by(ContractLine.id)))


def services_among(contracts: Sequence[Any], lines: Sequence[Any], day: date) -> list[str]:
    """What of `lines_of_client` holds on a day, of the contracts in force then."""
    ids = {row.id for row in in_force_among(contracts, day)}
    return [row.description for row in lines
            if row.contract_id in ids and (row.ends_on is None or row.ends_on >= day)]


def lock_of_client(client_id: int) -> None:
    """Hold a client's contracts, in order of id, until the unit ends: one writer of their hours at a time.

    Documents may still refer to them meanwhile (a draft takes the charges that this unit may be about to change).
    """
    query = sa.select(Contract.id).where(Contract.client_id == client_id).order_by(Contract.id)
    db.session.execute(query.with_for_update(key_share=True))


def going_on(ids: Iterable[int], first: date) -> set[int]:
    """Which of these contracts are in force on some day from `first` on, now or later."""
    query = sa.select(Contract.id).where(Contract.id.in_(sorted(ids)), *_from(first))
    return set(db.session.scalars(query))


def _from(first: date) -> tuple[sa.ColumnElement[bool], ...]:
    return (Contract.state != "ended", sa.or_(Contract.ends_on.is_(None), Contract.ends_on >= first),
            sa.or_(Contract.suspended_on.is_(None), Contract.suspended_on > first))
