"""Days as spreadsheets and people write them."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.contracts.roster.messages import BadValue
from fastoffice.contracts.roster.values import dates
from fastoffice.contracts.roster.values.dates import parse_date, parse_end

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
SPANISH = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 3, 7),
        datetime(2026, 3, 7, 13, 30),  # noqa: DTZ001 - a cell has no zone
        46088,
        46088.75,
        "46088",
        20260307,
        "20260307",
        "7/3/2026",
        "07/03/2026",
        "7-03-2026",
        "07.03.2026",
        "7/3/26",
        "2026-03-07",
        "2026/3/7",
        "2026-03-07 00:00:00",
        "2026-03-07T00:00:00Z",
        "07/03/2026 12:00:00 a. m.",
        " 07 / 03 / 2026 ",
        "7 de marzo de 2026",
        "7 DE MARZO DEL 2026",
        "sábado, 7 de marzo de 2026",
        "7-mar-2026",
        "07-mar.-26",
        "7 marzo 2026",
        "7 March 2026",
        "March 7, 2026",
        "Mar 7th, 2026",
    ],
)
def test_a_day_in_every_usual_way_is_the_same_day(cell: object) -> None:
    assert parse_date(cell) == date(2026, 3, 7)


def test_the_first_of_a_month_may_be_written_as_ordinal() -> None:
    assert parse_date("1º de enero de 2026") == parse_date("1ro de enero de 2026") == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("31/02/2026", dates.NO_SUCH_DAY),
        ("29/02/2027", dates.NO_SUCH_DAY),
        ("0/1/2026", dates.NO_SUCH_DAY),
        ("32/1/2026", dates.NO_SUCH_DAY),
        ("12/31/2026", dates.MONTH_FIRST),
        ("01/01/1899", dates.YEAR_OUT_OF_RANGE),
        ("01/01/2201", dates.YEAR_OUT_OF_RANGE),
        (date(1900, 1, 1), dates.YEAR_OUT_OF_RANGE),
        ("mañana", dates.NOT_A_DATE),
        ("=HOY()", dates.NOT_A_DATE),
        ("3 de brumario de 2026", dates.NOT_A_DATE),
        ("marzo 2026", dates.NOT_A_DATE),
        (12.0, dates.NOT_A_DATE),
        (8900.0, dates.NOT_A_DATE),
        (1e300, dates.NOT_A_DATE),
        (float("nan"), dates.NOT_A_DATE),
        (True, dates.NOT_A_DATE),
        (time(8, 0), dates.NOT_A_DATE),
        (timedelta(hours=3), dates.NOT_A_DATE),
        (None, dates.NOT_A_DATE),
    ],
)
def test_what_is_no_day_is_refused_with_its_reason(cell: object, reason: str) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_date(cell)
    assert refusal.value.message.msgid == reason


@pytest.mark.parametrize(
    "cell", [None, "", "-", "Indefinido", "INDETERMINADO", "sin vencimiento", "open-ended"]
)
def test_a_contract_may_have_no_end(cell: object) -> None:
    assert parse_end(cell) is None


def test_the_end_of_a_contract_reads_like_any_day() -> None:
    assert parse_end("7-03-2027") == date(2027, 3, 7)
    with pytest.raises(BadValue):
        parse_end("cuando se pueda")


@given(DAYS)
def test_every_day_reads_back_from_every_writing(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    writings = [
        day,
        f"{day:%d/%m/%Y}",
        f"{day.day}-{day.month}-{day.year}",
        day.isoformat(),
        serial,
        str(serial),
        f"{day.day} de {SPANISH[day.month - 1]} de {day.year}",
    ]
    assert {parse_date(writing) for writing in writings} == {day}


@given(
    st.one_of(
        st.text(max_size=30), st.floats(), st.integers(), st.text(alphabet="0123456789/-. marzo", max_size=14)
    )
)
def test_no_cell_gives_anything_but_a_day_in_range_or_a_reason(cell: object) -> None:
    with contextlib.suppress(BadValue):
        assert 1990 <= parse_date(cell).year <= 2100
