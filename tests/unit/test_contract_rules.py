"""The life of a contract as a table, and from which bill on a price counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.billing.rules.amounts import TaxRates
from fastoffice.billing.rules.drafts import LineTerms, Price, price_on
from fastoffice.billing.rules.periods import first_day, following, period_of
from fastoffice.contracts import rules
from fastoffice.contracts.checks import ContractData, LineData, check_contract
from fastoffice.contracts.errors import (
    AlreadySuspended,
    HasEnded,
    HasStarted,
    NotSuspended,
    NotWhile,
    WasWithdrawn,
)

TODAY = date(2026, 12, 10)
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@dataclass(frozen=True)
class Terms:
    state: str = "active"
    starts_on: date = date(2026, 1, 1)
    ends_on: date | None = None
    suspended_on: date | None = None


@pytest.mark.parametrize(("contract", "status"), [
    (Terms(), "active"),
    (Terms(starts_on=date(2026, 12, 11)), "upcoming"),
    (Terms(ends_on=TODAY), "active"),
    (Terms(ends_on=TODAY - timedelta(days=1)), "ended"),
    (Terms("suspended", suspended_on=TODAY), "suspended"),
    (Terms("suspended", suspended_on=TODAY + timedelta(days=1)), "active"),
    (Terms("suspended", ends_on=date(2026, 12, 1), suspended_on=date(2026, 11, 1)), "ended"),
    (Terms("ended"), "withdrawn"),
])
def test_the_status_is_what_the_days_say(contract: Terms, status: str) -> None:
    assert rules.status_on(contract, TODAY) == status


@pytest.mark.parametrize(("contract", "verb", "refusal"), [
    (Terms(suspended_on=TODAY, state="suspended"), "suspend", AlreadySuspended),
    (Terms(suspended_on=TODAY + timedelta(days=9), state="suspended"), "suspend", AlreadySuspended),
    (Terms(), "resume", NotSuspended),
    (Terms(ends_on=date(2026, 12, 1)), "end", HasEnded),
    (Terms(ends_on=date(2026, 12, 1)), "change", HasEnded),
    (Terms("ended"), "renew", WasWithdrawn),
    (Terms("ended"), "withdraw", WasWithdrawn),
])
def test_what_does_not_fit_is_refused_by_name(contract: Terms, verb: str, refusal: type[NotWhile]) -> None:
    with pytest.raises(refusal):
        rules.check_allowed(contract, verb, TODAY)


def test_a_billed_contract_is_ended_not_withdrawn() -> None:
    rules.check_allowed(Terms(), "withdraw", TODAY)
    with pytest.raises(HasStarted):
        rules.check_allowed(Terms(), "withdraw", TODAY, billed=True)


def test_a_suspension_that_is_still_to_come_can_be_taken_back() -> None:
    rules.check_allowed(Terms("suspended", suspended_on=TODAY + timedelta(days=9)), "resume", TODAY)


@given(DAYS, DAYS)
def test_a_price_counts_from_the_first_bill_that_the_drafting_rule_takes_it_for(starts_on: date, dated: date) -> None:
    """What the screen says is what is billed: the old price before that day, the new one from it on."""
    dated = max(dated, starts_on)
    old, new = Price(starts_on, 100, 100), Price(dated, 200, 200)
    line = LineTerms(1, "Oficina", TaxRates("IVA", 160_000, 0, 0), (old, new) if dated > starts_on else (new,))
    counts = rules.counts_from(dated, starts_on)
    period = period_of(starts_on)
    for _month in range(60):
        price = price_on(line, max(starts_on, first_day(period)))
        assert (price is new) == (max(starts_on, first_day(period)) >= counts)
        period = following(period)


@pytest.mark.parametrize(("dated", "counts"), [
    (date(2026, 12, 1), date(2026, 12, 1)),
    (date(2026, 12, 2), date(2027, 1, 1)),
    (date(2026, 12, 31), date(2027, 1, 1)),
    (date(2026, 3, 15), date(2026, 3, 15)),
])
def test_a_change_inside_a_month_counts_from_the_next(dated: date, counts: date) -> None:
    assert rules.counts_from(dated, date(2026, 3, 15)) == counts


def test_sixty_days_before_its_end_a_contract_ends_soon() -> None:
    assert rules.ends_soon(Terms(ends_on=TODAY + timedelta(days=60)), TODAY)
    assert not rules.ends_soon(Terms(ends_on=TODAY + timedelta(days=61)), TODAY)
    assert not rules.ends_soon(Terms(ends_on=TODAY - timedelta(days=1)), TODAY)


def test_there_is_no_price_before_the_first() -> None:
    prices = [SimpleNamespace(valid_from=date(2026, 2, 1)), SimpleNamespace(valid_from=date(2026, 5, 1))]
    assert rules.price_on(prices, date(2026, 1, 31)) is None
    assert rules.price_on(prices, date(2026, 4, 30)) is prices[0]
    assert rules.price_on(prices, date(2026, 5, 1)) is prices[1]


def test_a_contract_says_everything_that_is_wrong_with_it_at_once() -> None:
    lines = (LineData("Oficina", 350_000, 300_000), LineData(" ", 1, 1, 99))
    data = ContractData(date(2026, 5, 1), lines, ends_on=date(2026, 4, 30), channels=("fax",), deposit=-1)
    _data, errors = check_contract(data, [1, 2])
    assert set(errors) == {"list_price-0", "description-1", "tax_profile_id-1", "ends_on", "channels", "deposit"}


def test_a_contract_without_services_is_refused() -> None:
    assert "lines" in check_contract(ContractData(date(2026, 5, 1), ()), [1])[1]
