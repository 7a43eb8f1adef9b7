"""Payments as screens list and find them: a constant number of statements per page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from fastoffice.billing.models import Allocation, Credit, Invoice
from fastoffice.clients.models import Client
from fastoffice.clients.rules import search_words
from fastoffice.extensions import db
from fastoffice.folding import fold
from fastoffice.payments.models import Payment, Receipt
from fastoffice.payments.queries.figures import unapplied_total

PAGE = 50
COUNTED = 1_000  # a page says "1,000+" beyond this: nobody turns to page 30, and counting all costs all
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


@dataclass(frozen=True, slots=True)
class Page:
    """Payments, the latest value date first; `total` counts to 1,000 at most (`more` beyond)."""

    rows: list[Any]
    number: int
    total: int
    more: bool

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * PAGE + len(self.rows)

    @property
    def has_next(self) -> bool:
        return self.last < self.total or (self.more and len(self.rows) == PAGE)


_ROW = (
    Payment.id, Payment.client_id, Payment.method, Payment.state, Payment.cheque_state, Payment.amount,
    Payment.currency, Payment.value_date, Payment.reference, Payment.recorded_at, Client.legal_name,
    Client.trade_name, Receipt.number.label("receipt"),
    (Credit.amount - Credit.applied - Credit.refunded).label("left"),
)


def payments_page(branch_id: int, wanted: Filter, number: int = 1) -> Page:
    """One page of a branch's payments: two statements (three with a search)."""
    number = max(number, 1)
    query = _joined(sa.select(*_ROW), branch_id, wanted)
    counted = _joined(sa.select(Payment.id), branch_id, wanted).limit(COUNTED + 1).subquery()
    total = int(db.session.scalar(sa.select(sa.func.count()).select_from(counted)) or 0)
    rows = db.session.execute(
        query.order_by(Payment.value_date.desc(), Payment.id.desc()).limit(PAGE).offset((number - 1) * PAGE)).all()
    return Page(list(rows), number, min(total, COUNTED), total > COUNTED)


def _joined(query: Any, branch_id: int, wanted: Filter) -> Any:
    query = query.select_from(Payment).join(Client, Client.id == Payment.client_id).outerjoin(
        Receipt, Receipt.payment_id == Payment.id).outerjoin(Credit, Credit.id == Payment.credit_id)
    return _searched(_filtered(query.where(Payment.branch_id == branch_id), wanted), branch_id, wanted.q)


def _filtered(query: Any, wanted: Filter) -> Any:
    if wanted.show == "pending":
        query = query.where(Payment.state == "pending")
    elif wanted.show == "undone":
        query = query.where(Payment.state.in_(("reversed", "bounced")))
    elif wanted.show == "credit":
        query = query.where(Credit.amount > Credit.applied + Credit.refunded)
    if wanted.method:
        query = query.where(Payment.method == wanted.method)
    if wanted.since:
        query = query.where(Payment.value_date >= wanted.since)
    if wanted.until:
        query = query.where(Payment.value_date <= wanted.until)
    return query.where(Payment.client_id == wanted.client_id) if wanted.client_id else query


def _searched(query: Any, branch_id: int, text: str) -> Any:
    """Every word in the client's file, or the whole text in a receipt, reference or paid document."""
    words = search_words(text)
    if not words:
        return query
    typed = "".join(fold(text).split()).upper()
    by_name = sa.and_(*(Client.search_text.contains(word, autoescape=True) for word in words))
    paid = sa.select(Allocation.credit_id).join(Invoice, Invoice.id == Allocation.invoice_id).where(
        Invoice.branch_id == branch_id,
        Invoice.reference.between(typed, typed + "~") if len(typed) > 3 else sa.false())
    return query.where(sa.or_(
        by_name, sa.func.replace(Receipt.number, "-", "").startswith(typed, autoescape=True),
        Payment.reference.contains(text.strip(), autoescape=True), Payment.credit_id.in_(paid)))


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
        mine, Payment.state == "pending")).one()
    return DeskFigures(int(day or 0), int(month or 0), int(cheques or 0), int(count or 0),
                       unapplied_total(branch_id, currency))
