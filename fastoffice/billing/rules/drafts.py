"""What a contract owes for a month: lines at both prices, what changed since last month, and why."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fastoffice.billing.rules.amounts import Figures, TaxRates, figures, line_subtotal, sum_figures
from fastoffice.billing.rules.periods import billed_days, first_day


@dataclass(frozen=True, slots=True)
class Price:
    """Per month, minor units without tax, from `valid_from` on."""

    valid_from: date
    prompt: int
    list: int


@dataclass(frozen=True, slots=True)
class LineTerms:
    """One service of a contract."""

    id: int
    description: str
    rates: TaxRates
    prices: tuple[Price, ...]
    prorate: bool = True
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class ChargeTerms:
    """An extra that waits for the next draft: the same at both prices."""

    id: int
    description: str
    unit: int
    quantity_milli: int
    rates: TaxRates


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What of a contract matters to its bill. `suspended_on` is the first day that is not billed."""

    id: int
    client_id: int
    starts_on: date
    ends_on: date | None
    suspended_on: date | None
    lines: tuple[LineTerms, ...]
    charges: tuple[ChargeTerms, ...] = ()
    prorate: bool = True


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line of a draft; `now` at the prompt price, `at_list` at list price."""

    kind: str
    description: str
    rates: TaxRates
    quantity_milli: int
    prompt_unit: int
    list_unit: int
    now: Figures
    at_list: Figures
    contract_line_id: int | None = None
    charge_id: int | None = None
    days: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A draft to be made. `basis` fingerprints the terms it was made from."""

    contract_id: int
    client_id: int
    lines: tuple[PlannedLine, ...]
    changes: tuple[dict[str, Any], ...]
    basis: str
    now: Figures = field(init=False)
    at_list: Figures = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "now", sum_figures(line.now for line in self.lines))
        object.__setattr__(self, "at_list", sum_figures(line.at_list for line in self.lines))


class NoPrice(ValueError):
    """A line in force has no price on its first billed day."""


def plan_draft(terms: ContractTerms, period: str, previous: dict[int, tuple[int, int]] | None) -> Plan | None:
    """The draft of a contract's month, or None when there is nothing to bill.

    `previous` maps contract line ids to last month's (prompt, list) unit prices; None: nothing was billed then.
    Raises NoPrice.
    """
    lines = tuple(line for line in (_recurring(terms, line, period) for line in terms.lines) if line)
    lines = _with_charges(lines, terms.charges)
    if not lines:
        return None
    return Plan(terms.id, terms.client_id, lines, _changes(lines, previous), basis_of(terms, period))


def _with_charges(lines: tuple[PlannedLine, ...], charges: tuple[ChargeTerms, ...]) -> tuple[PlannedLine, ...]:
    """The lines and what is charged besides. A correction that would leave nothing to pay waits for a later document:
    it must not keep the month itself from being billed.
    """
    planned = tuple(charge_line(charge) for charge in charges)
    taken = lines + tuple(line for line in planned if line.now.total >= 0)
    for line in planned:
        rest = min(sum_figures(each.now for each in taken).total, sum_figures(each.at_list for each in taken).total)
        if line.now.total < 0 and rest + line.now.total > 0:
            taken += (line,)
    return taken


def basis_of(terms: ContractTerms, period: str) -> str:
    """Changes when anything changes that the period's recurring lines depend on (charges have their own life)."""
    content = [
        [line.contract_line_id, line.description, line.prompt_unit, line.list_unit, line.days,
         line.rates.vat, line.rates.isr_withheld, line.rates.vat_withheld]
        for line in (_recurring(terms, line, period) for line in terms.lines) if line
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _recurring(terms: ContractTerms, line: LineTerms, period: str) -> PlannedLine | None:
    begin = max(filter(None, (terms.starts_on, line.starts_on)))
    last_days = [terms.ends_on, line.ends_on, terms.suspended_on and terms.suspended_on - timedelta(days=1)]
    end = min((day for day in last_days if day), default=None)
    billed, in_month = billed_days(period, begin, end)
    if billed == 0:
        return None
    price = price_on(line, max(begin, first_day(period)))
    days = (billed, in_month) if terms.prorate and line.prorate and billed < in_month else None
    return PlannedLine(
        "recurring", line.description, line.rates, 1000, price.prompt, price.list,
        figures(line_subtotal(price.prompt, 1000, days), line.rates),
        figures(line_subtotal(price.list, 1000, days), line.rates),
        contract_line_id=line.id, days=days,
    )


def price_on(line: LineTerms, day: date) -> Price:
    """The price in force on `day`; a change dated later in the month counts from the next one."""
    known = [price for price in line.prices if price.valid_from <= day]
    if not known:
        raise NoPrice(line.description)
    return max(known, key=lambda price: price.valid_from)


def charge_line(charge: ChargeTerms) -> PlannedLine:
    """A charge as a line: the same at both prices."""
    amount = figures(line_subtotal(charge.unit, charge.quantity_milli), charge.rates)
    return PlannedLine("charge", charge.description, charge.rates, charge.quantity_milli, charge.unit, charge.unit,
                       amount, amount, charge_id=charge.id)


def _changes(
    lines: tuple[PlannedLine, ...], previous: dict[int, tuple[int, int]] | None
) -> tuple[dict[str, Any], ...]:
    changes: list[dict[str, Any]] = []
    if previous is None:
        changes.append({"kind": "new_contract"})
    for line in lines:
        changes += _line_changes(line, previous)
    billed = {line.contract_line_id for line in lines}
    changes += [{"kind": "line_gone", "from": units[0]} for line_id, units in (previous or {}).items()
                if line_id not in billed]
    return tuple(changes)


def _line_changes(line: PlannedLine, previous: dict[int, tuple[int, int]] | None) -> list[dict[str, Any]]:
    name = line.description
    if line.charge_id:
        return [{"kind": "charge", "line": name, "to": line.now.subtotal}]
    found: list[dict[str, Any]] = []
    before = (previous or {}).get(line.contract_line_id or 0)
    if previous is not None and before is None:
        found.append({"kind": "line_new", "line": name, "to": line.prompt_unit})
    elif before and before[0] != line.prompt_unit:
        found.append({"kind": "price", "line": name, "from": before[0], "to": line.prompt_unit})
    elif before and before[1] != line.list_unit:
        found.append({"kind": "list_price", "line": name, "from": before[1], "to": line.list_unit})
    if line.days:
        found.append({"kind": "prorated", "line": name, "days": line.days[0], "of": line.days[1]})
    return found
