"""On which day a kept card is charged by itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.payments.rules import autopay

ISSUED, DUE = date(2026, 12, 1), date(2026, 12, 5)


@pytest.mark.parametrize(("on_day", "charged"), [(0, 1), (1, 1), (3, 3), (5, 5), (20, 5), (99, 5)])
def test_the_chosen_day_but_never_after_the_price_has_ended(on_day, charged) -> None:
    assert autopay.charge_day(on_day, ISSUED, DUE, is_prompt=True) == date(2026, 12, charged)


def test_a_document_issued_after_the_chosen_day_is_charged_when_it_is_issued() -> None:
    assert autopay.charge_day(3, date(2026, 12, 18), date(2026, 12, 20), is_prompt=True) == date(2026, 12, 18)


def test_the_list_price_waits_for_its_own_due_date() -> None:
    assert autopay.charge_day(0, date(2026, 12, 6), date(2026, 12, 10), is_prompt=False) == date(2026, 12, 10)


@given(st.sampled_from(autopay.DAYS), st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(0, 40))
def test_it_is_never_before_the_document_nor_after_it_is_due(on_day, issued, days) -> None:
    due = issued + timedelta(days=days)
    assert issued <= autopay.charge_day(on_day, issued, due, is_prompt=True) <= due


@given(st.dates(ISSUED, DUE), st.lists(st.dates(ISSUED, DUE), unique=True))
def test_once_a_day_and_three_times_in_all(today, tries) -> None:
    allowed = autopay.may_try(ISSUED, today, tries)
    assert allowed is (today not in tries and len(tries) < 3)
    assert not autopay.may_try(DUE + timedelta(days=1), today, [])


@pytest.mark.parametrize(("holds", "day"), [
    ([], 4), ([("dispute", 9)], 9), ([("promise", 20), ("extension", 9)], 20), ([("extension", 2)], 4),
    ([("review", 9)], None), ([("in_flight", None)], None), ([("dispute", None)], None),
    ([("dispute", 9), ("in_flight", None)], None)])
def test_holds_are_respected_to_their_last_day_and_money_under_way_altogether(holds, day) -> None:
    found = autopay.put_off(date(2026, 12, 4), [(kind, last and date(2026, 12, last)) for kind, last in holds])
    assert found == (day and date(2026, 12, day))
