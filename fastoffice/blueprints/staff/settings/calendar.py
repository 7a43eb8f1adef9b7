"""Days on which the branch is closed."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField

from fastoffice import clock, htmx
from fastoffice.blueprints.forms import StaffForm, at_most, attempt, chosen
from fastoffice.blueprints.staff.settings.frame import blueprint, page
from fastoffice.blueprints.unit import writes
from fastoffice.branches import queries, service
from fastoffice.identity import access


class HolidayForm(StaffForm):
    """One more day."""

    day = DateField(_l("Day"), [chosen()])
    name = StringField(_l("Reason"), [at_most(120)])


def _context() -> dict[str, Any]:
    ours = access.current_branch()
    year = clock.local_date(clock.now(), ours.timezone).year
    return {"own": queries.holiday_rows(ours.id), "year": year,
            "public": queries.public_holiday_names(ours.country, year)}


@blueprint.get("/holidays")
@access.require("settings.view")
def holidays() -> Response:
    """The branch's own days and the country's."""
    return page("holidays", form=HolidayForm(), **_context())


@blueprint.post("/holidays")
@access.require("settings.edit")
@writes
def add_holiday() -> Response:
    """Add a day."""
    form = HolidayForm()
    status = attempt(form, lambda: service.add_holiday(
        access.current_actor(), access.current_branch(), form.day.data, form.name.data or ""))
    if status:
        return page("holidays", form=form, status=status, **_context())
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("settings.holidays"))


@blueprint.post("/holidays/<int:holiday_id>/removal")
@access.require("settings.edit")
@writes
def remove_holiday(holiday_id: int) -> Response:
    """Take a day off the list."""
    service.remove_holiday(access.current_actor(), access.current_branch(), holiday_id)
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("settings.holidays"))
