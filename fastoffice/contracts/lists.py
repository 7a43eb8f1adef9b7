"""Contracts as screens list and find them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fastoffice import bulk
from fastoffice.clients.models import Client
from fastoffice.clients.rules import search_words
from fastoffice.contracts import queries, rules
from fastoffice.contracts.models import Contract, ContractLine
from fastoffice.counting import Page, count_of, counted
from fastoffice.extensions import db
from fastoffice.workspaces.models import Office

PAGE = 50
SORTS: dict[str, tuple[Any, ...]] = {
    "client": (Client.name_key,),
    "code": (Contract.code,),
    "office": (Office.code.is_(None), Office.code),
    "starts": (Contract.starts_on,),
    "ends": (Contract.ends_on.is_(None), Contract.ends_on),
}


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """What to list. `show`: active, ending, suspended, ended or all; `sort`: one of SORTS, "-" before it turns it."""

    show: str = "active"
    q: str = ""
    sort: str = "client"


@dataclass(frozen=True, slots=True)
class ContractPage(Page):
    """Contracts with client and office; `prices` (prompt, list) of a month by contract, as of the day."""

    prices: dict[int, tuple[int, int]]


def contract_page(branch_id: int, wanted: ContractFilter, today: date, number: int = 1) -> ContractPage:
    """One page of a branch's contracts: four statements."""
    words = search_words(wanted.q)
    shown = _is_shown(wanted.show, branch_id, today)
    ids = sa.select(Contract.id).where(shown)
    total = count_of(_matching(ids.join(Contract.client), words) if words else ids)
    query = sa.select(Contract).join(Contract.client).outerjoin(Contract.office).where(
        shown, Client.branch_id == branch_id)
    query = _matching(query, words).options(contains_eager(Contract.client), contains_eager(Contract.office)).order_by(
        *_order(wanted.sort), Contract.id).limit(PAGE).offset((number - 1) * PAGE)
    rows = list(db.session.scalars(query))
    return ContractPage(rows, number, total, PAGE, monthly_prices([row.id for row in rows], today))


def _matching(query: sa.Select[Any], words: Sequence[str]) -> sa.Select[Any]:
    for word in words:
        query = query.where(sa.or_(Client.search_text.contains(word, autoescape=True),
                                   sa.func.lower(Contract.code).contains(word, autoescape=True)))
    return query


def _order(sort: str) -> list[Any]:
    columns = SORTS.get(sort.lstrip("-"), SORTS["client"])
    return [*columns[:-1], columns[-1].desc() if sort.startswith("-") else columns[-1]]


def _is_shown(show: str, branch_id: int, today: date) -> sa.ColumnElement[bool]:
    """Each filter so that an index of the branch's contracts serves it."""
    here = Contract.branch_id == branch_id
    lasts = sa.or_(Contract.ends_on.is_(None), Contract.ends_on >= today)
    if show == "ended":
        return sa.or_(sa.and_(here, Contract.state == "ended"), sa.and_(here, Contract.ends_on < today))
    if show == "suspended":
        return sa.and_(here, Contract.state == "suspended", lasts)
    if show == "ending":
        soon = today + timedelta(days=rules.ENDING_SOON)
        return sa.and_(here, Contract.ends_on >= today, Contract.ends_on <= soon, Contract.state != "ended")
    return sa.and_(here, Contract.state != "ended", lasts) if show == "active" else here


def contract_counts(branch_id: int, today: date) -> dict[str, int]:
    """How many contracts each filter shows. One statement."""
    shows = ("active", "ending", "suspended", "ended")
    row = db.session.execute(sa.select(*(
        counted(sa.select(Contract.id).where(_is_shown(show, branch_id, today))).label(show) for show in shows))).one()
    return {show: int(getattr(row, show)) for show in shows}


