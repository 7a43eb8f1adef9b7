"""Recurring bookings: every date with its price, those that are not free marked, before anything is booked."""

from __future__ import annotations

from datetime import date, datetime

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.rooming import end_after
from fastoffice.blueprints.staff.rooms import booking as single
from fastoffice.blueprints.staff.rooms.base import blueprint, page
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings import service
from fastoffice.bookings.errors import SeriesConflicts
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules.recurrence import FREQUENCIES, Recurrence
from fastoffice.bookings.service import Choice, Wish
from fastoffice.errors import Refusal
from fastoffice.identity import access

NAMES = {"daily": _l("Every day"), "weekly": _l("Every week"), "monthly": _l("Every month")}


@blueprint.post("/series/new")
@access.require("rooms.book")
def create_series() -> Response:
    """Book every date that is not skipped, all or none."""
    form = Typed.sent()
    wish, rule = single.wish_from(form), _rule(form)
    if wish is None or form.errors:
        return single.form_page(form)
    choices = _choices(form)
    try:
        rows = transaction.run(lambda: len(service.book_series(
            access.current_branch(), wish, rule, access.current_actor(), clock.now(), choices)))
    except SeriesConflicts as conflicts:
        form.notes.append(conflicts.message)
        return review(form, wish, status=422)
    except Refusal as refusal:
        return single.refused(form, refusal)
    htmx.toast(_("%(count)s dates booked.", count=rows))
    return htmx.redirect(url_for("rooms.index", day=wish.starts.date().isoformat()))


def review(form: Typed, wish: Wish, *, status: int = 200) -> Response:
    """The list of dates to confirm; with conflicts, what to do with each."""
    branch, rule = access.current_branch(), _rule(form)
    if form.errors:
        return single.form_page(form)
    chosen = {day: choice for day, choice in _choices(form).items() if not choice.skip}
    try:
        found = service.preview(branch, wish, rule, clock.now(), chosen)
    except Refusal as refusal:
        return single.refused(form, refusal)
    skipped = {day for day, choice in _choices(form).items() if choice.skip}
    return page("series", status=status, form=form, found=found, rooms=setup.resources(branch.id), skipped=skipped,
                conflicts=sum(1 for item in found if item.quote.refusal), wish=wish)


def _rule(form: Typed) -> Recurrence:
    """How it repeats; what cannot be read is noted beside its field."""
    until = form.day("until", required=False)
    if form.text("frequency") not in FREQUENCIES:
        form.errors["frequency"] = _l("Choose how it repeats.")
    count = form.number("count") or None
    if until is None and count is None and "until" not in form.errors:
        form.errors["until"] = _l("Say until when, or how many times.")
    return Recurrence(form.text("frequency"), max(form.number("every"), 1), until, count if until is None else None)


def _choices(form: Typed) -> dict[date, Choice]:
    """What was chosen for single dates: "skip", or a room's id in `room.2026-12-16`, an hour in `at.2026-12-16`."""
    found: dict[date, Choice] = {}
    for name, value in form.values.items():
        kind, _dot, text = name.partition(".")
        if kind != "do" or text.endswith("[]") or not value:
            continue
        try:
            day = date.fromisoformat(text)
        except ValueError:
            continue
        if value == "skip":
            found[day] = Choice(skip=True)
        elif value == "move":
            found[day] = _moved(form, day)
    return found


def _moved(form: Typed, day: date) -> Choice:
    room = form.number(f"room.{day.isoformat()}") or None
    try:
        starts = datetime.fromisoformat(f"{day.isoformat()}T{form.text(f'at.{day.isoformat()}')[:5]}")
        wish_day = datetime.fromisoformat(f"{day.isoformat()}T{form.text('at')[:5]}")
    except ValueError:
        return Choice(resource_id=room)
    if starts == wish_day:
        return Choice(resource_id=room)
    ends = end_after(starts, max(form.number("minutes"), 1), access.current_branch().timezone)
    return Choice(resource_id=room, starts=starts, ends=ends)
