"""Money is exact: tax per line, half up; totals are sums of rounded lines."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice import money
from fastoffice.billing.rules.allocation import oldest_first, on_time_sum
from fastoffice.billing.rules.amounts import TaxRates, figures, line_subtotal, sum_figures
from fastoffice.billing.rules.states import TRANSITIONS, may_become

AMOUNTS = st.integers(-10**11, 10**11)


@given(AMOUNTS, st.integers(0, 1_000_000))
def test_a_rate_is_rounded_half_up_away_from_zero(amount: int, ppm: int) -> None:
    exact = Decimal(amount) * ppm / 1_000_000
    assert money.rate_of(amount, ppm) == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@pytest.mark.parametrize(("ppm", "words"), [
    (160_000, "16 %"), (100_000, "10 %"), (0, "0 %"), (106_667, "10.6667 %"), (12_500, "1.25 %"), (1_000_000, "100 %")])
def test_a_rate_is_read_in_percent_with_all_its_digits(ppm: int, words: str) -> None:
    assert money.percent(ppm) == words


@pytest.mark.parametrize(("rates", "subtotal", "expected"), [
    (TaxRates("IVA 16 %", 160_000), 890_000, (142_400, 0)),
    (TaxRates("frontera", 80_000), 890_000, (71_200, 0)),
    (TaxRates("cero", 0), 890_000, (0, 0)),
    (TaxRates("exento", None), 890_000, (0, 0)),
    (TaxRates("honorarios", 160_000, 100_000, 106_667), 100_000, (16_000, 20_667)),
    (TaxRates("RESICO", 160_000, 12_500), 100_000, (16_000, 1_250)),
    (TaxRates("IVA 16 %", 160_000), 3, (0, 0)),
    (TaxRates("IVA 16 %", 160_000), 4, (1, 0)),
])
def test_the_tax_profiles(rates: TaxRates, subtotal: int, expected: tuple[int, int]) -> None:
    found = figures(subtotal, rates)
    assert (found.tax, found.withheld) == expected
    assert found.total == subtotal + expected[0] - expected[1]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_a_total_is_the_sum_of_its_rounded_lines(subtotals: list[int]) -> None:
    lines = [figures(subtotal, TaxRates("IVA", 160_000)) for subtotal in subtotals]
    total = sum_figures(lines)
    assert total.total == sum(line.total for line in lines)
    assert total.tax == sum(money.rate_of(subtotal, 160_000) for subtotal in subtotals)


@given(st.integers(0, 10**9), st.integers(1, 31))
def test_prorated_parts_of_a_month_never_exceed_it_by_more_than_rounding(price: int, cut: int) -> None:
    first, rest = line_subtotal(price, 1000, (cut, 31)), line_subtotal(price, 1000, (31 - cut, 31))
    assert abs(first + rest - price) <= 1


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), max_size=20))
def test_money_never_pays_more_than_there_is_or_is_owed(amount: int, balances: list[int]) -> None:
    parts = oldest_first(amount, list(enumerate(balances)))
    assert sum(part for _key, part in parts) == min(amount, sum(balances))
    assert all(0 < part <= balances[key] for key, part in parts)


def test_only_money_of_the_window_counts_as_on_time() -> None:
    from datetime import date

    parts = [(100, date(2026, 12, 4)), (50, date(2026, 12, 5)), (7, date(2026, 12, 6))]
    assert on_time_sum(parts, date(2026, 12, 5)) == 150


@pytest.mark.parametrize(("typed", "minor"), [
    ("10324", 1_032_400), ("$10,324.00", 1_032_400), (" $ 1,450.5 MXN", 145_050), ("-3.10", -310), ("0", 0)])
def test_amounts_as_people_type_them(typed: str, minor: int) -> None:
    assert money.parse_amount(typed) == minor


@pytest.mark.parametrize("typed", ["", "abc", "1.234", "1,23", "10,32.00", "1e5", "--1", "99999999999999"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(money.AmountError):
        money.parse_amount(typed)


@given(AMOUNTS)
def test_what_is_shown_can_be_typed_back(amount: int) -> None:
    assert money.parse_amount(money.plain(amount)) == amount
    assert money.parse_amount(money.display(amount)) == amount


def test_a_cancelled_document_stays_cancelled() -> None:
    assert not any(may_become("cancelled", target) for target in TRANSITIONS)
    assert may_become("paid", "issued")
