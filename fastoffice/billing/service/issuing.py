"""Issuing drafts together: numbered, frozen, posted, owed as files and notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import audit, bulk, clock
from fastoffice.billing.models import Credit, Invoice, InvoiceHold
from fastoffice.billing.rules import deadline
from fastoffice.billing.service import credits, drafting, ledger, notices, pay_links, stage
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.documents import service as documents
from fastoffice.extensions import db

CHUNK = 500
FIELDS = (Invoice.id, Invoice.client_id, Invoice.contract_id, Invoice.kind, Invoice.stage, Invoice.period,
          Invoice.currency, Invoice.channels, Invoice.subtotal, Invoice.tax, Invoice.withheld, Invoice.total,
          Invoice.list_total, Invoice.basis, Invoice.error, Invoice.excluded_reason, Invoice.version)


@dataclass
class IssueResult:
    """`skipped` gives the reason by invoice id: busy, changed, held, excluded, error, stale, gone."""

    issued: list[int] = field(default_factory=list)
    skipped: dict[int, str] = field(default_factory=dict)
    subtotal: int = 0
    tax: int = 0
    withheld: int = 0
    total: int = 0

    def add(self, other: IssueResult) -> None:
        self.issued += other.issued
        self.skipped.update(other.skipped)
        self.subtotal, self.tax = self.subtotal + other.subtotal, self.tax + other.tax
        self.withheld, self.total = self.withheld + other.withheld, self.total + other.total


def issue_invoices(
    branch: Branch, wanted: Sequence[tuple[int, int | None]], actor: audit.Actor, now: datetime
) -> IssueResult:
    """Issue drafts: (id, version the reviewer saw or None). One that can't be issued is skipped with its reason.

    Raises NoSeries.
    """
    result = IssueResult()
    versions = dict(wanted)
    if branch.policy.apply_credit:
        _lock_clients_with_credit(branch.id, list(versions))
    drafts = _lock_drafts(branch.id, list(versions))
    found = {draft.id for draft in drafts}
    result.skipped = _missing(branch.id, [key for key in versions if key not in found])
    good = issuable(branch, drafts, versions, result, now)
    if good:
        _issue(branch, good, actor, now, result)
    return result


def draft_ids(branch_id: int, period: str, *, after_id: int = 0, limit: int = CHUNK) -> list[int]:
    """Live drafts of a period that nobody excluded, in order."""
    query = sa.select(Invoice.id).where(
        Invoice.branch_id == branch_id, Invoice.period == period, Invoice.status == "draft", Invoice.live,
        Invoice.excluded_reason.is_(None), Invoice.id > after_id).order_by(Invoice.id).limit(limit)
    return list(db.session.scalars(query))


def _lock_clients_with_credit(branch_id: int, ids: Sequence[int]) -> None:
    """Clients come before documents in the order of locks (docs/locking.md); few have credit to apply."""
    spare = sa.exists().where(Credit.client_id == Invoice.client_id, Credit.amount > Credit.applied + Credit.refunded)
    query = sa.select(Invoice.client_id).where(Invoice.branch_id == branch_id, spare)
    clients.lock([row.client_id for row in bulk.rows_in(query, Invoice.id, sorted(ids))])


def _lock_drafts(branch_id: int, ids: Sequence[int]) -> list[Any]:
    """Rows of the drafts that nobody else has in hand; the others are left out (PostgreSQL) or waited for (SQLite)."""
    query = sa.select(*FIELDS).where(
        Invoice.branch_id == branch_id, Invoice.status == "draft", Invoice.live
    ).order_by(Invoice.id).with_for_update(skip_locked=True)
    return bulk.rows_in(query, Invoice.id, sorted(ids))


def _missing(branch_id: int, ids: Sequence[int]) -> dict[int, str]:
    query = sa.select(Invoice.id, Invoice.status).where(Invoice.branch_id == branch_id)
    known = {row.id: row.status for row in bulk.rows_in(query, Invoice.id, ids)}
    return {key: "busy" if known.get(key) == "draft" else "gone" for key in ids}


def issuable(
    branch: Branch, drafts: Sequence[Any], versions: dict[int, int | None], result: IssueResult, now: datetime
) -> list[Any]:
    """Those of the drafts that can be issued; the others land in `result.skipped` with the reason."""
    held = _held([draft.id for draft in drafts], now)
    stale = drafting.stale_ids(branch, drafts)
    good = []
    for draft in drafts:
        reason = _refusal(draft, versions[draft.id], held, stale)
        if reason:
            result.skipped[draft.id] = reason
        else:
            good.append(draft)
    return good


def _refusal(draft: Any, version: int | None, held: set[int], stale: set[int]) -> str | None:
    checks = (
        ("changed", version is not None and draft.version != version),
        ("excluded", draft.excluded_reason is not None),
        ("error", bool(draft.error) or draft.total <= 0),
        ("held", draft.id in held),
        ("stale", draft.id in stale),
    )
    return next((reason for reason, applies in checks if applies), None)


def _held(ids: Sequence[int], now: datetime) -> set[int]:
    query = sa.select(InvoiceHold.invoice_id).where(
        InvoiceHold.released_at.is_(None), sa.or_(InvoiceHold.until_at.is_(None), InvoiceHold.until_at > now))
    return {row.invoice_id for row in bulk.rows_in(query, InvoiceHold.invoice_id, ids)}


def due_days(branch: Branch, drafts: Sequence[Any], issued_on: date) -> dict[tuple[str, str], date]:
    """By (kind, period): the last day of the prompt price, or of payment for a document with one price."""
    policy = branches.policy_of(branch)
    window = window_of(policy)
    found = {}
    for kind, period in {(draft.kind, draft.period) for draft in drafts}:
        if kind == "recurring":
            found[kind, period] = deadline.prompt_due_on(
                period, issued_on, window, policy.is_holiday, policy.is_business_day)
        else:
            found[kind, period] = deadline.list_due_on(issued_on, issued_on, window, policy.is_holiday)
    return found


def window_of(policy: Any) -> deadline.Window:
    """The policy's numbers as the rules take them."""
    return deadline.Window(policy.prompt_days, policy.minimum_days, policy.list_days, policy.business_days,
                           policy.extend_on_holiday)


