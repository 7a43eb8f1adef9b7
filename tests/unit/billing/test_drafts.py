"""What a contract owes for a month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.billing.rules.amounts import TaxRates
from fastoffice.billing.rules.drafts import ChargeTerms, ContractTerms, LineTerms, NoPrice, Price, basis_of, plan_draft
from fastoffice.billing.rules.periods import billed_days, first_day, following, last_day, period_of, previous

IVA = TaxRates("IVA 16 %", 160_000)
OFFICE = LineTerms(1, "Oficina privada", IVA, (Price(date(2026, 1, 1), 890_000, 1_065_000),))
CONTRACT = ContractTerms(7, 3, date(2026, 1, 1), None, None, (OFFICE,))
SAME = {1: (890_000, 1_065_000)}


def plan(terms: ContractTerms = CONTRACT, period: str = "2026-12", before: dict[int, tuple[int, int]] | None = SAME):
    return plan_draft(terms, period, before)


def test_a_whole_month_is_the_price_and_its_tax_at_both_prices() -> None:
    found = plan()
    assert (found.now.subtotal, found.now.tax, found.now.total) == (890_000, 142_400, 1_032_400)
    assert found.at_list.total == 1_235_400
    assert found.changes == ()


@pytest.mark.parametrize(("starts", "ends", "days"), [
    (date(2026, 12, 3), None, 29), (date(2026, 12, 31), None, 1), (date(2026, 1, 1), date(2026, 12, 10), 10),
    (date(2026, 12, 10), date(2026, 12, 10), 1),
])
def test_a_month_begun_or_ended_inside_is_prorated_with_the_last_day_inclusive(starts, ends, days) -> None:
    found = plan(replace(CONTRACT, starts_on=starts, ends_on=ends))
    assert found.lines[0].days == (days, 31)
    assert found.now.subtotal == (890_000 * days * 2 + 31) // 62


@pytest.mark.parametrize(("period", "starts", "days"), [
    ("2026-01", date(2026, 1, 29), (3, 31)), ("2026-02", date(2026, 1, 31), (28, 28)), ("2028-02", date(2028, 1, 30), (29, 29)),
    ("2028-02", date(2028, 2, 29), (1, 29)), ("2026-04", date(2026, 3, 31), (30, 30)),
])
def test_contracts_of_the_last_days_of_a_month_owe_whole_short_months(period, starts, days) -> None:
    assert billed_days(period, starts, None) == days
    line = plan(replace(CONTRACT, starts_on=starts), period).lines[0]
    assert line.days == (None if days[0] == days[1] else days)


def test_suspended_on_day_two_owes_one_day() -> None:
    assert plan(replace(CONTRACT, suspended_on=date(2026, 12, 2))).lines[0].days == (1, 31)


@pytest.mark.parametrize("change", [
    {"ends_on": date(2026, 11, 30)}, {"starts_on": date(2027, 1, 1)}, {"suspended_on": date(2026, 12, 1)},
])
def test_a_contract_that_is_not_in_force_owes_nothing(change) -> None:
    assert plan(replace(CONTRACT, **change)) is None


def test_a_branch_that_does_not_prorate_bills_the_whole_month() -> None:
    assert plan(replace(CONTRACT, starts_on=date(2026, 12, 20), prorate=False)).now.subtotal == 890_000


def test_the_price_of_the_first_billed_day_counts_and_the_change_is_told() -> None:
    dearer = replace(OFFICE, prices=(*OFFICE.prices, Price(date(2026, 12, 1), 950_000, 1_130_000),
                                     Price(date(2026, 12, 15), 990_000, 1_200_000)))
    found = plan(replace(CONTRACT, lines=(dearer,)))
    assert found.lines[0].prompt_unit == 950_000
    assert found.changes == ({"kind": "price", "line": "Oficina privada", "from": 890_000, "to": 950_000},)


def test_only_the_list_price_changed() -> None:
    assert plan(before={1: (890_000, 1_000_000)}).changes[0]["kind"] == "list_price"


def test_a_line_without_a_price_is_a_named_fault() -> None:
    with pytest.raises(NoPrice):
        plan(replace(CONTRACT, lines=(replace(OFFICE, prices=()),)))


def test_new_contract_new_line_gone_line_and_charge_are_told() -> None:
    assert plan(before=None).changes[0] == {"kind": "new_contract"}
    assert plan(before={}).changes[0]["kind"] == "line_new"
    assert {"kind": "line_gone", "from": 500} in plan(before={**SAME, 9: (500, 600)}).changes
    charged = replace(CONTRACT, charges=(ChargeTerms(5, "2 h de sala", 35_000, 2_000, IVA),))
    found = plan(charged)
    assert found.changes == ({"kind": "charge", "line": "2 h de sala", "to": 70_000},)
    assert found.now.subtotal == 960_000
    assert found.at_list.subtotal == 1_135_000


def test_the_basis_changes_with_the_terms_and_not_with_the_charges() -> None:
    basis = basis_of(CONTRACT, "2026-12")
    assert basis_of(replace(CONTRACT, charges=(ChargeTerms(5, "Sala", 1, 1000, IVA),)), "2026-12") == basis
    assert basis_of(replace(CONTRACT, ends_on=date(2026, 12, 9)), "2026-12") != basis
    assert basis_of(replace(CONTRACT, ends_on=date(2027, 12, 9)), "2026-12") == basis


@given(st.dates(date(2019, 1, 1), date(2035, 1, 1)), st.integers(0, 900))
def test_a_contract_is_billed_for_each_of_its_days_once(starts: date, length: int) -> None:
    ends = starts + timedelta(days=length)
    total, period = 0, previous(period_of(starts))
    while period <= following(period_of(ends)):
        days, in_month = billed_days(period, starts, ends)
        assert 0 <= days <= in_month == last_day(period).day
        total, period = total + days, following(period)
    assert total == length + 1


@given(st.dates(date(2019, 1, 1), date(2035, 12, 31)))
def test_periods_follow_each_other_whatever_the_day_of_the_run(day: date) -> None:
    period = period_of(day)
    assert previous(following(period)) == period
    assert first_day(period) <= day <= last_day(period)
