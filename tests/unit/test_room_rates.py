"""What a room costs by the hour of the day: a booking across two prices is the sum of its parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice import money
from fastoffice.bookings.rules import pricing, rates, slots
from fastoffice.bookings.rules.pricing import Allowance
from fastoffice.bookings.rules.rates import EVERYBODY, Tariff

MEXICO, TIJUANA = "America/Mexico_City", "America/Tijuana"
NO_TAX = (0, 0, 0)
EVENING = Tariff(EVERYBODY, 45_000, "01234", 18 * 60, 22 * 60)
WEEKEND = Tariff(EVERYBODY, 20_000, "56")
NIGHT = Tariff(EVERYBODY, 60_000, "4", 22 * 60, 32 * 60)  # Friday from ten until eight on Saturday
VIRTUAL = ("plan", "oficina virtual")


def moments(start: str, end: str, zone: str = MEXICO) -> tuple[datetime, datetime]:
    return slots.to_utc(datetime.fromisoformat(start), zone), slots.to_utc(datetime.fromisoformat(end), zone)


def priced(span: tuple[datetime, datetime], *tariffs: Tariff, who: tuple[rates.Who, ...] = (), zone: str = MEXICO,
           left: int = 0) -> pricing.Price:
    """At 300.00 an hour otherwise."""
    found = rates.stretches(30_000, tariffs, who, *span, zone)
    return pricing.price(slots.real_minutes(*span), [Allowance(1, left)], found, NO_TAX)


def test_a_meeting_that_runs_into_the_evening_pays_each_hour_at_its_own_price() -> None:
    price = priced(moments("2026-12-03T17:15", "2026-12-03T19:00"), EVENING)
    assert [(line.minutes, line.rate, line.amount) for line in price.lines] == [(45, 30_000, 22_500), (60, 45_000, 45_000)]
    assert price.subtotal == 67_500


def test_saturday_is_cheaper_and_the_night_before_dearer() -> None:
    assert priced(moments("2026-12-05T10:00", "2026-12-05T12:00"), WEEKEND, EVENING).subtotal == 40_000
    price = priced(moments("2026-12-04T21:00", "2026-12-05T09:00"), EVENING, NIGHT)
    assert [(line.minutes, line.rate) for line in price.lines] == [(60, 45_000), (600, 60_000), (60, 30_000)]


def test_a_plan_pays_its_own_price_in_the_evening_too_unless_it_has_one_for_the_evening() -> None:
    its, late = Tariff(VIRTUAL, 25_000), Tariff(VIRTUAL, 35_000, "01234", 18 * 60, 22 * 60)
    span = moments("2026-12-03T17:00", "2026-12-03T19:00")
    assert priced(span, EVENING, its).subtotal == 75_000  # somebody else's plan
    assert priced(span, EVENING, its, who=(VIRTUAL,)).subtotal == 50_000
    assert priced(span, EVENING, its, late, who=(VIRTUAL,)).subtotal == 60_000


def test_included_hours_are_used_from_the_start() -> None:
    price = priced(moments("2026-12-03T17:00", "2026-12-03T19:00"), EVENING, left=90)
    assert [(line.minutes, line.rate) for line in price.lines] == [(30, 45_000)]
    assert priced(moments("2026-12-03T17:00", "2026-12-03T19:00"), EVENING, left=120).lines == ()


@pytest.mark.parametrize(("day", "minutes"), [("2026-11-01", 180), ("2026-03-08", 60)])
def test_a_night_with_a_clock_change_is_as_long_as_it_is(day: str, minutes: int) -> None:
    """In Tijuana from one to three that night there are three hours, or one."""
    small_hours = Tariff(EVERYBODY, 10_000, rates.WHOLE_WEEK, 60, 180)
    price = priced(moments(f"{day}T00:00", f"{day}T04:00", TIJUANA), small_hours, zone=TIJUANA)
    assert [(line.minutes, line.rate) for line in price.lines] == [(60, 30_000), (minutes, 10_000), (60, 30_000)]


def test_two_prices_for_the_same_people_at_one_hour_are_a_clash() -> None:
    sunday_night, monday = Tariff(EVERYBODY, 1, "6", 22 * 60, 32 * 60), Tariff(EVERYBODY, 2, "0", 7 * 60, 9 * 60)
    assert rates.clash([sunday_night, monday])
    assert rates.clash([EVENING, Tariff(EVERYBODY, 5, "3", 21 * 60, 23 * 60)])
    assert not rates.clash([EVENING, WEEKEND, Tariff(VIRTUAL, 5, "3", 21 * 60, 23 * 60)])


tariffs = st.builds(
    Tariff, st.sampled_from([EVERYBODY, VIRTUAL]), st.integers(0, 99_999), st.sampled_from(["0", "135", "56", "0123456"]),
    st.integers(0, 95).map(lambda quarter: quarter * 15), st.integers(1441, 2880))
around = st.integers(0, 4 * 365 * 24 * 60).map(lambda minute: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minute))


@given(st.lists(tariffs, max_size=4), around, st.integers(1, 40 * 60), st.integers(0, 3_000), st.sampled_from([15, 30, 7]),
       st.sampled_from([MEXICO, TIJUANA, "Europe/Madrid"]))
def test_the_parts_are_the_whole(rows, start, length, left, step, zone) -> None:
    """Whatever the prices and the clocks: every minute is covered or paid once, each line is rounded by itself."""
    end = start + timedelta(minutes=length)
    found = rates.stretches(30_000, rows, {VIRTUAL}, start, end, zone)
    assert (found[0].starts_at, found[-1].ends_at) == (start, end)
    assert all(one.ends_at == other.starts_at and one.rate != other.rate for one, other in pairwise(found))
    billed = pricing.billed_minutes(start, end, step)
    price = pricing.price(billed, [Allowance(1, left)], found, NO_TAX)
    assert sum(line.minutes for line in price.lines) + price.included == billed
    assert price.included == min(left, billed)
    assert price.subtotal == sum(line.amount for line in price.lines)
    assert all(line.amount == money.share(line.rate, line.minutes, 60) for line in price.lines)
    for line in price.lines:
        assert any(part.rate == line.rate and part.starts_at <= line.starts_at < part.ends_at + timedelta(minutes=step)
                   for part in found)


@given(st.lists(tariffs, max_size=4), around, st.integers(2, 20 * 60), st.data())
def test_a_booking_cut_in_two_costs_an_hour_the_same_at_each_moment(rows, start, length, data) -> None:
    cut = start + timedelta(minutes=data.draw(st.integers(1, length - 1)))
    end = start + timedelta(minutes=length)

    def minutes_by_rate(*spans: tuple[datetime, datetime]) -> dict[int, int]:
        found: dict[int, int] = {}
        for span in spans:
            for part in rates.stretches(30_000, rows, (), *span, TIJUANA):
                found[part.rate] = found.get(part.rate, 0) + slots.real_minutes(part.starts_at, part.ends_at)
        return found

    assert minutes_by_rate((start, end)) == minutes_by_rate((start, cut), (cut, end))
