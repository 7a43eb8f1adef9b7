"""What a booking costs: minutes billed, minutes that contracts cover, the price of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastoffice import money

HOUR = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """Minutes that a contract has left in the booking's month."""

    contract_id: int
    left: int


@dataclass(frozen=True, slots=True)
class Price:
    """`minutes` billed, of which each contract covers some of (contract id, minutes); money in minor units."""

    minutes: int
    covered: tuple[tuple[int, int], ...]
    rate: int
    subtotal: int
    tax: int

    @property
    def included(self) -> int:
        return sum(minutes for _contract, minutes in self.covered)

    @property
    def overage(self) -> int:
        return self.minutes - self.included

    @property
    def total(self) -> int:
        return self.subtotal + self.tax


def billed_minutes(starts_at: datetime, ends_at: datetime, step: int) -> int:
    """Real minutes between two moments, up to whole steps: a night with a clock change is as long as it is."""
    seconds = int((ends_at - starts_at).total_seconds())
    return -(-seconds // (step * 60)) * step


def cover(minutes: int, allowances: Sequence[Allowance]) -> tuple[tuple[int, int], ...]:
    """What each contract gives, in the order they are asked, until nothing is missing."""
    given = []
    for allowance in allowances:
        share = min(minutes, max(allowance.left, 0))
        if share:
            given.append((allowance.contract_id, share))
            minutes -= share
    return tuple(given)


def price(minutes: int, allowances: Sequence[Allowance], rate: int, taxes: tuple[int, int, int]) -> Price:
    """Price of `minutes` at `rate` per hour (minor units, without tax) beyond what contracts cover.

    `taxes`: VAT, ISR withheld, VAT withheld in parts per million, each rounded by itself as on the invoice.
    """
    covered = cover(minutes, allowances)
    rest = minutes - sum(share for _contract, share in covered)
    subtotal = money.share(rate, rest, HOUR)
    vat, isr, withheld = (money.rate_of(subtotal, ppm) for ppm in taxes)
    return Price(minutes, covered, rate, subtotal, vat - isr - withheld)


def best_rate(base: int, others: Iterable[int]) -> int:
    """The lowest price per hour that applies."""
    return min([base, *others])


def grant_missing(plan: int, granted: int, balance: int, *, may_lower: bool) -> int:
    """Minutes to add to a month's grant so that it is the plan's; negative takes away, never what is used already.

    A plan that grows gives its difference at once. One that shrinks does so from the next month on (`may_lower`).
    """
    if plan >= granted:
        return plan - granted
    return -min(granted - plan, max(balance, 0)) if may_lower else 0
