"""Whom a visitor means: whole names without accents, and never a list."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.visitors.rules import invitations, retention, visits
from fastoffice.visitors.rules.matching import Host, Person, is_blocked, match, words_of

LONG = "María Fernanda Guadalupe de los Ángeles Hernández-Echeverría y Ñ"
HOSTS = [
    Host(1, ("Güemes", "Logística Güemes López, S.C."), (Person(10, "Laura Güemes Ñuño"), Person(11, "Juan Pérez"))),
    Host(2, ("Ñandú Diseño, S.A. de C.V.",), (Person(20, "Juan Pérez"), Person(21, "Madonna"), Person(22, LONG))),
    Host(3, ("IBM de México, S. de R.L.",), (Person(30, "José Núñez"), Person(31, "José Núñez"))),
]


def found(text: str, company: str = "") -> tuple[str, int | None, int | None]:
    answer = match(text, company, HOSTS)
    return answer.state, answer.client_id, answer.contact_id


@pytest.mark.parametrize(("text", "who"), [
    ("guemes", (1, None)), ("LOGÍSTICA GUEMES LOPEZ SC", (1, None)), ("logistica lopez", (1, None)),
    ("nandu diseno", (2, None)), ("ibm mexico", (3, None)), ("laura guemes", (1, 10)), ("Güemes Ñuño Laura", (1, 10)),
    ("madonna", (2, 21)), (LONG.upper(), (2, 22)), ("jose nunez", (3, None)), ("Juan Perez Ñandú", (2, 20)),
])
def test_a_whole_name_is_found_whatever_its_accents(text: str, who: tuple[int, int | None]) -> None:
    assert found(text) == ("found", *who)


@pytest.mark.parametrize("text", ["", "g", "gue", "lau", "guem", "laura", "jose", "s.a. de c.v.", "%", "_____", "a" * 500, "sa"])
def test_three_letters_and_half_names_find_nobody(text: str) -> None:
    assert found(text) == ("none", None, None)


def test_two_of_one_name_are_told_apart_by_their_company() -> None:
    assert found("juan perez") == ("ask_company", None, None)
    assert found("juan perez", "Güemes") == ("found", 1, 11)
    assert found("juan perez", "nandu diseno") == ("found", 2, 20)
    assert found("juan perez", "Otra") == ("none", None, None)


@given(st.text(max_size=3))
def test_nothing_of_three_letters_ever_finds_anybody(text: str) -> None:
    if sum(map(len, words_of(text))) < 4:
        assert found(text)[0] == "none"


@given(st.sampled_from(["guemes", "laura guemes", "ñandú", "juan perez", "logistica guemes", "jose nunez"]), st.text(max_size=8))
def test_what_is_confirmed_repeats_only_what_was_typed(name: str, more: str) -> None:
    answer = match(f"{name} {more}", "", HOSTS)
    if answer.state == "found":
        assert words_of(answer.label) == words_of(f"{name} {more}")


@pytest.mark.parametrize(("typed", "blocked"), [
    ("jose nunez", True), ("Núñez José", True), ("José Luis Núñez", True), ("José", False), ("Josefa Núñez", False),
    ("", False)])
def test_a_blocked_name_is_known_in_any_spelling(typed: str, blocked: bool) -> None:
    assert is_blocked(typed, ["jose nunez"]) is blocked


DAY = date(2026, 12, 2)


@pytest.mark.parametrize(("offset", "expected"), [(-2, "early"), (-1, "ok"), (0, "ok"), (1, "ok"), (2, "late")])
def test_a_day_early_or_late_is_fine(offset: int, expected: str) -> None:
    assert invitations.standing("expected", DAY, DAY, DAY + timedelta(days=offset), None) == expected


def test_one_of_several_days_opens_once_a_day() -> None:
    last = DAY + timedelta(days=2)
    assert invitations.standing("arrived", DAY, last, DAY, DAY) == "used"
    assert invitations.standing("arrived", DAY, last, DAY + timedelta(days=1), DAY) == "ok"
    assert invitations.standing("arrived", DAY, DAY, DAY + timedelta(days=1), DAY) == "used"
    assert invitations.standing("cancelled", DAY, DAY, DAY, None) == "cancelled"


def test_days_that_are_no_days_fall_back() -> None:
    assert retention.keeping("visit", {"visit": {"photo_days": "x", "data_days": 90}}) == retention.Keeping(30, 90)


def test_a_person_is_found_by_mail_or_the_last_digits() -> None:
    assert visits.contact_key("+52 55 1234 5678", "") == visits.contact_key("5512345678", "") == "5512345678"
    assert visits.contact_key("55", " Ana@X.mx ") == "ana@x.mx"
    assert visits.contact_key("12345", "") == ""
