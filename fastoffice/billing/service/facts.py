"""Reads contracts and charges into the terms that the rules work on, many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk
from fastoffice.billing.models import InvoiceLine
from fastoffice.billing.models.invoices import Invoice
from fastoffice.billing.rules.amounts import TaxRates
from fastoffice.billing.rules.drafts import ChargeTerms, ContractTerms, LineTerms, Price
from fastoffice.billing.rules.periods import first_day
from fastoffice.branches import queries as branches
from fastoffice.charges.models import PendingCharge
from fastoffice.contracts import queries as contracts


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """Terms for the rules, and what the document takes over as it is."""

    terms: ContractTerms
    channels: list[Any]
    currency: str


def load(
    branch_id: int, contract_ids: Sequence[int], *, prorate: bool, charges_of: str | None = None
) -> dict[int, ContractFacts]:
    """Facts by contract id, in a constant number of statements per slice; with the charges that the documents of a
    month ("2026-12") take, which are held until the unit ends.
    """
    rates = branches.tax_rates(branch_id)
    taxes = {key: TaxRates(*values) for key, values in rates.items()}
    lines = _lines(contract_ids, taxes)
    rows = contracts.contract_rows(contract_ids)
    charges = _charges(branch_id, rows, taxes, charges_of) if charges_of else {}
    return {
        row.id: ContractFacts(
            ContractTerms(row.id, row.client_id, row.starts_on, row.ends_on, row.suspended_on,
                          tuple(lines.get(row.id, ())), tuple(charges.get(row.id, ())), prorate),
            row.channels, row.currency)
        for row in rows
    }


def _lines(contract_ids: Sequence[int], taxes: dict[int, TaxRates]) -> dict[int, list[LineTerms]]:
    prices: dict[int, list[Price]] = defaultdict(list)
    for row in contracts.price_rows(contract_ids):
        prices[row.contract_line_id].append(Price(row.valid_from, row.prompt_price, row.list_price))
    lines: dict[int, list[LineTerms]] = defaultdict(list)
    for row in contracts.line_rows(contract_ids):
        lines[row.contract_id].append(
            LineTerms(row.id, row.description, taxes[row.tax_profile_id], tuple(prices.get(row.id, ())),
                      row.prorate, row.starts_on, row.ends_on))
    return lines


def _charges(
    branch_id: int, contract_rows: Sequence[Any], taxes: dict[int, TaxRates], period: str
) -> dict[int, list[ChargeTerms]]:
    """Pending charges by contract; one without a contract, or of one that is over, goes to the client's first.

    Held, so that what is dropped or corrected at this moment is so before or after, never both on a draft and gone.
    """
    first_of_client: dict[int, int] = {}
    for row in sorted(contract_rows, key=lambda row: row.id):
        first_of_client.setdefault(row.client_id, row.id)
    query = sa.select(PendingCharge).where(
        PendingCharge.branch_id == branch_id, ~PendingCharge.billed, PendingCharge.dropped_at.is_(None)
    ).order_by(PendingCharge.id).with_for_update().execution_options(populate_existing=True)
    found: dict[int, list[ChargeTerms]] = defaultdict(list)
    rows = [charge for (charge,) in bulk.rows_in(query, PendingCharge.client_id, list(first_of_client))]
    named = {charge.contract_id for charge in rows if charge.contract_id}
    going_on = contracts.going_on(named, first_day(period)) if named else set()
    for charge in rows:
        target = charge.contract_id if charge.contract_id in going_on else first_of_client[charge.client_id]
        found[target].append(ChargeTerms(charge.id, charge.description, charge.unit_price, charge.quantity_milli,
                                         taxes[charge.tax_profile_id]))
    return found


def previous_units(contract_ids: Sequence[int], period: str) -> dict[int, dict[int, tuple[int, int]]]:
    """By contract: (prompt, list) unit prices of `period`'s live lines, by contract line."""
    query = sa.select(
        Invoice.contract_id, InvoiceLine.contract_line_id, InvoiceLine.prompt_unit, InvoiceLine.list_unit
    ).join(Invoice, Invoice.id == InvoiceLine.invoice_id).where(
        InvoiceLine.live, InvoiceLine.period == period, InvoiceLine.contract_line_id.is_not(None))
    found: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for row in bulk.rows_in(query, Invoice.contract_id, contract_ids):
        found[row.contract_id][row.contract_line_id] = (row.prompt_unit, row.list_unit)
    return found