def _issue(branch: Branch, drafts: Sequence[Any], actor: audit.Actor, now: datetime, result: IssueResult) -> None:
    issued_on = clock.local_date(now, branch.timezone)
    people = stage.client_data(clients.billing_rows(sorted({draft.client_id for draft in drafts})))
    due = due_days(branch, drafts, issued_on)
    ends = {day: clock.end_of_day(day, branch.timezone) for day in due.values()}
    snapshot = stage.snapshot_id(branch)
    numbers = stage.take_numbers(branch, len(drafts), issued_on)
    told = []
    rows = []
    for offset, draft in enumerate(drafts):
        due_on = due[draft.kind, draft.period]
        closes_at = ends[due_on] if draft.list_total != draft.total else None
        columns = numbers.columns(offset)
        rows.append({"id": draft.id, **columns, "status": "issued", "snapshot_id": snapshot, "due_on": due_on,
                     "client_data": people[draft.client_id], "closes_at": closes_at,
                     "version": draft.version + 1, **stage.moment_columns(now, issued_on)})
        told.append(notices.Told(
            draft.id, draft.client_id, draft.channels, columns["number"], columns["reference"], draft.period,
            draft.currency, draft.total, draft.list_total, draft.total, due_on, closes_at, people[draft.client_id]))
    bulk.update(Invoice, rows)
    _post_and_owe(branch, drafts, told, actor, now, issued_on)
    result.issued += [draft.id for draft in drafts]
    result.subtotal += sum(draft.subtotal for draft in drafts)
    result.tax += sum(draft.tax for draft in drafts)
    result.withheld += sum(draft.withheld for draft in drafts)
    result.total += sum(draft.total for draft in drafts)


def _post_and_owe(branch: Branch, drafts: Sequence[Any], told: Sequence[notices.Told], actor: audit.Actor,
                  now: datetime, issued_on: date) -> None:
    ledger.post([
        ledger.issue_entry("issue", draft.id, draft.client_id, issued_on, draft.currency,
                           (draft.subtotal, draft.tax, draft.withheld)) for draft in drafts],
        branch_id=branch.id, at=now)
    pay_links.make(branch.id, [each.id for each in told], now)
    documents.owe_documents([
        documents.DocumentSpec(branch.id, "invoice", each.id, "invoice", f"{each.number}.pdf") for each in told])
    notices.owe(branch, "invoice_issued", [(each, {}, [("invoice", each.id, "invoice")]) for each in told
                                           if each.channels], branches.document_data(branch))
    for each in told:
        audit.record(actor, "invoice.issued", ("invoice", each.id),
                     {"number": each.number, "total": each.total, "due_on": each.due_on.isoformat()},
                     branch_id=branch.id)
    if branch.policy.apply_credit:
        apply_spare_credit(branch, [each.client_id for each in told], {each.id for each in told}, actor, now)


def apply_spare_credit(
    branch: Branch, client_ids: Sequence[int], invoice_ids: set[int], actor: audit.Actor, now: datetime,
    *, value_dates_until: dict[int, date] | None = None,
) -> int:
    """Pay the invoices with credit their clients have left; how much was applied.

    `value_dates_until` limits, by invoice, to money that arrived by that day.
    """
    spare = credits.spare_credits(sorted(set(client_ids)))
    if not spare:
        return 0
    clients.lock(list(spare))
    spare = credits.spare_credits(sorted(spare))
    query = sa.select(Invoice.id, Invoice.client_id, Invoice.total, Invoice.paid, Invoice.currency).where(
        Invoice.status.in_(("issued", "partly_paid"))).order_by(Invoice.due_on, Invoice.id)
    spent: dict[int, int] = {}
    parts: list[credits.Part] = []
    for row in bulk.rows_in(query, Invoice.client_id, list(spare)):
        if row.id in invoice_ids:
            limit = (value_dates_until or {}).get(row.id)
            usable = [credit for credit in spare[row.client_id] if credit.currency == row.currency
                      and (limit is None or credit.value_date <= limit)]
            parts += credits.spend(usable, spent, row.id, row.total - row.paid)
    credits.allocate(parts, branch_id=branch.id, actor=actor, day=clock.local_date(now, branch.timezone), at=now)
    return sum(part.amount for part in parts)
