"""The documents' own Jinja environments: one per language, autoescaped and strict about what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from fastoffice import money
from fastoffice.documents.text import printable
from fastoffice.documents.words import amount_in_words

PACKAGE = Path(__file__).resolve().parents[1]
LOCALES = {"es": "es_MX", "en": "en_US", "ro": "ro_RO"}
DEFAULT_LANGUAGE = "es"


def language_of(lang: str) -> str:
    """"es" of "es-MX"; Spanish where we don't speak the language."""
    code = lang.replace("_", "-").partition("-")[0].lower()
    return code if code in LOCALES else DEFAULT_LANGUAGE


def render_html(template: str, context: Mapping[str, Any], lang: str) -> str:
    """The filled template. ``lang`` is "es", "en" or "ro" (a region may follow).

    Raises jinja2 errors for a missing template or a value that the template needs and the context lacks.
    """
    language = language_of(lang)
    page = environment(language).get_template(template)
    return printable(page.render(context, lang=LOCALES[language].replace("_", "-")))


@lru_cache(maxsize=len(LOCALES))
def environment(language: str) -> Environment:
    """The environment of one language; its compiled templates stay in memory."""
    env = Environment(
        loader=FileSystemLoader(PACKAGE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    translations = Translations.load(PACKAGE / "translations", [language])
    env.install_gettext_translations(  # type: ignore[attr-defined]
        translations if isinstance(translations, Translations) else NullTranslations(), newstyle=True
    )
    env.filters.update(_filters(language))
    return env


def _filters(language: str) -> dict[str, Any]:
    locale = Locale.parse(LOCALES[language])

    def date_long(day: date) -> str:
        return format_date(day, "long", locale=locale)

    def month(day: date) -> str:
        return format_date(day, "LLLL y", locale=locale)

    def moment(at: datetime) -> str:
        return f"{date_long(at)}, {at:%H:%M}"

    def quantity(number: Decimal | int) -> str:
        return format_decimal(number, "#,##0.####", locale=Locale.parse("en_US"))

    @pass_context
    def words(context: Context, minor: int) -> str:
        return amount_in_words(minor, context["currency"], language)

    return {
        "date_long": date_long,
        "month": month,
        "moment": moment,
        "quantity": quantity,
        "words": words,
        "money": _money,
        "clabe_group": clabe_group,
        "monogram": monogram,
    }


@pass_context
def _money(context: Context, minor: int) -> str:
    return money.display(minor, context["currency"])


def clabe_group(digits: str) -> str:
    """"012180001234567895" or an IBAN in groups of four, as people read it aloud."""
    plain = "".join(digits.split())
    return "\u00a0".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def monogram(name: str) -> str:
    """One or two capital letters that stand for a logo: "FO" of "Fast Office Polanco"."""
    initials = [word[0] for word in printable(name).split() if word[0].isalnum()]
    return "".join(initials[:2]).upper()
