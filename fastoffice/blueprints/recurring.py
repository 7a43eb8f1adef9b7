"""How a booking repeats and what was chosen for single dates, as forms send it: the desk's and the portal's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice.blueprints.rooming import LONGEST, end_after
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings.errors import BookingRefused
from fastoffice.bookings.rules.recurrence import FREQUENCIES, Recurrence
from fastoffice.bookings.service import Choice

NAMES: dict[str, Any] = {"daily": _l("Every day"), "weekly": _l("Every week"), "monthly": _l("Every month")}
SCOPES: dict[str, Any] = {
    "this": _l("Only this date"), "later": _l("This and later ones"), "all": _l("All that have not begun")}


def rule_of(form: Typed) -> Recurrence:
    """How it repeats; what cannot be read is noted beside its field."""
    until = form.day("until", required=False)
    if form.text("frequency") not in FREQUENCIES:
        form.errors["frequency"] = _l("Choose how it repeats.")
    count = form.number("count") or None
    if until is None and count is None and "until" not in form.errors:
        form.errors["until"] = _l("Say until when, or how many times.")
    return Recurrence(form.text("frequency"), max(form.number("every"), 1), until, count if until is None else None)


def choices_of(form: Typed, zone: str) -> dict[date, Choice]:
    """What was chosen for single dates: "do.2026-12-16" is "skip" or "move"; with a room's id in "room.2026-12-16", an
    hour in "at.2026-12-16".
    """
    found: dict[date, Choice] = {}
    for name, value in form.values.items():
        kind, _dot, text = name.partition(".")
        if kind != "do" or text.endswith("[]") or value not in ("skip", "move"):
            continue
        try:
            day = date.fromisoformat(text)
        except ValueError:
            continue
        found[day] = Choice(skip=True) if value == "skip" else _moved(form, day, zone)
    return found


def _moved(form: Typed, day: date, zone: str) -> Choice:
    room = form.number(f"room.{day.isoformat()}") or None
    try:
        starts = datetime.fromisoformat(f"{day.isoformat()}T{form.text(f'at.{day.isoformat()}')[:5]}")
        usual = datetime.fromisoformat(f"{day.isoformat()}T{form.text('at')[:5]}")
    except ValueError:
        return Choice(resource_id=room)
    if starts == usual:
        return Choice(resource_id=room)
    minutes = min(max(form.number("minutes"), 1), LONGEST)
    try:
        ends = end_after(starts, minutes, zone)
    except BookingRefused:  # the clocks skip that hour: the list of dates says so
        ends = starts + timedelta(minutes=minutes)
    return Choice(resource_id=room, starts=starts, ends=ends)
