"""What the client agreed to, and what happens next: the next invoice, the end, a change of prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response

from fastoffice.billing.queries.contracts import issued_periods
from fastoffice.billing.rules.periods import first_day, following, period_of
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.contracts import queries, rules
from fastoffice.contracts.models import Contract, ContractLine
from fastoffice.identity import portal


@dataclass(frozen=True, slots=True)
class Service:
    """A service with the price of today (or of its first day) and the next one that is agreed."""

    line: ContractLine
    now: Any
    later: Any


@dataclass(frozen=True, slots=True)
class Agreed:
    """A contract as its client sees it. `next_invoice` None: none will come."""

    contract: Contract
    status: str
    services: list[Service]
    next_invoice: date | None


@blueprint.get("/contracts")
@portal.require("contracts")
def contracts() -> Response:
    """Every contract with its dates: a constant number of statements."""
    today, issue_day = own.today(), own.branch().policy.auto_issue_day
    rows = queries.of_client(portal.current().client_id)
    issued = issued_periods([row.id for row in rows])
    found = [_agreed(row, today, issued.get(row.id), issue_day) for row in rows]
    return own.page("contracts.html", rows=[each for each in found if each.status != "withdrawn"])


def _agreed(contract: Contract, today: date, issued: str | None, issue_day: int) -> Agreed:
    lines = [line for line in contract.lines if line.ends_on is None or line.ends_on >= today]
    return Agreed(contract, rules.status_on(contract, today), [_service(line, contract, today) for line in lines],
                  _next_invoice(contract, today, issued, issue_day))


def _service(line: ContractLine, contract: Contract, today: date) -> Service:
    begin = line.starts_on or contract.starts_on
    now = rules.price_on(line.prices, max(today, begin))
    later = next((price for price in line.prices if price.valid_from > max(today, begin)), None)
    return Service(line, now, later)


def _next_invoice(contract: Contract, today: date, issued: str | None, issue_day: int) -> date | None:
    """The day on which the next month of the contract is usually issued; not before today."""
    first = max(contract.starts_on, today)
    period = max(period_of(first), following(issued)) if issued else period_of(first)
    begin = first_day(period)
    stopped = contract.state == "ended" or (contract.ends_on is not None and contract.ends_on < begin)
    suspended = contract.suspended_on is not None and contract.suspended_on <= begin
    return None if stopped or suspended else max(begin.replace(day=issue_day), today)
