"""Drafts of a month: one per contract in force, made in bulk, again without harm."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from fastoffice import audit, bulk
from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.billing.rules import periods
from fastoffice.billing.rules.drafts import NoPrice, Plan, PlannedLine, basis_of, plan_draft
from fastoffice.billing.service import facts
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.charges.models import PendingCharge
from fastoffice.contracts import queries as contracts

log = logging.getLogger(__name__)
CHUNK = 500


@dataclass
class DraftResult:
    """`last_id` tells the next chunk where to go on; None when all contracts were seen."""

    drafted: int = 0
    existing: int = 0
    nothing_to_bill: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)
    last_id: int | None = None

    def add(self, other: DraftResult) -> None:
        self.drafted += other.drafted
        self.existing += other.existing
        self.nothing_to_bill += other.nothing_to_bill
        self.errors += other.errors


def draft_chunk(
    branch: Branch, period: str, actor: audit.Actor, now: datetime, *, after_id: int = 0, limit: int = CHUNK
) -> DraftResult:
    """Draft the next `limit` contracts after `after_id`. A contract that fails gets an empty draft with its error."""
    first, last = periods.first_day(period), periods.last_day(period)
    ids = contracts.in_force(branch.id, first, last, after_id=after_id, limit=limit)
    result = DraftResult(last_id=ids[-1] if len(ids) == limit else None)
    if not ids:
        return result
    branches.lock_for_billing(branch.id)
    have = _already_drafted(ids, period)
    todo = [contract_id for contract_id in ids if contract_id not in have]
    result.existing = len(ids) - len(todo)
    plans = _plan(branch, period, todo, result)
    _insert(branch, period, plans, actor, now)
    result.drafted = sum(1 for _facts, plan, _error in plans if plan is not None)
    return result


def _already_drafted(contract_ids: Sequence[int], period: str) -> set[int]:
    query = sa.select(Invoice.contract_id).where(
        Invoice.period == period, Invoice.kind == "recurring", sa.or_(Invoice.live, Invoice.cancel_kind == "manual"))
    return {row.contract_id for row in bulk.rows_in(query, Invoice.contract_id, contract_ids)}


Planned = tuple[facts.ContractFacts, Plan | None, str]


def _plan(branch: Branch, period: str, contract_ids: Sequence[int], result: DraftResult) -> list[Planned]:
    known = facts.load(branch.id, contract_ids, prorate=branch.policy.prorate, charges_of=period)
    before = facts.previous_units(contract_ids, periods.previous(period))
    planned: list[Planned] = []
    for contract_id in contract_ids:
        found = known[contract_id]
        try:
            plan = plan_draft(found.terms, period, before.get(contract_id))
        except NoPrice as error:
            planned.append((found, None, _("There is no price for “%(line)s”.", line=str(error))))
        except (ValueError, ArithmeticError, KeyError):
            log.exception("contract %s could not be drafted for %s", contract_id, period)
            planned.append((found, None, _("The draft could not be made; the fault was logged.")))
        else:
            if plan is None or plan.now.total <= 0:
                result.nothing_to_bill += 1
            else:
                planned.append((found, plan, ""))
    result.errors += [(found.terms.id, error) for found, plan, error in planned if plan is None]
    return planned


def _insert(branch: Branch, period: str, planned: list[Planned], actor: audit.Actor, now: datetime) -> None:
    rows = [_invoice_row(branch.id, period, found, plan, error, now) for found, plan, error in planned]
    ids = bulk.insert_returning_ids(Invoice, rows)
    lines: list[dict[str, Any]] = []
    charges: list[int] = []
    for invoice_id, (_found, plan, error) in zip(ids, planned, strict=True):
        if plan is None:
            audit.record(actor, "draft.failed", ("invoice", invoice_id), {"error": error}, branch_id=branch.id)
            continue
        lines += line_rows(branch.id, invoice_id, period, plan.lines)
        charges += [line.charge_id for line in plan.lines if line.charge_id]
        audit.record(actor, "draft.made", ("invoice", invoice_id), {"total": plan.now.total}, branch_id=branch.id)
    bulk.insert(InvoiceLine, lines)
    bulk.update_where_in(PendingCharge, PendingCharge.id, charges, billed=True)


def _invoice_row(branch_id: int, period: str, found: facts.ContractFacts, plan: Plan | None, error: str,
                 now: datetime) -> dict[str, Any]:
    return {
        "branch_id": branch_id, "client_id": found.terms.client_id, "contract_id": found.terms.id,
        "kind": "recurring", "stage": "prompt", "status": "draft", "live": True, "period": period,
        "currency": found.currency, "channels": found.channels, "error": error, "created_at": now, "version": 1,
        "concept": concept_of(plan.lines) if plan else "", "note": "", "paid": 0, "written_off": 0,
        "basis": plan.basis if plan else "", "changes": list(plan.changes) if plan else [], "client_data": {},
        **amount_columns(plan),
    }


def amount_columns(plan: Plan | None) -> dict[str, int]:
    """The invoice's totals of a plan (zero without one)."""
    if plan is None:
        return {"subtotal": 0, "tax": 0, "withheld": 0, "total": 0, "list_total": 0}
    return {"subtotal": plan.now.subtotal, "tax": plan.now.tax, "withheld": plan.now.withheld,
            "total": plan.now.total, "list_total": plan.at_list.total}


def concept_of(lines: Sequence[Any]) -> str:
    """What lists show: the first service, and how many more."""
    first = str(lines[0].description)[:180] if lines else ""
    return f"{first} + {len(lines) - 1}" if len(lines) > 1 else first


def line_rows(branch_id: int, invoice_id: int, period: str, lines: Sequence[PlannedLine]) -> list[dict[str, Any]]:
    """Rows for invoice_line at the prompt stage."""
    return [{
        "branch_id": branch_id, "invoice_id": invoice_id, "position": position, "kind": line.kind,
        "contract_line_id": line.contract_line_id, "charge_id": line.charge_id, "period": period, "live": True,
        "description": line.description, "quantity_milli": line.quantity_milli,
        "days_billed": line.days[0] if line.days else None, "days_in_month": line.days[1] if line.days else None,
        "prompt_unit": line.prompt_unit, "list_unit": line.list_unit, "unit": line.prompt_unit,
        "subtotal": line.now.subtotal, "tax": line.now.tax, "withheld": line.now.withheld,
        "list_subtotal": line.at_list.subtotal, "list_tax": line.at_list.tax, "list_withheld": line.at_list.withheld,
        "tax_name": line.rates.name, "vat_ppm": line.rates.vat, "isr_withheld_ppm": line.rates.isr_withheld,
        "vat_withheld_ppm": line.rates.vat_withheld,
    } for position, line in enumerate(lines, 1)]


def stale_ids(branch: Branch, drafts: Sequence[Any]) -> set[int]:
    """Which of the drafts (id, contract_id, period, basis) no longer match their contract."""
    by_contract = {draft.contract_id: draft for draft in drafts if draft.contract_id and draft.basis}
    known = facts.load(branch.id, list(by_contract), prorate=branch.policy.prorate)
    stale = set()
    for contract_id, draft in by_contract.items():
        if contract_id not in known or _basis(known[contract_id], draft.period) != draft.basis:
            stale.add(draft.id)
    return stale


def _basis(found: facts.ContractFacts, period: str) -> str | None:
    try:
        return basis_of(found.terms, period)
    except NoPrice:
        return None