def monthly_prices(contract_ids: Sequence[int], day: date) -> dict[int, tuple[int, int]]:
    """(prompt, list) of a full month by contract: its services in force on `day`, or those to come."""
    prices: dict[int, list[Any]] = defaultdict(list)
    for row in queries.price_rows(contract_ids):
        prices[row.contract_line_id].append(row)
    sums: dict[int, tuple[int, int]] = {}
    for line in queries.line_rows(contract_ids):
        if line.ends_on is not None and line.ends_on < day:
            continue
        known = prices.get(line.id, [])
        price = rules.price_on(known, day) or min(known, key=lambda each: each.valid_from, default=None)
        if price is not None:
            before = sums.get(line.contract_id, (0, 0))
            sums[line.contract_id] = (before[0] + price.prompt_price, before[1] + price.list_price)
    return sums


def whole(contract_id: int) -> Contract | None:
    """A contract with client, office, services and prices: three statements."""
    query = sa.select(Contract).where(Contract.id == contract_id).options(
        joinedload(Contract.client), joinedload(Contract.office),
        selectinload(Contract.lines).selectinload(ContractLine.prices))
    return db.session.scalar(query)


def of_client(client_id: int) -> list[Contract]:
    """A client's contracts with services and prices, the running ones first: three statements."""
    query = sa.select(Contract).where(Contract.client_id == client_id).options(
        joinedload(Contract.office), selectinload(Contract.lines).selectinload(ContractLine.prices)
    ).order_by(Contract.state == "ended", Contract.ends_on.is_not(None), Contract.ends_on.desc(), Contract.id)
    return list(db.session.scalars(query))


def ids_of_client(client_id: int) -> list[int]:
    """Ids of a client's contracts."""
    return list(db.session.scalars(sa.select(Contract.id).where(Contract.client_id == client_id)))


def find(branch_id: int, text: str, limit: int) -> list[Any]:
    """Contracts whose code, office or client holds every word: id, code, client's name, office, days."""
    words = search_words(text)
    if not words:
        return []
    query = sa.select(
        Contract.id, Contract.code, Contract.state, Contract.starts_on, Contract.ends_on, Contract.suspended_on,
        Client.legal_name, Office.code.label("office"),
    ).join(Client, Client.id == Contract.client_id).outerjoin(Office, Office.id == Contract.office_id)
    for word in words:
        query = query.where(Contract.id.in_(_called(branch_id, word)))
    return list(db.session.execute(query.order_by(Contract.state == "ended", Contract.code).limit(limit)).all())


def _running(today: date) -> tuple[Any, Any]:
    """Not ended, and not past its last day."""
    return Contract.state != "ended", sa.or_(Contract.ends_on.is_(None), Contract.ends_on >= today)


def running_of_clients(client_ids: Sequence[int], today: date) -> dict[int, list[Any]]:
    """By client: its running contracts (id, code, office). One statement per slice."""
    query = sa.select(Contract.id, Contract.client_id, Contract.code, Office.code.label("office")).outerjoin(
        Office, Office.id == Contract.office_id).where(*_running(today)).order_by(Contract.id)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in bulk.rows_in(query, Contract.client_id, client_ids):
        found[row.client_id].append(row)
    return found


def running_in_offices(office_ids: Sequence[int], today: date) -> dict[int, list[Any]]:
    """By office: its running contracts (id, code, the client's name). One statement per slice."""
    query = sa.select(Contract.id, Contract.office_id, Contract.code, Client.legal_name).join(
        Client, Client.id == Contract.client_id).where(*_running(today)).order_by(Contract.id)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in bulk.rows_in(query, Contract.office_id, office_ids):
        found[row.office_id].append(row)
    return found


def _called(branch_id: int, word: str) -> sa.CompoundSelect[Any]:
    """Contracts with the word in their code or in their office's."""
    mine = sa.select(Contract.id).where(Contract.branch_id == branch_id)
    offices = sa.select(Office.id).where(
        Office.branch_id == branch_id, sa.func.lower(Office.code).contains(word, autoescape=True))
    return sa.union(mine.where(sa.func.lower(Contract.code).contains(word, autoescape=True)),
                    mine.where(Contract.office_id.in_(offices)))
