"""When a hosted page ends, which vouchers can be given, which day counts, and what becomes of an attempt."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice import clock
from fastoffice.payments.rules import online

MEXICO = ZoneInfo("America/Mexico_City")
DEADLINE = datetime(2026, 12, 6, tzinfo=MEXICO)  # the end of day 5
MINUTES = 5 * 24 * 60
MOMENTS = st.integers(0, MINUTES - 1).map(lambda n: datetime(2026, 12, 1, tzinfo=MEXICO) + timedelta(minutes=n))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=MEXICO)


def test_a_page_ends_with_the_price_it_promises() -> None:
    assert online.session_end(at(5, 23, 10), DEADLINE) == DEADLINE
    assert online.session_end(at(3, 10), DEADLINE) == at(3, 11)
    assert online.session_end(at(8, 10), None) == at(8, 11)


@given(MOMENTS)
def test_no_page_is_shorter_than_the_processor_lets_it_be_nor_longer_than_its_price_where_that_is_possible(now) -> None:
    end = online.session_end(now, DEADLINE)
    assert end - now >= online.SHORTEST_SESSION
    assert end <= max(DEADLINE, now + online.SHORTEST_SESSION)


@given(MOMENTS, st.sampled_from(["America/Mexico_City", "America/Tijuana", "America/Cancun", "Europe/Bucharest"]))
def test_a_voucher_ends_before_its_price_in_every_zone(now, zone) -> None:
    promised = clock.end_of_day(date(2026, 12, 5), zone)
    days = online.voucher_days(now, promised)
    assert 0 <= days <= online.OXXO_DAYS
    if days:
        last = clock.local_date(now, online.OXXO_ZONE) + timedelta(days=days)
        assert clock.end_of_day(last, online.OXXO_ZONE) <= promised


def test_on_the_last_day_no_voucher_is_given() -> None:
    assert online.voucher_days(at(5, 0, 1), DEADLINE) == 0
    assert online.voucher_days(at(4, 23), DEADLINE) == 1
    assert online.voucher_days(at(4, 23, 1), DEADLINE) == 0, "its page may still be open on the last day"
    assert online.voucher_days(at(1, 9), DEADLINE) == 3
    assert online.voucher_days(at(20, 9), None) == 3


def test_in_cancun_a_voucher_of_the_capital_would_end_an_hour_late() -> None:
    assert online.voucher_days(at(4, 12), clock.end_of_day(date(2026, 12, 5), "America/Cancun")) == 0


@pytest.mark.parametrize(("amount", "currency", "taken"), [
    (9_99, "MXN", False), (10_00, "MXN", True), (10_000_00, "MXN", True), (10_000_01, "MXN", False),
    (500_00, "USD", False)])
def test_the_shops_take_pesos_from_ten_to_ten_thousand(amount, currency, taken) -> None:
    assert online.oxxo_takes(amount, currency) is taken


def test_a_voucher_confirmed_on_day_seven_was_paid_while_it_was_valid() -> None:
    assert online.value_date("oxxo", at(7, 9), DEADLINE, "America/Mexico_City") == date(2026, 12, 5)
    assert online.value_date("oxxo", at(4, 9), DEADLINE, "America/Mexico_City") == date(2026, 12, 4)


def test_a_card_charged_five_minutes_after_midnight_was_late() -> None:
    assert online.value_date("card", at(6, 0, 5), DEADLINE, "America/Mexico_City") == date(2026, 12, 6)
    assert online.value_date("card", at(6, 0, 5).astimezone(UTC), DEADLINE, "America/Tijuana") == date(2026, 12, 5)


@pytest.mark.parametrize(("page", "payment", "state"), [
    ("open", None, "open"), ("open", "requires_payment_method", "open"), ("complete", "succeeded", "paid"),
    ("complete", "requires_action", "processing"), ("complete", "processing", "processing"),
    ("complete", "canceled", "failed"), ("complete", "requires_payment_method", "failed"),
    ("expired", None, "expired"), ("expired", "canceled", "expired"), ("expired", "succeeded", "paid")])
def test_what_the_processor_says_of_page_and_payment_is_one_state(page, payment, state) -> None:
    assert online.outcome(page, payment) == state


@given(st.lists(st.sampled_from(list(online.TRANSITIONS)), max_size=8))
def test_money_always_counts_and_nothing_comes_after_it(wanted) -> None:
    state = "created"
    for target in wanted:
        if online.may_become(state, target):
            assert state != "paid"
            state = target
    assert state == "paid" or online.may_become(state, "paid")
