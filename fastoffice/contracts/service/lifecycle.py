"""Suspending, resuming, ending, renewing and withdrawing a contract. `today` is the branch's."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.contracts import queries, rules
from fastoffice.contracts.errors import DayOutside, OfficeTaken
from fastoffice.contracts.models import Contract, ContractLine, LinePrice
from fastoffice.contracts.service.contracts import check_version, note
from fastoffice.contracts.service.places import index_offices

ONE_DAY = timedelta(days=1)


def suspend_contract(
    actor: audit.Actor, contract: Contract, day: date, *, today: date, version: int | None = None
) -> None:
    """Stop billing from `day` on (the first day that is not billed). Raises a NotWhile or DayOutside."""
    check_version(contract, version)
    rules.check_allowed(contract, "suspend", today)
    _check_inside(contract, day)
    contract.state, contract.suspended_on = "suspended", day
    note(actor, "contract.suspended", contract, {"from": day.isoformat()})


def resume_contract(
    actor: audit.Actor, contract: Contract, day: date, *, today: date, version: int | None = None
) -> None:
    """Bill again from `day` on. The days between stay unbilled: each service ends before them and a copy of
    it, at the price that holds, begins after. Raises a NotWhile or DayOutside.
    """
    check_version(contract, version)
    rules.check_allowed(contract, "resume", today)
    suspended_on = contract.suspended_on or day
    if day < suspended_on:
        raise DayOutside(_l("It is suspended since %(day)s; resume on that day or later.", day=suspended_on),
                         field="day")
    _check_inside(contract, day)
    if day > suspended_on:
        for line in [line for line in contract.lines if _is_open(line, suspended_on)]:
            _continue_line(contract, line, suspended_on, day)
    contract.state, contract.suspended_on = "active", None
    note(actor, "contract.resumed", contract, {"from": day.isoformat()})


def end_contract(
    actor: audit.Actor, contract: Contract, last_day: date, *, today: date, version: int | None = None
) -> None:
    """Agree the last day, which is billed. Raises a NotWhile or DayOutside."""
    check_version(contract, version)
    rules.check_allowed(contract, "end", today)
    if last_day < contract.starts_on:
        raise DayOutside(_l("The last day can't be before the first."), field="day")
    if contract.ends_on is not None and last_day > contract.ends_on:
        raise DayOutside(_l("It ends before that day already. To go on longer, renew it."), field="day")
    contract.ends_on = last_day
    note(actor, "contract.ended", contract, {"last_day": last_day.isoformat()})


def renew_contract(
    actor: audit.Actor, contract: Contract, ends_on: date | None, *, today: date, version: int | None = None,
    shared_office: bool = False,
) -> None:
    """Go on to a later last day, or without one, from the day after the present end without a gap.

    Raises a NotWhile, DayOutside or, unless `shared_office`, OfficeTaken.
    """
    check_version(contract, version)
    rules.check_allowed(contract, "renew", today)
    present = contract.ends_on
    if present is None:
        raise DayOutside(_l("The contract has no last day, so there is nothing to renew."), field="day")
    if ends_on is not None and ends_on <= present:
        raise DayOutside(_l("Choose a day after the present end."), field="day")
    if contract.office_id and not shared_office:
        others = queries.overlapping(contract.branch_id, contract.office_id, present + ONE_DAY, ends_on,
                                     except_id=contract.id)
        if others:
            raise OfficeTaken(others)
    contract.ends_on = ends_on
    data = {"from": present.isoformat(), "to": ends_on.isoformat() if ends_on else None}
    note(actor, "contract.renewed", contract, data)


def withdraw_contract(
    actor: audit.Actor, contract: Contract, *, billed: bool, today: date, version: int | None = None
) -> None:
    """Take back a contract that was written by mistake. `billed`: a document was issued for it.

    Raises a NotWhile.
    """
    check_version(contract, version)
    rules.check_allowed(contract, "withdraw", today, billed=billed)
    contract.state = "ended"
    note(actor, "contract.withdrawn", contract)
    index_offices([contract.client_id])


def _check_inside(contract: Contract, day: date) -> None:
    if day < contract.starts_on or (contract.ends_on is not None and day > contract.ends_on):
        raise DayOutside(_l("This day is outside of the contract."), field="day")


def _is_open(line: ContractLine, day: date) -> bool:
    return line.ends_on is None or line.ends_on >= day


def _continue_line(contract: Contract, line: ContractLine, suspended_on: date, day: date) -> None:
    begins = line.starts_on or contract.starts_on
    if begins >= day:
        return
    if line.ends_on is None or line.ends_on >= day:
        contract.lines.append(_copy(line, day, len(contract.lines) + 1))
    if begins >= suspended_on:
        contract.lines.remove(line)  # it would have begun while suspended: nothing of it was billed
    else:
        line.ends_on = suspended_on - ONE_DAY


def _copy(line: ContractLine, day: date, position: int) -> ContractLine:
    copy = ContractLine(
        branch_id=line.branch_id, position=position, description=line.description, prorate=line.prorate,
        tax_profile_id=line.tax_profile_id, starts_on=day, ends_on=line.ends_on)
    known = rules.price_on(line.prices, day) or line.prices[0]
    copy.prices = [_price(line, day, known)]
    copy.prices += [_price(line, price.valid_from, price) for price in line.prices if price.valid_from > day]
    return copy


def _price(line: ContractLine, day: date, price: LinePrice) -> LinePrice:
    return LinePrice(branch_id=line.branch_id, valid_from=day, prompt_price=price.prompt_price,
                     list_price=price.list_price)
