"""Every invariant of billing, checked by set-based queries: each answers with the rows that break it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.billing.models import (
    Allocation,
    Credit,
    Invoice,
    InvoiceLine,
    JournalEntry,
    LedgerCheck,
    Posting,
)
from fastoffice.billing.service.ledger import CREDIT, RECEIVABLE
from fastoffice.branches.models import Series, SeriesCounter
from fastoffice.extensions import db
from fastoffice.notifications.models import Delivery, Notice

log = logging.getLogger(__name__)
MOST = 50
# a document outside the cycle without a channel of its own: whoever made it sends it with their message
_TRAVELS_WITH_ANOTHER = sa.and_(Invoice.kind == "one_off", sa.cast(Invoice.channels, sa.String) == "[]")
_further: list[Callable[[int], Iterable[str]]] = []


def also(check: Callable[[int], Iterable[str]]) -> None:
    """Let a capability that builds on billing add what must hold of its own rows; again without harm."""
    if check not in _further:
        _further.append(check)


def verify(branch_id: int) -> list[str]:
    """What is broken in a branch's books, in words; empty when everything holds."""
    faults: list[str] = []
    for check in (*CHECKS, *_further):
        faults += [text for text, _count in zip(check(branch_id), range(MOST), strict=False)]
    return faults + audit.verify_chain(branch_id)


def check_and_keep(branch_id: int, now: datetime) -> list[str]:
    """Verify and store the result for the screen; faults are logged as errors."""
    faults = verify(branch_id)
    keep(branch_id, faults, now)
    return faults


def keep(branch_id: int, faults: list[str], now: datetime) -> None:
    """Store what a check found."""
    if faults:
        log.error("ledger of branch %s: %s faults, first: %s", branch_id, len(faults), faults[0])
    db.session.add(LedgerCheck(branch_id=branch_id, checked_at=now, faults=faults, counts=counts(branch_id)))


def counts(branch_id: int) -> dict[str, Any]:
    """How much was checked."""
    return {
        "invoices": db.session.scalar(sa.select(sa.func.count()).where(Invoice.branch_id == branch_id)),
        "entries": db.session.scalar(sa.select(sa.func.count()).where(JournalEntry.branch_id == branch_id)),
        "postings": db.session.scalar(sa.select(sa.func.count()).where(Posting.branch_id == branch_id)),
    }


def _unbalanced(branch_id: int) -> Iterable[str]:
    query = sa.select(Posting.entry_id, sa.func.sum(Posting.amount)).where(Posting.branch_id == branch_id).group_by(
        Posting.entry_id, Posting.currency).having(sa.func.sum(Posting.amount) != 0)
    for entry_id, amount in db.session.execute(query):
        yield f"ledger: entry {entry_id} is off by {amount}"


def _double_lines(branch_id: int) -> Iterable[str]:
    query = sa.select(InvoiceLine.contract_line_id, InvoiceLine.period).where(
        InvoiceLine.branch_id == branch_id, InvoiceLine.live, InvoiceLine.contract_line_id.is_not(None)).group_by(
        InvoiceLine.contract_line_id, InvoiceLine.period).having(sa.func.count() > 1)
    for line_id, period in db.session.execute(query):
        yield f"cycle: contract line {line_id} is billed twice in {period}"


def _live_lines_of_dead(branch_id: int) -> Iterable[str]:
    query = sa.select(Invoice.id).join(InvoiceLine).where(
        Invoice.branch_id == branch_id, InvoiceLine.live != Invoice.live).distinct()
    for (invoice_id,) in db.session.execute(query):
        yield f"cycle: invoice {invoice_id} and its lines disagree on being live"


def _gaps(branch_id: int) -> Iterable[str]:
    used = sa.select(
        Invoice.series_id, Invoice.series_year, sa.func.min(Invoice.sequence).label("low"),
        sa.func.max(Invoice.sequence).label("high"), sa.func.count().label("used"),
    ).where(Invoice.branch_id == branch_id, Invoice.series_id.is_not(None)).group_by(
        Invoice.series_id, Invoice.series_year).subquery()
    query = sa.select(Series.prefix, used.c.series_year, used.c.low, used.c.high, used.c.used,
                      SeriesCounter.next_number).join(Series, Series.id == used.c.series_id).outerjoin(
        SeriesCounter, sa.and_(SeriesCounter.series_id == used.c.series_id,
                               SeriesCounter.year == used.c.series_year))
    for row in db.session.execute(query):
        if row.high - row.low + 1 != row.used or row.next_number != row.high + 1:
            yield f"numbers: series {row.prefix} {row.series_year or ''} has a gap or a duplicate"


def _totals(branch_id: int) -> Iterable[str]:
    sums = sa.select(InvoiceLine.invoice_id, sa.func.sum(InvoiceLine.subtotal).label("subtotal"),
                     sa.func.sum(InvoiceLine.tax).label("tax"), sa.func.sum(InvoiceLine.withheld).label("withheld"),
                     ).where(InvoiceLine.branch_id == branch_id).group_by(InvoiceLine.invoice_id).subquery()
    query = sa.select(Invoice.id).join(sums, sums.c.invoice_id == Invoice.id).where(sa.or_(
        sums.c.subtotal != Invoice.subtotal, sums.c.tax != Invoice.tax, sums.c.withheld != Invoice.withheld))
    for (invoice_id,) in db.session.execute(query):
        yield f"totals: invoice {invoice_id} is not the sum of its lines"


