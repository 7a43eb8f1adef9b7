"""The life of a contract and from when a price counts. Pure; days are the branch's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Protocol

from fastoffice.contracts.errors import AlreadySuspended, HasEnded, HasStarted, NotSuspended, WasWithdrawn

ENDING_SOON = 60  # days; the list "ending soon" and its pill

# status -> what may be done. "ended" by its last day; "withdrawn" never was: the stored state "ended".
ALLOWED: dict[str, frozenset[str]] = {
    "upcoming": frozenset({"change", "suspend", "end", "renew", "withdraw"}),
    "active": frozenset({"change", "suspend", "end", "renew", "withdraw"}),
    "suspended": frozenset({"change", "resume", "end", "renew", "withdraw"}),
    "ended": frozenset({"renew"}),
    "withdrawn": frozenset(),
}


class Dated(Protocol):
    """A contract, or a row with its days."""

    state: Any
    starts_on: Any
    ends_on: Any
    suspended_on: Any


def status_on(contract: Dated, day: date) -> str:
    """upcoming, active, suspended, ended or withdrawn as of `day`."""
    if contract.state == "ended":
        return "withdrawn"
    if contract.ends_on is not None and contract.ends_on < day:
        return "ended"
    if contract.suspended_on is not None and contract.suspended_on <= day:
        return "suspended"
    return "upcoming" if contract.starts_on > day else "active"


def check_allowed(contract: Dated, verb: str, day: date, *, billed: bool = False) -> None:
    """Raises the named refusal when `verb` does not fit the contract's status on `day`."""
    status = status_on(contract, day)
    if status == "withdrawn":
        raise WasWithdrawn
    if verb == "suspend" and contract.suspended_on is not None:
        raise AlreadySuspended
    if verb == "resume" and contract.suspended_on is None:
        raise NotSuspended
    if verb == "withdraw" and billed:
        raise HasStarted
    planned = verb == "resume" and contract.suspended_on is not None and status in ("upcoming", "active")
    if verb not in ALLOWED[status] and not planned:
        raise HasEnded


def ends_soon(contract: Dated, day: date) -> bool:
    """Whether its last day is within the next ENDING_SOON days."""
    if contract.ends_on is None or status_on(contract, day) in ("ended", "withdrawn"):
        return False
    return bool(contract.ends_on <= day + timedelta(days=ENDING_SOON))


def price_on(prices: Iterable[Any], day: date) -> Any | None:
    """The price in force on `day`, or None before the first."""
    known = [price for price in prices if price.valid_from <= day]
    return max(known, key=lambda price: price.valid_from) if known else None


def counts_from(valid_from: date, starts_on: date) -> date:
    """The first day of the first period billed at a price that is dated `valid_from`.

    A period's bill takes the price that holds on its first billed day: a change inside a month counts from
    the month after, unless the service starts on or after that day.
    """
    if valid_from <= starts_on:
        return starts_on
    if valid_from.day == 1:
        return valid_from
    return first_of_next_month(valid_from)


def first_of_next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
