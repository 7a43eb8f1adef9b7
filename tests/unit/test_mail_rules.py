"""Whose mail it is, which days cost, and how long a slip can be taken back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.mailroom.rules import matching, states, storage

GUEMES = matching.Known(1, frozenset({"logistica guemes lopez", "guemes"}), frozenset({"laura guemes", "ana"}))
NUNEZ = matching.Known(2, frozenset({"nunez y asociados"}), frozenset({"jose nunez", "laura guemes"}))
GRUPO_C = matching.Known(3, frozenset({"grupo c"}))
KNOWN = [GUEMES, NUNEZ, GRUPO_C]


@pytest.mark.parametrize(("text", "client_id"), [
    ("Logística Güemes López, S.C.", 1), ("LOGISTICA GUEMES LOPEZ SC", 1), ("Güemes", 1),
    ("Güemes, att. Laura Güemes", 1), ("José Núñez c/o Núñez y Asociados, S.A. de C.V.", 2), ("JOSE NUNEZ", 2),
    ("Güemes Transportes", None), ("Grupo A", None), ("Laura Güemes", None), ("Ana", None), ("Gue", None), ("", None),
    ("Güemes / Núñez y Asociados", None), ("\u202egüemes", 1), ("S.A. de C.V.", None),
])
def test_a_whole_name_or_nobody(text: str, client_id: int | None) -> None:
    assert matching.whose(text, KNOWN) == client_id


@given(st.text(max_size=300))
def test_whatever_stands_on_it_is_read(text: str) -> None:
    found = matching.whose(text, KNOWN)
    assert found in {None, 1, 2, 3}
    assert len(matching.parts(text)) <= matching.MOST_PARTS + 1
    matching.longest_words(text)


@pytest.mark.parametrize(("name", "is_named"), [
    ("JOSE NUNEZ", True), ("Núñez José", True), ("José", False), ("", False), ("José Núñez Pérez", False)])
def test_who_takes_it_is_named_by_the_whole_name(name: str, is_named: bool) -> None:
    assert matching.is_named(name, ["José Núñez", "Laura Güemes"]) is is_named


def test_a_tracking_number_is_the_same_however_it_is_typed() -> None:
    assert matching.tracking_key(" 1z 999-aa1 ") == matching.tracking_key("1Z999AA1") == "1Z999AA1"


DAY_1 = date(2026, 12, 1)


@pytest.mark.parametrize(("last", "free", "holds", "days"), [
    (1, 7, (), 0), (7, 7, (), 0), (8, 7, (), 1), (20, 7, (), 13), (1, 0, (), 1),
    (20, 7, ((5, 15),), 5), (20, 7, ((5, 9), (9, 10), (19, 25)), 8), (20, 7, ((1, 30),), 0),
])
def test_days_that_cost(last: int, free: int, holds: tuple[tuple[int, int], ...], days: int) -> None:
    spans = [(DAY_1.replace(day=begin), DAY_1.replace(day=end)) for begin, end in holds]
    assert storage.days_to_pay(DAY_1, DAY_1.replace(day=last), free, spans) == days


@given(st.integers(0, 60), st.integers(0, 30), st.integers(0, 60))
def test_what_is_charged_in_two_steps_is_what_is_charged_in_one(first: int, free: int, more: int) -> None:
    half = date.fromordinal(DAY_1.toordinal() + first)
    end = date.fromordinal(half.toordinal() + more)
    before = storage.days_to_pay(DAY_1, half, free)
    assert 0 <= before <= storage.days_to_pay(DAY_1, end, free) <= before + more


def test_reminders_follow_the_days_and_missed_ones_are_one() -> None:
    assert storage.first_reminder(DAY_1, [5, 2], 0) == date(2026, 12, 3)
    assert storage.first_reminder(DAY_1, [5, 2], 1) == date(2026, 12, 6)
    assert storage.first_reminder(DAY_1, [5, 2], 2) is None
    assert storage.reminders_by(DAY_1, date(2026, 12, 30), [2, 5]) == 2


def test_what_left_by_a_slip_comes_back_and_what_never_came_does_not() -> None:
    assert not any(states.may_become("undone", each) for each in states.HERE)
    for here in states.HERE:
        for gone in ("handed_over", "returned", "forwarded", "destroyed"):
            assert states.may_become(here, gone)
            assert states.may_become(gone, here)
            assert not any(states.may_become(gone, other) for other in states.GONE)
