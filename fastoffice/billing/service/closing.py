"""The deadline: what is not fully paid is cancelled and replaced at list price, with the facts of its moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice import audit, bulk, clock, locale
from fastoffice.billing.models import Invoice, InvoiceHold
from fastoffice.billing.models.invoices import AWAITING_DEADLINE
from fastoffice.billing.rules import deadline
from fastoffice.billing.service import issuing, replacing
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import Id, UtcDateTime, db

CHUNK = 250
MOMENT = timedelta(microseconds=1)
Place = tuple[datetime, int]  # of a document in the queue for the deadline: end of its window, id
PLACE = (UtcDateTime(), Id)


@dataclass
class CloseResult:
    """`held` are past their window and wait for a hold's end; `last` tells the next chunk where to go on."""

    replaced: list[tuple[int, int]] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    paid_by_credit: list[int] = field(default_factory=list)
    total: int = 0
    last: Place | None = None

    def add(self, other: CloseResult) -> None:
        self.replaced += other.replaced
        self.held += other.held
        self.paid_by_credit += other.paid_by_credit
        self.total += other.total


def due_ids(branch_id: int, now: datetime, *, client_ids: Sequence[int] | None = None,
            limit: int = CHUNK) -> list[tuple[int, int]]:
    """(invoice id, client id) of documents past the end of their window and not fully paid, the earliest first."""
    return [(row.id, row.client_id) for row in _due(branch_id, now, None, client_ids, None, limit)]


def _due(branch_id: int, now: datetime, period: str | None, client_ids: Sequence[int] | None, after: Place | None,
         limit: int) -> Sequence[Any]:
    """In the order of the deadline's index, so that a chunk is read where the last one ended."""
    query = sa.select(Invoice.id, Invoice.client_id, Invoice.closes_at).where(
        Invoice.branch_id == branch_id, AWAITING_DEADLINE, Invoice.closes_at <= now,
    ).order_by(Invoice.closes_at, Invoice.id).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(Invoice.closes_at, Invoice.id) > sa.tuple_(*after, types=PLACE))
    if period:
        query = query.where(Invoice.period == period)
    if client_ids is not None:
        query = query.where(Invoice.client_id.in_(client_ids))
    return db.session.execute(query).all()


def close_chunk(branch: Branch, now: datetime, actor: audit.Actor, *, period: str | None = None,
                client_ids: Sequence[int] | None = None, after: Place | None = None,
                limit: int = CHUNK) -> CloseResult:
    """Act on the next `limit` documents whose window is over at `now`."""
    found = _due(branch.id, now, period, client_ids, after, limit)
    result = CloseResult(last=(found[-1].closes_at, found[-1].id) if len(found) == limit else None)
    if not found:
        return result
    clients.lock([row.client_id for row in found])
    rows = _still_open(replacing.lock_rows([row.id for row in found]))
    moments = _moments(rows)
    acting = [row for row in rows if (moment := moments[row.id]) is not None and moment <= now]
    now_due = {row.id for row in acting}
    result.held = [row.id for row in rows if row.id not in now_due]
    acting = _not_paid_by_credit(branch, acting, moments, actor, now, result)
    if acting:
        _replace(branch, acting, moments, actor, now, result)
    return result


def _still_open(rows: Sequence[Any]) -> list[Any]:
    return [row for row in rows if row.status in ("issued", "partly_paid") and row.stage == "prompt"]


def _moments(rows: Sequence[Any]) -> dict[int, datetime | None]:
    holds: dict[int, list[deadline.Hold]] = defaultdict(list)
    query = sa.select(InvoiceHold.invoice_id, InvoiceHold.created_at, InvoiceHold.until_at, InvoiceHold.released_at)
    for hold in bulk.rows_in(query, InvoiceHold.invoice_id, [row.id for row in rows]):
        ends = [end for end in (hold.until_at, hold.released_at) if end]
        holds[hold.invoice_id].append(deadline.Hold(hold.created_at, min(ends) if ends else None))
    return {row.id: deadline.acts_at(row.closes_at, row.reopened_at, holds[row.id]) for row in rows}


def _not_paid_by_credit(branch: Branch, rows: list[Any], moments: dict[int, datetime | None], actor: audit.Actor,
                        now: datetime, result: CloseResult) -> list[Any]:
    """A client whose credit arrived in time paid in time, even if nobody had applied it yet."""
    days = {row.id: clock.local_date((moments[row.id] or now) - MOMENT, branch.timezone) for row in rows}
    applied = issuing.apply_spare_credit(branch, [row.client_id for row in rows], set(days), actor, now,
                                         value_dates_until=days)
    if not applied:
        return rows
    fresh = replacing.lock_rows(list(days))
    result.paid_by_credit = [row.id for row in fresh if row.status == "paid"]
    return _still_open(fresh)


def _replace(branch: Branch, rows: Sequence[Any], moments: dict[int, datetime | None], actor: audit.Actor,
             now: datetime, result: CloseResult) -> None:
    policy = branches.policy_of(branch)
    window = issuing.window_of(policy)
    today = clock.local_date(now, branch.timezone)
    items = []
    reasons: dict[tuple[str, date], str] = {}
    for row in rows:
        moment = moments[row.id] or now
        effective_on = clock.local_date(moment, branch.timezone)
        due_on = deadline.list_due_on(effective_on, today, window, policy.is_holiday)
        items.append(replacing.Replacing(row, "list", moment, effective_on, due_on, None, "deadline",
                                         _reason(branch, row, reasons)))
    new_ids = replacing.replace(branch, items, "invoice_replaced", actor, now)
    result.replaced += list(zip([row.id for row in rows], new_ids, strict=True))
    result.total += sum(row.list_total for row in rows)


def _reason(branch: Branch, row: Any, known: dict[tuple[str, date], str]) -> str:
    """Why, in the client's language; made once per language and day."""
    language = row.client_data.get("language") or branch.language
    if (language, row.due_on) not in known:
        with force_locale(language):
            known[language, row.due_on] = _("Not paid in full by %(day)s, the last day of the prompt price.",
                                            day=locale.date_long(row.due_on, language))
    return known[language, row.due_on]