def _paid(branch_id: int) -> Iterable[str]:
    sums = _active_sums(branch_id, Allocation.invoice_id)
    paid = sa.func.coalesce(sums.c.amount, 0)
    query = sa.select(Invoice.id).outerjoin(sums, sums.c.key == Invoice.id).where(
        Invoice.branch_id == branch_id, sa.or_(paid != Invoice.paid, Invoice.paid > Invoice.total))
    for (invoice_id,) in db.session.execute(query):
        yield f"allocations: invoice {invoice_id} does not match what pays it"


def _credits(branch_id: int) -> Iterable[str]:
    sums = _active_sums(branch_id, Allocation.credit_id)
    applied = sa.func.coalesce(sums.c.amount, 0)
    query = sa.select(Credit.id).outerjoin(sums, sums.c.key == Credit.id).where(
        Credit.branch_id == branch_id,
        sa.or_(applied != Credit.applied, Credit.applied + Credit.refunded > Credit.amount))
    for (credit_id,) in db.session.execute(query):
        yield f"allocations: credit {credit_id} does not match what it pays"


def _active_sums(branch_id: int, key: Any) -> Any:
    return sa.select(key.label("key"), sa.func.sum(Allocation.amount).label("amount")).where(
        Allocation.branch_id == branch_id, Allocation.released_at.is_(None)).group_by(key).subquery()


def _balances(branch_id: int) -> Iterable[str]:
    """A client's account in the books = open documents − credit that is left."""
    owed = sa.select(Invoice.client_id.label("client_id"), (Invoice.total - Invoice.paid).label("amount")).where(
        Invoice.branch_id == branch_id, Invoice.status.in_(("issued", "partly_paid")))
    spare = sa.select(Credit.client_id, -(Credit.amount - Credit.applied - Credit.refunded)).where(
        Credit.branch_id == branch_id)
    books = sa.select(Posting.client_id, -Posting.amount).where(
        Posting.branch_id == branch_id, Posting.account.in_((RECEIVABLE, CREDIT)))
    every = sa.union_all(owed, spare, books).subquery()
    query = sa.select(every.c.client_id, sa.func.sum(every.c.amount)).group_by(every.c.client_id).having(
        sa.func.sum(every.c.amount) != 0)
    for client_id, amount in db.session.execute(query):
        yield f"balance: client {client_id} differs from the books by {amount}"


def _open_in_books(branch_id: int) -> Iterable[str]:
    """Each document's receivable = what is still to be paid on it."""
    books = sa.select(Posting.invoice_id.label("invoice_id"), sa.func.sum(Posting.amount).label("amount")).where(
        Posting.branch_id == branch_id, Posting.account == RECEIVABLE).group_by(Posting.invoice_id).subquery()
    left = sa.case((Invoice.status.in_(("issued", "partly_paid")), Invoice.total - Invoice.paid), else_=0)
    query = sa.select(Invoice.id).outerjoin(books, books.c.invoice_id == Invoice.id).where(
        Invoice.branch_id == branch_id, Invoice.status != "draft", sa.func.coalesce(books.c.amount, 0) != left)
    for (invoice_id,) in db.session.execute(query):
        yield f"balance: invoice {invoice_id} differs from the books"


def _replacements(branch_id: int) -> Iterable[str]:
    """Every document that the deadline (or its undoing) cancelled has its replacement and its notice."""
    new = sa.orm.aliased(Invoice)
    query = sa.select(Invoice.number, new.id, Notice.id).outerjoin(new, new.replaces_id == Invoice.id).outerjoin(
        Notice, sa.and_(Notice.subject_type == "invoice", Notice.subject_id == new.id,
                        Notice.kind.in_(("invoice_replaced", "invoice_restored")))).where(
        Invoice.branch_id == branch_id, Invoice.cancel_kind.in_(("deadline", "restored")),
        sa.or_(new.id.is_(None), Notice.id.is_(None)))
    for number, new_id, _notice in db.session.execute(query):
        yield f"deadline: {number} has no {'notice' if new_id else 'replacement'}"


def _notices(branch_id: int) -> Iterable[str]:
    """Every first issue and every cancellation by hand was told, and every notice has its way out."""
    for (number,) in db.session.execute(_untold(branch_id, "invoice_issued", Invoice.replaces_id.is_(None))):
        yield f"outbox: {number} was never announced"
    for (number,) in db.session.execute(_untold(branch_id, "invoice_cancelled", Invoice.cancel_kind == "manual")):
        yield f"outbox: {number} was cancelled by hand in silence"
    silent = sa.select(Notice.id).where(
        Notice.branch_id == branch_id, ~sa.exists().where(Delivery.notice_id == Notice.id))
    for (notice_id,) in db.session.execute(silent):
        yield f"outbox: notice {notice_id} has no delivery"


def _untold(branch_id: int, kind: str, which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Numbers of those documents that have no notice of this kind."""
    told = sa.exists().where(Notice.subject_type == "invoice", Notice.subject_id == Invoice.id, Notice.kind == kind)
    return sa.select(Invoice.number).where(
        Invoice.branch_id == branch_id, Invoice.status != "draft", which, ~told, ~_TRAVELS_WITH_ANOTHER)


CHECKS = (_unbalanced, _double_lines, _live_lines_of_dead, _gaps, _totals, _paid, _credits, _balances,
          _open_in_books, _replacements, _notices)
