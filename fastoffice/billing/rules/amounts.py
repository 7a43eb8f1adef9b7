"""A line's figures at both prices. Tax is rounded per line, half up; totals are sums of rounded lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fastoffice import money


@dataclass(frozen=True, slots=True)
class TaxRates:
    """Parts per million; `vat` None is exempt (no tax, and the document says so)."""

    name: str
    vat: int | None
    isr_withheld: int = 0
    vat_withheld: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Minor units; total = subtotal + tax − withheld."""

    subtotal: int
    tax: int
    withheld: int

    @property
    def total(self) -> int:
        return self.subtotal + self.tax - self.withheld


def figures(subtotal: int, rates: TaxRates) -> Figures:
    """Tax and withholdings of one line's subtotal, each rounded by itself."""
    tax = money.rate_of(subtotal, rates.vat or 0)
    withheld = money.rate_of(subtotal, rates.isr_withheld) + money.rate_of(subtotal, rates.vat_withheld)
    return Figures(subtotal, tax, withheld)


def line_subtotal(unit: int, quantity_milli: int, days: tuple[int, int] | None = None) -> int:
    """unit × quantity (thousandths), pro-rated by (days billed, days in month), rounded once."""
    numerator, denominator = days or (1, 1)
    return money.share(unit, quantity_milli * numerator, 1000 * denominator)


def sum_figures(lines: Iterable[Figures]) -> Figures:
    """Totals of a document."""
    subtotal = tax = withheld = 0
    for line in lines:
        subtotal, tax, withheld = subtotal + line.subtotal, tax + line.tax, withheld + line.withheld
    return Figures(subtotal, tax, withheld)
