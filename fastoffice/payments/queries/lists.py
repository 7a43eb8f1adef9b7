"""Payments as screens list and find them: a constant number of statements per page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from fastoffice.billing.models import Allocation, Credit, Invoice
from fastoffice.branches.rules import normalise_reference
from fastoffice.clients.models import Client
from fastoffice.clients.rules import search_words
from fastoffice.counting import MOST, Page, count_of
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.payments.models import Payment, Receipt
from fastoffice.payments.queries.figures import unapplied_total, with_spare
from fastoffice.payments.queries.payables import reference_forms

PAGE = 50
MOST_CLIENTS, MOST_HITS = 500, 200  # of a search
PENDING = sa.text("payment.state = 'pending'")  # in full, so that its partial index serves
UNDONE = sa.text("payment.state IN ('reversed', 'bounced')")
SHOWS = ("all", "pending", "credit", "undone")


@dataclass(frozen=True, slots=True)
class Filter:
    """What to list. `show`: one of SHOWS; days are value dates, inclusive; `q` client, receipt, reference, invoice."""

    show: str = "all"
    method: str = ""
    since: date | None = None
    until: date | None = None
    client_id: int = 0
    q: str = ""

    @property
    def is_any(self) -> bool:
        """Whether everything is listed."""
        return self == Filter()


_ROW = (
    Payment.id, Payment.client_id, Payment.method, Payment.state, Payment.cheque_state, Payment.amount,
    Payment.currency, Payment.value_date, Payment.reference, Payment.recorded_at, Client.legal_name,
    Client.trade_name, Receipt.number.label("receipt"),
    (Credit.amount - Credit.applied - Credit.refunded).label("left"),
)


def payments_page(branch_id: int, wanted: Filter, number: int = 1) -> Page:
    """One page of a branch's payments: two statements, one more for `show`, up to three for a search."""
    number = max(number, 1)
    found = [*_shown(branch_id, wanted.show), *_found(branch_id, wanted.q)]
    query = _joined(sa.select(*_ROW), branch_id, wanted, found)
    total = count_of(_joined(sa.select(Payment.id), branch_id, wanted, found))
    rows = db.session.execute(
        query.order_by(Payment.value_date.desc(), Payment.id.desc()).limit(PAGE).offset((number - 1) * PAGE)).all()
    return Page(list(rows), number, total, PAGE)


def _joined(query: Any, branch_id: int, wanted: Filter, found: list[Any]) -> Any:
    query = query.select_from(Payment).join(Client, Client.id == Payment.client_id).outerjoin(
        Receipt, Receipt.payment_id == Payment.id).outerjoin(Credit, Credit.id == Payment.credit_id)
    branch = Payment.branch_id + 0 if found else Payment.branch_id  # + 0: what was found leads, not the branch's index
    return _filtered(query.where(branch == branch_id, *found), wanted)


def _filtered(query: Any, wanted: Filter) -> Any:
    if wanted.show == "undone":
        query = query.where(UNDONE)
    if wanted.method:
        query = query.where(Payment.method == wanted.method)
    if wanted.since:
        query = query.where(Payment.value_date >= wanted.since)
    if wanted.until:
        query = query.where(Payment.value_date <= wanted.until)
    return query.where(Payment.client_id == wanted.client_id) if wanted.client_id else query


def _shown(branch_id: int, show: str) -> list[Any]:
    """The few that are in process or have credit left, by their own small indexes; the 1,000 newest of them."""
    if show == "pending":
        pending = sa.select(Payment.id).where(Payment.branch_id == branch_id, PENDING).order_by(Payment.id.desc())
        return [Payment.id.in_(list(db.session.scalars(pending.limit(MOST))))]
    if show == "credit":
        spare = sa.select(Credit.id).where(with_spare(branch_id))
        return [Payment.credit_id.in_(list(db.session.scalars(spare.order_by(Credit.id.desc()).limit(MOST))))]
    return []


def _found(branch_id: int, text: str) -> list[Any]:
    """The condition of a search: clients that have every word, else payments by reference, receipt or paid document.

    Looked up beforehand, each by its own index: one condition over all the tables would read every row.
    """
    words = search_words(text)
    if not words:
        return []
    named = sa.select(Client.id).where(
        Client.branch_id == branch_id, *(Client.search_text.contains(word, autoescape=True) for word in words))
    clients = list(db.session.scalars(named.limit(MOST_CLIENTS)))
    by_text = sa.select(Payment.id).where(
        Payment.branch_id == branch_id,
        sa.func.lower(Payment.reference).contains(clean_text(text).lower(), autoescape=True))
    ids = set(db.session.scalars(by_text.order_by(Payment.id.desc()).limit(MOST_HITS)))
    typed = normalise_reference(text)
    if any(character.isdigit() for character in typed):
        ids |= set(db.session.scalars(_by_number(branch_id, typed).limit(MOST_HITS)))
    return [sa.or_(Payment.client_id.in_(clients), Payment.id.in_(sorted(ids)))]


def _by_number(branch_id: int, typed: str) -> Any:
    """Payments whose receipt has this number, or which paid the document with this number or reference."""
    receipts = sa.select(Receipt.payment_id.label("id")).where(
        Receipt.branch_id == branch_id, sa.func.replace(Receipt.number, "-", "") == typed)
    paid = sa.select(Payment.id).join(Allocation, Allocation.credit_id == Payment.credit_id).join(
        Invoice, Invoice.id == Allocation.invoice_id).where(
        Invoice.branch_id == branch_id, Invoice.reference.in_(reference_forms(typed)))
    found = sa.union(receipts, paid).subquery()
    return sa.select(found.c.id)


@dataclass(frozen=True, slots=True)
class DeskFigures:
    """What the desk looks at first; minor units of the branch's currency."""

    today: int
    month: int
    cheques: int
    cheque_count: int
    credit: int


def desk_figures(branch_id: int, today: date, currency: str) -> DeskFigures:
    """Money by value date today and this month, cheques in process, credit that pays nothing yet: three statements."""
    mine = sa.and_(Payment.branch_id == branch_id, Payment.currency == currency)
    received = sa.select(
        sa.func.sum(sa.case((Payment.value_date == today, Payment.amount), else_=0)), sa.func.sum(Payment.amount),
    ).where(mine, Payment.state == "received", Payment.value_date >= today.replace(day=1))
    day, month = db.session.execute(received).one()
    cheques, count = db.session.execute(sa.select(sa.func.sum(Payment.amount), sa.func.count()).where(
        mine, PENDING)).one()
    return DeskFigures(int(day or 0), int(month or 0), int(cheques or 0), int(count or 0),
                       unapplied_total(branch_id, currency))
