"""What people write where a price should stand."""

from __future__ import annotations

import contextlib
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.contracts.roster.messages import BadValue
from fastoffice.contracts.roster.values import amounts
from fastoffice.contracts.roster.values.amounts import MAX_MINOR, parse_minutes, parse_money

MINOR = st.integers(min_value=0, max_value=MAX_MINOR)


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        (8900.0, 890000),
        (8900, 890000),
        (0.0, 0),
        (8460.1, 846010),
        (0.1 + 0.2, 30),
        (1e3, 100000),
        ("8900", 890000),
        ("$8,900.00", 890000),
        ("$ 1,450.00 MXN", 145000),
        ("$ 930.00 MXN", 93000),
        ("MXN 930", 93000),
        ("930 M.N.", 93000),
        ("1,450 pesos", 145000),
        ("1,450.5", 145050),
        ("8,900", 890000),
        ("1'234,567.50", 123456750),
        ("1’234’567", 123456700),
        ("8 900.00", 890000),
        ("8\u00a0900.00", 890000),
        ("8.900,00", 890000),
        ("8.900,5", 890050),
        ("8900,50", 890050),
        ("1.234.567", 123456700),
        ("1.234.567,89", 123456789),
        ("8900.000", 890000),
        ("0.500", 50),
        ("  $\u200b8,900.00 ", 890000),
        ("$8,900.00 + IVA", 890000),
        ("8,900 más IVA", 890000),
        ("$8,900.00 mensuales", 890000),
        ("$8,900.00/mes", 890000),
        ("８９００", 890000),
    ],
)
def test_amounts_in_every_usual_way_are_read_to_the_cent(cell: object, minor: int) -> None:
    assert parse_money(cell) == minor


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("8.900", amounts.AMBIGUOUS_AMOUNT),
        ("10.123", amounts.AMBIGUOUS_AMOUNT),
        ("8900.505", amounts.FRACTION_OF_CENT),
        ("0.005", amounts.FRACTION_OF_CENT),
        (12.345, amounts.FRACTION_OF_CENT),
        (-8900.0, amounts.NEGATIVE_AMOUNT),
        ("-8,900.00", amounts.NEGATIVE_AMOUNT),
        ("$-8,900.00", amounts.NEGATIVE_AMOUNT),
        ("−8900", amounts.NEGATIVE_AMOUNT),
        ("(8,900.00)", amounts.NEGATIVE_AMOUNT),
        ("8,900.00-", amounts.NEGATIVE_AMOUNT),
        (1e12, amounts.AMOUNT_TOO_LARGE),
        ("9999999999.00", amounts.AMOUNT_TOO_LARGE),
        ("9" * 40, amounts.AMOUNT_TOO_LARGE),
        ("100 USD", amounts.OTHER_CURRENCY),
        ("€ 100", amounts.OTHER_CURRENCY),
        ("100 dólares", amounts.OTHER_CURRENCY),
        ("$10,324.00 IVA incluido", amounts.TAX_INCLUDED),
        ("10,324 con IVA", amounts.TAX_INCLUDED),
        ("=1+2", amounts.NOT_AN_AMOUNT),
        ("+8900", amounts.NOT_AN_AMOUNT),
        ("@8900", amounts.NOT_AN_AMOUNT),
        ("8,90,0", amounts.NOT_AN_AMOUNT),
        ("1234,567", amounts.NOT_AN_AMOUNT),
        ("8,900.000.0", amounts.NOT_AN_AMOUNT),
        ("ocho mil", amounts.NOT_AN_AMOUNT),
        ("$", amounts.NOT_AN_AMOUNT),
        ("1e5", amounts.NOT_AN_AMOUNT),
        ("NaN", amounts.NOT_AN_AMOUNT),
        ("٨٩٠٠", amounts.NOT_AN_AMOUNT),
        (float("nan"), amounts.NOT_AN_AMOUNT),
        (float("inf"), amounts.NOT_AN_AMOUNT),
        (True, amounts.NOT_AN_AMOUNT),
        (date(2026, 1, 1), amounts.NOT_AN_AMOUNT),
    ],
)
def test_what_is_no_clear_amount_is_refused_with_its_reason(cell: object, reason: str) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_money(cell)
    assert refusal.value.message.msgid == reason


def test_a_branch_in_euros_reads_euros_and_refuses_pesos() -> None:
    assert parse_money("1.450,00 €", "EUR") == 145000
    with pytest.raises(BadValue):
        parse_money("1,450.00 MXN", "EUR")


@given(MINOR)
def test_a_number_from_a_spreadsheet_keeps_every_cent(minor: int) -> None:
    assert parse_money(float(Decimal(minor) / 100)) == minor


@given(
    MINOR,
    st.sampled_from(["${:,}.{:02d}", "$ {:,}.{:02d} MXN", "{:,}.{:02d}", "{}.{:02d}", "MXN {:,}.{:02d}"]),
)
def test_an_amount_in_mexican_writing_reads_back(minor: int, form: str) -> None:
    assert parse_money(form.format(minor // 100, minor % 100)) == minor


@given(MINOR)
def test_an_amount_in_european_writing_reads_back(minor: int) -> None:
    text = f"{minor // 100:,}".replace(",", ".") + f",{minor % 100:02d}"
    assert parse_money(text) == minor


@given(
    st.one_of(
        st.text(max_size=30), st.floats(), st.integers(), st.text(alphabet="0123456789.,'$ -()", max_size=14)
    )
)
def test_no_cell_gives_anything_but_an_amount_in_range_or_a_reason(cell: object) -> None:
    with contextlib.suppress(BadValue):
        minor = parse_money(cell)
        assert type(minor) is int
        assert 0 <= minor <= MAX_MINOR


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        (8.0, 480),
        (0.0, 0),
        (2.5, 150),
        (0.1, 6),
        (3, 180),
        ("8", 480),
        ("8 hrs", 480),
        ("8 horas", 480),
        ("2,5", 150),
        ("2:30", 150),
        ("1h30", 90),
        ("1 h 30 min", 90),
        ("90 min", 90),
        ("4 horas al mes", 240),
        ("4 hrs.", 240),
        (time(8, 0), 480),
        (timedelta(hours=30), 1800),
    ],
)
def test_hours_of_meeting_room_become_minutes(cell: object, minutes: int) -> None:
    assert parse_minutes(cell) == minutes


@pytest.mark.parametrize(
    "cell", [-1.0, "ocho", 1000.0, 0.01, "2:75", True, None, date(2026, 1, 1), float("nan"), "=8", "٨"]
)
def test_hours_that_are_none_are_refused(cell: object) -> None:
    with pytest.raises(BadValue):
        parse_minutes(cell)
