"""Services of a contract: adding, changing, ending; their prices by date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.branches import queries as branches
from fastoffice.contracts import checks, rules
from fastoffice.contracts.checks import LineData
from fastoffice.contracts.errors import DayOutside, InvalidContract, LastLine, PeriodIssued
from fastoffice.contracts.models import Contract, ContractLine, LinePrice
from fastoffice.contracts.service.contracts import check_version, new_line, note, touch
from fastoffice.locale import date_long, month_name


@dataclass(frozen=True, slots=True)
class PriceChange:
    """Prices per month in minor units without tax, dated `valid_from`."""

    valid_from: date
    prompt_price: int
    list_price: int


def add_line(
    actor: audit.Actor, contract: Contract, data: LineData, *, today: date, version: int | None = None
) -> ContractLine:
    """Add a service from its first day on. Raises InvalidContract or a NotWhile."""
    check_version(contract, version)
    rules.check_allowed(contract, "change", today)
    profiles = branches.tax_profiles(contract.branch_id)
    errors: dict[str, Any] = {}
    ids = [profile.id for profile in profiles]
    data = checks.check_line(data, ids, errors, "", contract.starts_on, contract.ends_on)
    if errors:
        raise InvalidContract(errors)
    position = max((line.position for line in contract.lines), default=0) + 1
    line = new_line(contract.branch_id, data, position, profiles[0].id, contract.starts_on)
    contract.lines.append(line)
    touch(contract)
    note(actor, "contract.line_added", contract,
         {"line": line.description, "prompt": data.prompt_price, "list": data.list_price})
    return line


def edit_line(
    actor: audit.Actor, line: ContractLine, description: str, tax_profile_id: int, prorate: bool, *,
    today: date, version: int | None = None,
) -> None:
    """Change a service's name, taxes and whether it is pro-rated. Raises InvalidContract or a NotWhile."""
    contract = line.contract
    check_version(contract, version)
    rules.check_allowed(contract, "change", today)
    ids = {profile.id for profile in branches.tax_profiles(contract.branch_id)} | {line.tax_profile_id}
    errors: dict[str, Any] = {}
    data = checks.check_line(LineData(description, 0, 0, tax_profile_id), ids, errors, "",
                             contract.starts_on, contract.ends_on)
    if errors:
        raise InvalidContract(errors)
    line.description, line.tax_profile_id, line.prorate = data.description, tax_profile_id, prorate
    touch(contract)
    note(actor, "contract.line_changed", contract, {"line": data.description})


def end_line(
    actor: audit.Actor, line: ContractLine, last_day: date, *, today: date, version: int | None = None
) -> None:
    """Agree a service's last day, which is billed. Raises DayOutside, LastLine or a NotWhile."""
    contract = line.contract
    check_version(contract, version)
    rules.check_allowed(contract, "change", today)
    if last_day < (line.starts_on or contract.starts_on):
        raise DayOutside(_l("The last day can't be before the first."), field="day")
    if contract.ends_on is not None and last_day > contract.ends_on:
        raise DayOutside(_l("This day is outside of the contract."), field="day")
    if all(other is line or (other.ends_on is not None and other.ends_on < last_day) for other in contract.lines):
        raise LastLine
    line.ends_on = last_day
    touch(contract)
    note(actor, "contract.line_ended", contract,
         {"line": line.description, "last_day": last_day.isoformat()})


def change_price(
    actor: audit.Actor, line: ContractLine, change: PriceChange, *, issued_to: date | None, today: date,
    version: int | None = None,
) -> date:
    """Agree new prices of a service; the first day that is billed at them.

    `issued_to` is the last day of the last period that was issued: what is out keeps its price.
    Raises InvalidContract, DayOutside, PeriodIssued or a NotWhile.
    """
    contract = line.contract
    check_version(contract, version)
    rules.check_allowed(contract, "change", today)
    errors = checks.check_prices(change.prompt_price, change.list_price)
    if errors:
        raise InvalidContract(errors)
    starts_on = line.starts_on or contract.starts_on
    last_day = min((day for day in (line.ends_on, contract.ends_on) if day), default=None)
    if change.valid_from < starts_on or (last_day is not None and change.valid_from > last_day):
        raise DayOutside(_l("This day is outside of the contract."), field="valid_from")
    counts = rules.counts_from(change.valid_from, starts_on)
    _check_not_issued(counts, issued_to)
    known = next((price for price in line.prices if price.valid_from == change.valid_from), None)
    if known is None:
        known = LinePrice(branch_id=line.branch_id, valid_from=change.valid_from)
        line.prices.append(known)
    known.prompt_price, known.list_price = change.prompt_price, change.list_price
    touch(contract)
    note(actor, "contract.price_changed", contract,
         {"line": line.description, "from": change.valid_from.isoformat(), "prompt": change.prompt_price,
          "list": change.list_price})
    return counts


def drop_price(
    actor: audit.Actor, price: LinePrice, *, issued_to: date | None, today: date, version: int | None = None
) -> None:
    """Take back a change of price that nothing was billed at. Raises DayOutside, PeriodIssued or a NotWhile."""
    line = price.line
    contract = line.contract
    check_version(contract, version)
    rules.check_allowed(contract, "change", today)
    starts_on = line.starts_on or contract.starts_on
    if price.valid_from <= starts_on:
        raise DayOutside(_l("The first price stays: without it there is nothing to bill."))
    _check_not_issued(rules.counts_from(price.valid_from, starts_on), issued_to)
    line.prices.remove(price)
    touch(contract)
    note(actor, "contract.price_dropped", contract,
         {"line": line.description, "from": price.valid_from.isoformat()})


def _check_not_issued(counts: date, issued_to: date | None) -> None:
    if issued_to is not None and counts <= issued_to:
        earliest = rules.first_of_next_month(issued_to)
        raise PeriodIssued(month_name(f"{issued_to:%Y-%m}").capitalize(), date_long(earliest))
