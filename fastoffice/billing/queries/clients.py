"""What the files of clients read of billing: figures, lists, and documents with what they replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk
from fastoffice.billing.models import Credit, Invoice
from fastoffice.billing.queries.open_documents import BALANCE, OPEN, owed_to
from fastoffice.clients.models import Client
from fastoffice.clients.rules import search_words
from fastoffice.counting import Page, count_of, counted
from fastoffice.extensions import db

PAGE = 50
_SPARE = Credit.amount - Credit.applied - Credit.refunded


@dataclass(frozen=True, slots=True)
class ClientFigures:
    """Minor units. `open` is what issued documents still ask for, `overdue` the part past its last day,
    `credit` money received that pays nothing yet. The client's balance is `open` − `credit`.
    """

    open: int = 0
    overdue: int = 0
    credit: int = 0
    documents: int = 0

    @property
    def balance(self) -> int:
        return self.open - self.credit


@dataclass(frozen=True, slots=True)
class ClientFilter:
    """What to list. `show`: active, debt, archived or all; `group` "" is any; `q` as in the search."""

    show: str = "active"
    group: str = ""
    q: str = ""


def client_figures(client_ids: Sequence[int], today: date, currency: str = "MXN") -> dict[int, ClientFigures]:
    """Figures of many clients in one currency, two statements per slice; every id is in the answer."""
    late = sa.case((Invoice.due_on < today, BALANCE), else_=0)
    owed = sa.select(
        Invoice.client_id, sa.func.sum(BALANCE).label("open"), sa.func.sum(late).label("overdue"),
        sa.func.count().label("documents"),
    ).where(OPEN, Invoice.currency == currency).group_by(Invoice.client_id)
    spare = sa.select(Credit.client_id, sa.func.sum(_SPARE).label("credit")).where(
        Credit.amount > Credit.applied + Credit.refunded, Credit.currency == currency).group_by(Credit.client_id)
    ids = sorted(set(client_ids))
    by_client = {row.client_id: row for row in bulk.rows_in(owed, Invoice.client_id, ids)}
    credit = {row.client_id: int(row.credit) for row in bulk.rows_in(spare, Credit.client_id, ids)}
    return {key: _figures(by_client.get(key), credit.get(key, 0)) for key in ids}


def _figures(row: Any, credit: int) -> ClientFigures:
    if row is None:
        return ClientFigures(credit=credit)
    return ClientFigures(int(row.open), int(row.overdue), credit, int(row.documents))


def client_page(branch_id: int, wanted: ClientFilter, number: int = 1) -> Page:
    """One page of a branch's clients by name; those who owe by how much. Two statements."""
    total = count_of(_filtered(sa.select(Client.id), branch_id, wanted))
    if wanted.show == "debt":
        owing = _owing(branch_id)
        query = _filtered(sa.select(Client), branch_id, replace(wanted, show="all"))
        query = query.join(owing, owing.c.client_id == Client.id).order_by(owing.c.amount.desc())
    else:
        query = _filtered(sa.select(Client), branch_id, wanted)
    query = query.order_by(Client.name_key, Client.id).limit(PAGE).offset((number - 1) * PAGE)
    return Page(list(db.session.scalars(query)), number, total, PAGE)


def _owing(branch_id: int) -> sa.Subquery:
    return sa.select(Invoice.client_id, sa.func.sum(BALANCE).label("amount")).where(
        owed_to(branch_id)).group_by(Invoice.client_id).subquery()


def _filtered(query: sa.Select[Any], branch_id: int, wanted: ClientFilter) -> sa.Select[Any]:
    query = query.where(Client.branch_id == branch_id)
    if wanted.show == "archived":
        query = query.where(Client.archived_at.is_not(None))
    elif wanted.show == "active":
        query = query.where(Client.archived_at.is_(None))
    elif wanted.show == "debt":
        owing = sa.select(Invoice.client_id).where(owed_to(branch_id))
        query = query.where(Client.id.in_(owing))
    if wanted.group:
        query = query.where(Client.group == wanted.group)
    for word in search_words(wanted.q):
        query = query.where(Client.search_text.contains(word, autoescape=True))
    return query


def client_counts(branch_id: int) -> dict[str, int]:
    """How many clients are active and how many owe something. One statement."""
    shows = ("active", "debt")
    row = db.session.execute(sa.select(*(
        counted(_filtered(sa.select(Client.id), branch_id, ClientFilter(show))).label(show) for show in shows))).one()
    return {show: int(getattr(row, show)) for show in shows}


@dataclass(frozen=True, slots=True)
class Chain:
    """A document that lives (or died without an heir) and, newest first, those that it replaced."""

    head: Any
    before: list[Any]


def client_invoices(client_id: int, number: int = 1, size: int = 25) -> Page:
    """Issued documents of a client, newest first, each `Chain` with what it replaced. At most six statements."""
    heir = sa.orm.aliased(Invoice)
    heads = sa.select(Invoice).where(
        Invoice.client_id == client_id, Invoice.status != "draft",
        ~sa.exists().where(heir.replaces_id == Invoice.id))
    total = count_of(heads.with_only_columns(Invoice.id))
    rows = list(db.session.scalars(heads.order_by(Invoice.id.desc()).limit(size).offset((number - 1) * size)))
    known = _ancestors(rows)
    chains = []
    for head in rows:
        before, current = [], head
        while current.replaces_id and current.replaces_id in known:
            current = known[current.replaces_id]
            before.append(current)
        chains.append(Chain(head, before))
    return Page(chains, number, total, size)


def latest_ids(client_id: int, limit: int = 100) -> list[int]:
    """Ids of the client's latest documents, drafts too."""
    return list(db.session.scalars(
        sa.select(Invoice.id).where(Invoice.client_id == client_id).order_by(Invoice.id.desc()).limit(limit)))


def _ancestors(rows: Sequence[Any], generations: int = 4) -> dict[int, Any]:
    """Prompt, list, prompt again, list again: a month's document has no more forerunners."""
    known: dict[int, Any] = {}
    wanted = [row.replaces_id for row in rows if row.replaces_id]
    for _generation in range(generations):
        if not wanted:
            break
        found = list(db.session.scalars(sa.select(Invoice).where(Invoice.id.in_(wanted))))
        known.update({row.id: row for row in found})
        wanted = [row.replaces_id for row in found if row.replaces_id]
    return known
