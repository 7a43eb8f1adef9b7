"""What a booking costs: minutes billed, minutes that contracts cover, the price of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastoffice import money
from fastoffice.bookings.rules.rates import Stretch

HOUR = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """Minutes that a contract has left in the booking's month; `beyond` were granted over a plan that shrank since,
    because they were used: who gives minutes back does not get those again.
    """

    contract_id: int
    left: int
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """Minutes to pay at one price per hour, from `starts_at` on (UTC); `amount` in minor units, rounded by itself."""

    starts_at: datetime
    minutes: int
    rate: int
    amount: int


@dataclass(frozen=True, slots=True)
class Price:
    """`minutes` billed, of which each contract covers some of (contract id, minutes); money in minor units.

    `lines`: what is left to pay, in order; `rate` is the price per hour with which it begins.
    """

    minutes: int
    covered: tuple[tuple[int, int], ...]
    lines: tuple[Line, ...]
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


def price(
    minutes: int, allowances: Sequence[Allowance], stretches: Sequence[Stretch], taxes: tuple[int, int, int]
) -> Price:
    """Price of `minutes` from the first stretch's start on, at what an hour costs when, beyond what contracts cover.

    Included hours are used from the start of the booking. `taxes`: VAT, ISR withheld, VAT withheld in parts per
    million, each rounded by itself as on the invoice.
    """
    covered = cover(minutes, allowances)
    lines = _lines(minutes, sum(share for _contract, share in covered), stretches)
    subtotal = sum(line.amount for line in lines)
    vat, isr, withheld = (money.rate_of(subtotal, ppm) for ppm in taxes)
    return Price(minutes, covered, lines, stretches[0].rate, subtotal, vat - isr - withheld)


def _lines(minutes: int, included: int, stretches: Sequence[Stretch]) -> tuple[Line, ...]:
    """What each stretch costs after the first `included` minutes; what billing rounds up belongs to the last one."""
    lines: list[Line] = []
    begin = 0
    for place, stretch in enumerate(stretches):
        real = int((stretch.ends_at - stretch.starts_at).total_seconds()) // 60
        end = minutes if place == len(stretches) - 1 else min(begin + real, minutes)
        free = min(max(included - begin, 0), end - begin)
        if end - begin > free:
            rest = end - begin - free
            lines.append(Line(stretch.starts_at + timedelta(minutes=free), rest, stretch.rate,
                              money.share(stretch.rate, rest, HOUR)))
        begin = end
    return tuple(lines)


def grant_missing(plan: int, granted: int, balance: int) -> int:
    """Minutes to add to a month's grant so that it is the plan's; negative takes away, never what is used already."""
    return plan - granted if plan >= granted else -min(granted - plan, max(balance, 0))
