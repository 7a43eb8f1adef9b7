"""Changing a draft before it is issued: lines, one-off charges, exclusion, and starting over from the contract."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.billing.errors import ChangedMeanwhile, NotADraft, ReasonMissing, TotalBelowZero
from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.billing.rules.amounts import Figures, TaxRates, figures, line_subtotal, sum_figures
from fastoffice.billing.rules.drafts import NoPrice, plan_draft
from fastoffice.billing.rules.periods import previous
from fastoffice.billing.service import drafting, facts
from fastoffice.branches.models import Branch, TaxProfile
from fastoffice.charges.models import PendingCharge
from fastoffice.extensions import db

LASTING = ("charge", "added")  # changes about lines that starting over leaves as they are


@dataclass(frozen=True, slots=True)
class LineChange:
    """New values of a draft's line; prices in minor units without tax, quantity in thousandths."""

    description: str
    quantity_milli: int
    prompt_unit: int
    list_unit: int


def open_draft(branch_id: int, invoice_id: int, version: int | None) -> Invoice:
    """The draft, locked, at the version its editor saw. Raises NotADraft, ChangedMeanwhile."""
    query = sa.select(Invoice).where(Invoice.id == invoice_id, Invoice.branch_id == branch_id)
    draft = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
    if draft.status != "draft" or not draft.live:
        raise NotADraft
    if version is not None and draft.version != version:
        raise ChangedMeanwhile
    return draft


def adjust_line(draft: Invoice, line: InvoiceLine, change: LineChange, actor: audit.Actor) -> None:
    """Change one line of a draft. Raises TotalBelowZero."""
    before = {"prompt_unit": line.prompt_unit, "list_unit": line.list_unit, "quantity_milli": line.quantity_milli}
    line.description = change.description.strip()[:300] or line.description
    line.quantity_milli = change.quantity_milli
    line.prompt_unit, line.list_unit = change.prompt_unit, change.list_unit
    _compute(line)
    _total(draft)
    _note(draft, {"kind": "adjusted", "line": line.description, "from": before["prompt_unit"],
                  "to": change.prompt_unit})
    audit.record(actor, "draft.line_adjusted", ("invoice", draft.id),
                 {"line": line.id, "before": before, "prompt_unit": change.prompt_unit,
                  "list_unit": change.list_unit, "quantity_milli": change.quantity_milli},
                 branch_id=draft.branch_id)


def add_line(draft: Invoice, change: LineChange, profile: TaxProfile, actor: audit.Actor) -> InvoiceLine:
    """Add a one-off charge (or, with a negative price, a discount). Raises TotalBelowZero."""
    line = InvoiceLine(
        branch_id=draft.branch_id, position=max((each.position for each in draft.lines), default=0) + 1,
        kind="adjustment", period=draft.period, live=True, description=change.description.strip()[:300],
        quantity_milli=change.quantity_milli, prompt_unit=change.prompt_unit, list_unit=change.list_unit,
        tax_name=profile.name, vat_ppm=profile.vat_ppm, isr_withheld_ppm=profile.isr_withheld_ppm,
        vat_withheld_ppm=profile.vat_withheld_ppm)
    _compute(line)
    draft.lines.append(line)
    _total(draft)
    _note(draft, {"kind": "added", "line": line.description, "to": line.subtotal})
    audit.record(actor, "draft.line_added", ("invoice", draft.id),
                 {"description": line.description, "subtotal": line.subtotal}, branch_id=draft.branch_id)
    return line


def remove_line(draft: Invoice, line: InvoiceLine, actor: audit.Actor) -> None:
    """Take a line off; a pending charge waits again for the next draft. Raises TotalBelowZero."""
    if line.charge_id:
        db.session.get_one(PendingCharge, line.charge_id).billed = False
    draft.lines.remove(line)
    _total(draft)
    _note(draft, {"kind": "removed", "line": line.description, "from": line.subtotal})
    audit.record(actor, "draft.line_removed", ("invoice", draft.id), {"description": line.description},
                 branch_id=draft.branch_id)


