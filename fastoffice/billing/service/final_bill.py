"""The last bill of a client whose contracts are over: what waits for a draft that will not come, on one document."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit, clock
from fastoffice.billing.errors import NothingWaits, TotalBelowZero
from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.billing.rules.amounts import TaxRates, sum_figures
from fastoffice.billing.rules.drafts import ChargeTerms, PlannedLine, charge_line
from fastoffice.billing.rules.periods import period_of
from fastoffice.billing.service import drafting
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.charges.models import PendingCharge
from fastoffice.contracts import queries as contracts
from fastoffice.extensions import db


def bill_charges(branch: Branch, client_id: int, actor: audit.Actor, now: datetime) -> Invoice:
    """A draft outside the monthly cycle with every charge of a client that waits, corrections among them.

    Raises NothingWaits (also for who presses second), TotalBelowZero when the client is owed more than it owes.
    """
    query = sa.select(PendingCharge).where(
        PendingCharge.branch_id == branch.id, PendingCharge.client_id == client_id, ~PendingCharge.billed,
        PendingCharge.dropped_at.is_(None))
    waiting = list(db.session.scalars(query.order_by(PendingCharge.id).with_for_update()))
    if not waiting:
        raise NothingWaits
    lines = _lines(branch.id, waiting)
    total = sum_figures(line.now for line in lines)
    if total.total <= 0:
        raise TotalBelowZero
    draft = Invoice(
        branch_id=branch.id, client_id=client_id, kind="one_off", stage="other", status="draft", live=True,
        period=period_of(clock.local_date(now, branch.timezone)), currency=branch.currency,
        channels=_channels(branch, client_id), concept=drafting.concept_of(lines), note="", changes=[],
        client_data={}, created_at=now, subtotal=total.subtotal, tax=total.tax, withheld=total.withheld,
        total=total.total, list_total=total.total, paid=0)
    db.session.add(draft)
    db.session.flush()
    for row in drafting.line_rows(branch.id, draft.id, draft.period, lines):
        draft.lines.append(InvoiceLine(**{key: value for key, value in row.items() if key != "invoice_id"}))
    for charge in waiting:
        charge.billed = True
    audit.record(actor, "draft.made", ("invoice", draft.id), {"total": draft.total}, branch_id=branch.id)
    return draft


def _lines(branch_id: int, waiting: list[PendingCharge]) -> list[PlannedLine]:
    taxes = {key: TaxRates(*values) for key, values in branches.tax_rates(branch_id).items()}
    return [charge_line(ChargeTerms(each.id, each.description, each.unit_price, each.quantity_milli,
                                    taxes[each.tax_profile_id])) for each in waiting]


def _channels(branch: Branch, client_id: int) -> list[str]:
    """As its last contract said, else as the branch does."""
    known = contracts.of_client(client_id)
    return list(known[0].channels if known else branch.policy.default_channels)
