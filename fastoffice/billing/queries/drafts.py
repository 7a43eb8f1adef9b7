"""What the page of a draft asks: does its contract still say the same, and what would a change make of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.billing.rules.amounts import Figures, TaxRates, figures, line_subtotal, sum_figures
from fastoffice.billing.rules.drafts import NoPrice, Plan, PlannedLine, basis_of, plan_draft
from fastoffice.billing.service import facts
from fastoffice.billing.service.adjusting import LineChange
from fastoffice.branches.models import Branch

Both = tuple[int, int]  # totals at the prompt and at the list price, minor units


@dataclass(frozen=True, slots=True)
class ContractSays:
    """What refreshing a stale draft would give: its recurring lines and the document's totals.

    `problem` names the service without a price; then there is nothing to take over.
    """

    lines: Sequence[PlannedLine]
    prompt_total: int
    list_total: int
    problem: str = ""


def contract_says(branch: Branch, draft: Invoice) -> ContractSays | None:
    """The contract's side of a draft that no longer matches it; None when it does. Four statements."""
    if draft.contract_id is None:
        return None
    found = facts.load(branch.id, [draft.contract_id], prorate=branch.policy.prorate)
    known = found.get(draft.contract_id)
    if known is None:
        return None
    try:
        if not draft.error and (not draft.basis or basis_of(known.terms, draft.period) == draft.basis):
            return None
        return _says(draft, plan_draft(known.terms, draft.period, None))
    except NoPrice as problem:
        return ContractSays((), 0, 0, str(problem))


def _says(draft: Invoice, plan: Plan | None) -> ContractSays:
    lines = plan.lines if plan else ()
    rest = _sides(line for line in draft.lines if line.kind != "recurring")
    now = [*(line.now for line in lines), *(side[0] for side in rest)]
    at_list = [*(line.at_list for line in lines), *(side[1] for side in rest)]
    return ContractSays(lines, sum_figures(now).total, sum_figures(at_list).total)


def totals_with(draft: Invoice, change: LineChange, rates: TaxRates, line_id: int | None = None) -> Both:
    """The draft's totals if `line_id` became (or, without one, a new line were) what was typed."""
    days = None
    others = []
    for line in draft.lines:
        if line.id == line_id:
            days = (line.days_billed, line.days_in_month) if line.days_billed and line.days_in_month else None
        else:
            others.append(line)
    sides = [*_sides(others), _changed(change, rates, days)]
    return sum_figures(side[0] for side in sides).total, sum_figures(side[1] for side in sides).total


def _sides(lines: Iterable[InvoiceLine]) -> list[tuple[Figures, Figures]]:
    return [(Figures(line.subtotal, line.tax, line.withheld),
             Figures(line.list_subtotal, line.list_tax, line.list_withheld)) for line in lines]


def _changed(change: LineChange, rates: TaxRates, days: tuple[int, int] | None) -> tuple[Figures, Figures]:
    return (figures(line_subtotal(change.prompt_unit, change.quantity_milli, days), rates),
            figures(line_subtotal(change.list_unit, change.quantity_milli, days), rates))