def exclude(draft: Invoice, reason: str, actor: audit.Actor) -> None:
    """Leave a draft out of this month's issue, with its reason. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    draft.excluded_reason = reason.strip()[:300]
    audit.record(actor, "draft.excluded", ("invoice", draft.id), {"reason": draft.excluded_reason},
                 branch_id=draft.branch_id)


def include(draft: Invoice, actor: audit.Actor) -> None:
    """Take an excluded draft back in."""
    draft.excluded_reason = None
    audit.record(actor, "draft.included", ("invoice", draft.id), branch_id=draft.branch_id)


def refresh(branch: Branch, draft: Invoice, actor: audit.Actor) -> None:
    """Make the recurring lines anew from the contract as it is now; added lines and charges stay.

    Raises NoPrice when the contract still has none, TotalBelowZero.
    """
    if draft.contract_id is None:
        return
    found = facts.load(branch.id, [draft.contract_id], prorate=branch.policy.prorate, charges_of=draft.period)
    terms = found[draft.contract_id].terms
    before = facts.previous_units([draft.contract_id], previous(draft.period))
    plan = plan_draft(terms, draft.period, before.get(draft.contract_id))
    for line in [line for line in draft.lines if line.kind == "recurring"]:
        draft.lines.remove(line)
    db.session.flush()
    kept = {line.description for line in draft.lines if line.kind != "recurring"}
    stays = [each for each in draft.changes if each["kind"] in LASTING and each.get("line") in kept]
    planned = plan.lines if plan else ()
    for row in drafting.line_rows(branch.id, draft.id, draft.period, planned):
        draft.lines.append(InvoiceLine(**{key: value for key, value in row.items() if key != "invoice_id"}))
        if row["charge_id"]:
            db.session.get_one(PendingCharge, row["charge_id"]).billed = True
    draft.lines.sort(key=lambda line: (line.kind != "recurring", line.position))
    for position, line in enumerate(draft.lines, 1):
        line.position = position
    draft.basis, draft.error = plan.basis if plan else "", ""
    draft.changes = [*(plan.changes if plan else ()), *stays]
    draft.channels = found[draft.contract_id].channels
    _total(draft)
    audit.record(actor, "draft.refreshed", ("invoice", draft.id), {"total": draft.total}, branch_id=branch.id)


def rates_of(line: InvoiceLine) -> TaxRates:
    """The tax frozen on a line."""
    return TaxRates(line.tax_name, line.vat_ppm, line.isr_withheld_ppm, line.vat_withheld_ppm)


def _compute(line: InvoiceLine) -> None:
    days = (line.days_billed, line.days_in_month) if line.days_billed and line.days_in_month else None
    now = figures(line_subtotal(line.prompt_unit, line.quantity_milli, days), rates_of(line))
    at_list = figures(line_subtotal(line.list_unit, line.quantity_milli, days), rates_of(line))
    line.unit = line.prompt_unit
    line.subtotal, line.tax, line.withheld = now.subtotal, now.tax, now.withheld
    line.list_subtotal, line.list_tax, line.list_withheld = at_list.subtotal, at_list.tax, at_list.withheld


def _total(draft: Invoice) -> None:
    now = sum_figures(Figures(line.subtotal, line.tax, line.withheld) for line in draft.lines)
    at_list = sum_figures(Figures(line.list_subtotal, line.list_tax, line.list_withheld) for line in draft.lines)
    if now.total < 0 or at_list.total < 0:
        raise TotalBelowZero
    draft.subtotal, draft.tax, draft.withheld, draft.total = now.subtotal, now.tax, now.withheld, now.total
    draft.list_total = at_list.total
    draft.concept = drafting.concept_of(draft.lines)


def _note(draft: Invoice, change: dict[str, object]) -> None:
    draft.changes = [*draft.changes, change]


__all__ = ["LineChange", "NoPrice", "add_line", "adjust_line", "exclude", "include", "open_draft", "refresh",
           "remove_line"]
