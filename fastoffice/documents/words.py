"""Amounts in words, as they stand on an invoice: "DIEZ MIL TRESCIENTOS VEINTICUATRO PESOS 00/100 M.N."

num2words spells the numbers; the grammar between a number and its noun is ours, because it depends on the
noun: Spanish shortens "uno" and puts "de" after whole millions, Romanian puts "de" after 20 and counts
thousands in the feminine.
"""

from __future__ import annotations

import re
from functools import lru_cache

from num2words import num2words

MINOR_UNITS = 100
NOUNS = {
    "MXN": {"es": ("peso", "pesos"), "en": ("peso", "pesos"), "ro": ("peso mexican", "pesos mexicani")},
    "USD": {
        "es": ("dólar americano", "dólares americanos"),
        "en": ("US dollar", "US dollars"),
        "ro": ("dolar american", "dolari americani"),
    },
    "EUR": {"es": ("euro", "euros"), "en": ("euro", "euros"), "ro": ("euro", "euro")},
    "RON": {"es": ("leu", "lei"), "en": ("leu", "lei"), "ro": ("leu", "lei")},
}
SPANISH_MARKS = {"MXN": "M.N."}
MINUS = {"es": "menos", "en": "minus", "ro": "minus"}
_SPANISH_ONE = re.compile(r"(veinti)?uno(?= mil\b| mill|$)")
_ROMANIAN_GROUPS = (
    (10**9, "un miliard", "miliarde", "neuter"),
    (10**6, "un milion", "milioane", "neuter"),
    (10**3, "o mie", "mii", "feminine"),
)


def amount_in_words(minor: int, currency: str, lang: str) -> str:
    """``minor`` units of ``currency`` in capital letters, in "es", "en" or "ro" (others: English).

    The hundredths are printed as a fraction; the mark after them is "M.N." (moneda nacional) for pesos in
    Spanish and the ISO code otherwise. A currency without a known noun is named by its code alone.
    """
    lang = lang if lang in MINUS else "en"
    whole, cents = divmod(abs(minor), MINOR_UNITS)
    sign = f"{MINUS[lang]} " if minor < 0 else ""
    mark = SPANISH_MARKS.get(currency, currency) if lang == "es" else currency
    return f"{sign}{_counted(whole, currency, lang)} {cents:02d}/100 {mark}".upper()


@lru_cache(maxsize=4096)
def _counted(whole: int, currency: str, lang: str) -> str:
    nouns = NOUNS.get(currency, {}).get(lang)
    speak = {"es": _spanish, "en": _english, "ro": _romanian}[lang]
    return speak(whole, nouns)


def _spanish(whole: int, nouns: tuple[str, str] | None) -> str:
    """"uno" loses its o before a noun, "mil" and "millones"; whole millions take "de"."""
    number = _SPANISH_ONE.sub(lambda found: "veintiún" if found[1] else "un", num2words(whole, lang="es"))
    if nouns is None:
        return number
    joint = " de " if whole and whole % 10**6 == 0 else " "
    return f"{number}{joint}{nouns[whole != 1]}"


def _english(whole: int, nouns: tuple[str, str] | None) -> str:
    number = num2words(whole, lang="en").replace(",", "").replace(" and ", " ")
    return number if nouns is None else f"{number} {nouns[whole != 1]}"


def _romanian(whole: int, nouns: tuple[str, str] | None) -> str:
    """Groups of three digits, each agreeing with its own noun (mie is feminine, milion and miliard neuter)."""
    parts = []
    rest = whole
    for size, one, many, gender in _ROMANIAN_GROUPS:
        group, rest = divmod(rest, size)
        if group:
            parts.append(one if group == 1 else f"{_agreeing(group, gender)}{_de(group)} {many}")
    if rest or not parts:
        parts.append(num2words(rest, lang="ro"))
    number = " ".join(parts)
    if nouns is None:
        return number
    return f"un {nouns[0]}" if whole == 1 else f"{number}{_de(whole)} {nouns[1]}"


def _agreeing(number: int, gender: str) -> str:
    words = num2words(number, lang="ro")
    words = re.sub(r"\bdoi(sprezece)?$", lambda found: "două" + (found[1] or ""), words)
    return re.sub(r"\bunu$", "una", words) if gender == "feminine" else words


def _de(number: int) -> str:
    """Nouns follow "de" unless the number's last two digits are 01–19 (or the number is zero)."""
    return " de" if number and not 1 <= number % 100 <= 19 else ""
