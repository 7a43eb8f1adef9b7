"""Amounts in words, as a Mexican invoice says them, and in the two other languages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.documents.words import amount_in_words

PESOS = st.integers(min_value=0, max_value=10**11)


@pytest.mark.parametrize(
    ("pesos", "words"),
    [
        (0, "CERO PESOS"),
        (1, "UN PESO"),
        (16, "DIECISÉIS PESOS"),
        (21, "VEINTIÚN PESOS"),
        (31, "TREINTA Y UN PESOS"),
        (100, "CIEN PESOS"),
        (101, "CIENTO UN PESOS"),
        (500, "QUINIENTOS PESOS"),
        (1_000, "MIL PESOS"),
        (1_001, "MIL UN PESOS"),
        (10_324, "DIEZ MIL TRESCIENTOS VEINTICUATRO PESOS"),
        (21_000, "VEINTIÚN MIL PESOS"),
        (31_031, "TREINTA Y UN MIL TREINTA Y UN PESOS"),
        (101_000, "CIENTO UN MIL PESOS"),
        (1_000_000, "UN MILLÓN DE PESOS"),
        (1_000_001, "UN MILLÓN UN PESOS"),
        (1_200_000, "UN MILLÓN DOSCIENTOS MIL PESOS"),
        (21_000_000, "VEINTIÚN MILLONES DE PESOS"),
        (1_000_000_000, "MIL MILLONES DE PESOS"),
    ],
)
def test_pesos_in_spanish(pesos: int, words: str) -> None:
    assert amount_in_words(pesos * 100, "MXN", "es") == f"{words} 00/100 M.N."


def test_the_total_of_the_brochure() -> None:
    assert (
        amount_in_words(1_032_400, "MXN", "es") == "DIEZ MIL TRESCIENTOS VEINTICUATRO PESOS 00/100 M.N."
    )


def test_centavos_are_a_fraction_of_two_digits() -> None:
    assert amount_in_words(105, "MXN", "es") == "UN PESO 05/100 M.N."
    assert amount_in_words(99, "MXN", "es") == "CERO PESOS 99/100 M.N."


def test_other_currencies_name_themselves() -> None:
    assert amount_in_words(100, "USD", "es") == "UN DÓLAR AMERICANO 00/100 USD"
    assert amount_in_words(2_100, "USD", "es") == "VEINTIÚN DÓLARES AMERICANOS 00/100 USD"
    assert amount_in_words(1_000_000_00, "EUR", "es") == "UN MILLÓN DE EUROS 00/100 EUR"
    assert amount_in_words(1_050, "XAU", "es") == "DIEZ 50/100 XAU"


def test_a_negative_amount_says_so() -> None:
    assert amount_in_words(-150, "MXN", "es") == "MENOS UN PESO 50/100 M.N."


def test_an_unknown_language_gets_english() -> None:
    assert amount_in_words(200, "MXN", "fr") == "TWO PESOS 00/100 MXN"


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        (1, "ONE US DOLLAR"),
        (124, "ONE HUNDRED TWENTY-FOUR US DOLLARS"),
        (10_324, "TEN THOUSAND THREE HUNDRED TWENTY-FOUR US DOLLARS"),
    ],
)
def test_dollars_in_english(whole: int, words: str) -> None:
    assert amount_in_words(whole * 100, "USD", "en") == f"{words} 00/100 USD"


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        (0, "ZERO LEI"),
        (1, "UN LEU"),
        (2, "DOI LEI"),
        (19, "NOUĂSPREZECE LEI"),
        (20, "DOUĂZECI DE LEI"),
        (101, "O SUTĂ UNU LEI"),
        (120, "O SUTĂ DOUĂZECI DE LEI"),
        (1_000, "O MIE DE LEI"),
        (2_012, "DOUĂ MII DOISPREZECE LEI"),
        (12_000, "DOUĂSPREZECE MII DE LEI"),
        (21_000, "DOUĂZECI ȘI UNA DE MII DE LEI"),
        (2_000_000, "DOUĂ MILIOANE DE LEI"),
        (21_000_000, "DOUĂZECI ȘI UNU DE MILIOANE DE LEI"),
    ],
)
def test_lei_in_romanian(whole: int, words: str) -> None:
    assert amount_in_words(whole * 100, "RON", "ro") == f"{words} 00/100 RON"


@given(PESOS)
def test_spanish_never_leaves_uno_before_a_noun(pesos: int) -> None:
    words = amount_in_words(pesos * 100, "MXN", "es")
    assert not re.search(r"UNO (PESOS?|MIL|MILL)", words)
    assert re.search(r"(UN|ÚN) PESOS?\b", words) or pesos % 10 != 1 or pesos % 100 == 11


@given(PESOS)
def test_spanish_says_de_after_whole_millions_only(pesos: int) -> None:
    words = amount_in_words(pesos * 100, "MXN", "es")
    assert words.endswith(" DE PESOS 00/100 M.N.") == (pesos > 0 and pesos % 1_000_000 == 0)


@given(PESOS)
def test_one_is_singular_and_everything_else_plural(pesos: int) -> None:
    for language in ("es", "en"):
        words = amount_in_words(pesos * 100, "MXN", language)
        assert bool(re.search(r"\bPESO\b", words)) == (pesos == 1)


@given(PESOS)
def test_romanian_says_de_from_twenty_on(lei: int) -> None:
    words = amount_in_words(lei * 100, "RON", "ro")
    assert words.endswith(" DE LEI 00/100 RON") == (lei > 0 and not 1 <= lei % 100 <= 19)


@given(PESOS, PESOS)
def test_different_amounts_have_different_words(one: int, other: int) -> None:
    for language in ("es", "en", "ro"):
        same = amount_in_words(one, "MXN", language) == amount_in_words(other, "MXN", language)
        assert same == (one == other)
