"""When the prompt price ends, and when the deadline acts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice import clock
from fastoffice.billing.rules.deadline import Hold, Window, acts_at, list_due_on, prompt_due_on

CHRISTMAS = date(2026, 12, 25)


def no_day(_day: date) -> bool:
    return False


def working(day: date) -> bool:
    return day.weekday() < 5


def due(issued_on: date, period: str = "2026-12", is_holiday=no_day, **numbers: object) -> date:
    return prompt_due_on(period, issued_on, Window(**numbers), is_holiday, working)  # type: ignore[arg-type]


@pytest.mark.parametrize(("issued", "last"), [
    (date(2026, 11, 21), date(2026, 12, 5)),  # issued before its month
    (date(2026, 12, 1), date(2026, 12, 5)),
    (date(2026, 12, 3), date(2026, 12, 5)),  # three days, the day of issue among them
    (date(2026, 12, 4), date(2026, 12, 6)),  # a late issue still gives its three days
    (date(2026, 12, 15), date(2026, 12, 17)),  # first invoice of a contract that starts mid-month
    (date(2026, 12, 31), date(2027, 1, 2)),  # over the year's end
])
def test_the_window_is_the_later_of_day_five_and_three_days_from_issue(issued: date, last: date) -> None:
    assert due(issued) == last


def test_business_days_skip_the_weekend() -> None:
    assert due(date(2026, 12, 1), business_days=True) == date(2026, 12, 7)


def test_a_last_day_that_is_a_holiday_is_extended_only_where_the_branch_says_so() -> None:
    def christmas(day: date) -> bool:
        return day == CHRISTMAS

    assert due(date(2026, 12, 23), is_holiday=christmas) == CHRISTMAS
    assert due(date(2026, 12, 23), is_holiday=christmas, extend_on_holiday=True) == date(2026, 12, 26)


def test_a_replacement_is_due_list_days_after_it_took_effect() -> None:
    assert list_due_on(date(2026, 12, 6), date(2026, 12, 6), Window(), no_day) == date(2026, 12, 11)


def test_a_replacement_made_after_a_long_time_down_still_gives_a_real_window() -> None:
    assert list_due_on(date(2026, 12, 6), date(2027, 1, 9), Window(), no_day) == date(2027, 1, 11)


@given(issued=st.dates(date(2020, 1, 1), date(2035, 12, 31)), prompt=st.integers(1, 28), minimum=st.integers(1, 28))
def test_every_client_gets_the_minimum_window(issued: date, prompt: int, minimum: int) -> None:
    last = due(issued, f"{issued:%Y-%m}", prompt_days=prompt, minimum_days=minimum)
    assert last >= issued + timedelta(days=minimum - 1)
    assert last >= issued.replace(day=prompt)
    assert last == issued + timedelta(days=minimum - 1) or last == issued.replace(day=prompt)


@pytest.mark.parametrize("zone", ["America/Mexico_City", "America/Tijuana", "America/Cancun", "Europe/Madrid",
                                  "Europe/Bucharest"])
def test_at_half_past_eleven_at_night_the_deadline_has_not_passed_anywhere(zone: str) -> None:
    last = due(date(2026, 12, 1))
    end = clock.end_of_day(last, zone)
    night = clock.parse_moment("2026-12-05T23:30", zone)
    assert night < end <= night + timedelta(minutes=30)
    assert clock.local(end, zone).isoformat()[:16] == "2026-12-06T00:00"


CLOSES = datetime(2026, 12, 6, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_without_a_hold_it_acts_when_the_window_closes() -> None:
    assert acts_at(CLOSES, None, []) == CLOSES


def test_a_hold_in_force_puts_it_off_to_its_end() -> None:
    assert acts_at(CLOSES, None, [Hold(CLOSES - HOUR, CLOSES + 48 * HOUR)]) == CLOSES + 48 * HOUR


def test_a_hold_without_end_keeps_it_away() -> None:
    assert acts_at(CLOSES, None, [Hold(CLOSES - HOUR, None)]) is None


def test_a_hold_that_ended_before_or_came_later_does_not_matter() -> None:
    assert acts_at(CLOSES, None, [Hold(CLOSES - 9 * HOUR, CLOSES - HOUR), Hold(CLOSES + HOUR, None)]) == CLOSES


def test_holds_that_touch_follow_each_other() -> None:
    chain = [Hold(CLOSES + 2 * HOUR, CLOSES + 9 * HOUR), Hold(CLOSES - HOUR, CLOSES + 2 * HOUR)]
    assert acts_at(CLOSES, None, chain) == CLOSES + 9 * HOUR


def test_a_payment_taken_back_after_the_window_makes_it_act_then() -> None:
    assert acts_at(CLOSES, CLOSES + 240 * HOUR, []) == CLOSES + 240 * HOUR


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 50))))
def test_it_never_acts_early_nor_inside_a_hold(spans: list[tuple[int, int]]) -> None:
    holds = [Hold(CLOSES + since * HOUR, CLOSES + (since + length) * HOUR) for since, length in spans]
    moment = acts_at(CLOSES, None, holds)
    assert moment is not None
    assert moment >= CLOSES
    assert not any(hold.since <= moment < hold.until for hold in holds if hold.until)
