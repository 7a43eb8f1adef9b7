"""Which language to speak, and how dates, months and money read in it."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date, format_datetime, format_time
from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import get_locale
from flask_login import current_user

from fastoffice import clock, money

_SHORT = {"es_MX": "d MMM y", "en_US": "MMM d, y", "ro_RO": "d MMM y"}


def select_locale() -> str:
    """The person's own language, else what they chose here, else the browser's, else Spanish."""
    forced = g.get("language") if g else None
    if forced:
        return str(forced)
    languages = list(current_app.config["LANGUAGES"])
    if not has_request_context():
        return "es"
    if current_user and getattr(current_user, "language", None) in languages:
        return str(current_user.language)
    if session.get("language") in languages:
        return str(session["language"])
    return request.accept_languages.best_match(languages) or "es"


def date_long(day: date, language: str | None = None) -> str:
    """"5 de diciembre de 2026"."""
    return format_date(day, "long", locale=_tag(language))


def date_short(day: date, language: str | None = None) -> str:
    """"5 dic 2026"."""
    return format_date(day, _SHORT[_tag(language)], locale=_tag(language))


def iso_long(day: str) -> str:
    """The same from "2026-12-05", as JSON columns keep days."""
    return date_long(date.fromisoformat(day))


def weekday_long(day: date, language: str | None = None) -> str:
    """"martes 1 de diciembre"."""
    pattern = {"es_MX": "EEEE d 'de' MMMM", "en_US": "EEEE, MMMM d", "ro_RO": "EEEE d MMMM"}[_tag(language)]
    return format_date(day, pattern, locale=_tag(language))


def weekday_short(day: date, language: str | None = None) -> str:
    """"mar 1 dic": the head of a narrow column."""
    return format_date(day, "EEE d MMM", locale=_tag(language)).replace(".", "")


def month_name(period: str, language: str | None = None) -> str:
    """"diciembre 2026" for the period "2026-12"."""
    year, month = (int(part) for part in period.split("-"))
    return format_date(date(year, month, 1), "LLLL y", locale=_tag(language))


def moment_local(moment: datetime, zone: str, language: str | None = None) -> str:
    """"5 dic 2026, 23:59" on the wall clock of `zone`."""
    pattern = _SHORT[_tag(language)] + ", HH:mm"
    return format_datetime(clock.local(moment, zone).replace(tzinfo=None), pattern, locale=_tag(language))


def time_local(moment: datetime, zone: str) -> str:
    """"23:59" on the wall clock of `zone`."""
    return format_time(clock.local(moment, zone).time(), "HH:mm", locale="es_MX")


def wall(moment: datetime, zone: str) -> str:
    """"2026-12-05T23:59" on the wall clock of `zone`, as forms and addresses carry it."""
    return clock.local(moment, zone).replace(tzinfo=None).isoformat(timespec="minutes")


def _tag(language: str | None) -> str:
    if language is None:
        chosen = get_locale()
        language = chosen.language if chosen else "es"
    return {"es": "es_MX", "en": "en_US", "ro": "ro_RO"}.get(language, "es_MX")


def init_app(app: Flask) -> None:
    """Make the formats available to every template as filters of the same names."""
    app.jinja_env.filters.update(
        date_long=date_long, date_short=date_short, iso_long=iso_long, month_name=month_name, weekday_long=weekday_long,
        weekday_short=weekday_short,
        moment_local=moment_local, time_local=time_local, wall=wall, money=money.display, plain_amount=money.plain,
    )
    app.jinja_env.globals["get_locale"] = get_locale
