"""Recurring bookings of a client: every date with its price and what to do where it is taken, then all at once."""

from __future__ import annotations

from flask import Response, flash, url_for
from flask_babel import ngettext

from fastoffice import clock, htmx
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.portal.rooms import base
from fastoffice.blueprints.recurring import choices_of, rule_of
from fastoffice.blueprints.rooming import as_shown
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings import service
from fastoffice.bookings.errors import PriceChanged, SeriesConflicts
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.service import Wish, previews
from fastoffice.errors import NotFound, Refusal
from fastoffice.identity import portal


@blueprint.post("/rooms/series")
@own.at_most("30 per hour")
@portal.require("rooms")
def book_rooms() -> Response:
    """Book every date that is not skipped, all or none, at the price shown."""
    from fastoffice.blueprints.portal.rooms.booking import form_page, refused  # it knows this file

    form = Typed.sent()
    wish, rule = base.wish_from(form), rule_of(form)
    if wish is None or form.errors:
        return form_page(form)
    choices = choices_of(form, own.branch().timezone)
    try:
        made = base.unit(lambda branch: len(service.book_series(
            branch, wish, rule, portal.current_actor(), clock.now(), choices)))
    except NotFound:
        raise
    except (SeriesConflicts, PriceChanged) as refusal:
        form.notes.append(refusal.message)
        return review(form, wish)
    except Refusal as refusal:
        return refused(form, refusal)
    flash(ngettext("%(num)s date booked.", "%(num)s dates booked.", made), "success")
    return htmx.redirect(url_for("portal.rooms"))


def review(form: Typed, wish: Wish) -> Response:
    """The list of dates to confirm, each with its price; for those that are not free, what to do."""
    from fastoffice.blueprints.portal.rooms.booking import form_page, refused

    branch, rule = own.branch(), rule_of(form)
    if form.errors:
        return form_page(form)
    choices = choices_of(form, branch.timezone)
    try:
        found = service.preview(branch, wish, rule, clock.now(), choices)
    except Refusal as refusal:
        return refused(form, refusal)
    total = previews.total_shown(found)
    form.values["shown"] = as_shown(total)
    return base.page(
        "series.html", status=422 if form.notes else 200, form=form, found=found, total=total,
        rooms=setup.resources(branch.id), skipped=sorted(day for day, choice in choices.items() if choice.skip),
        conflicts=sum(1 for item in found if item.quote.refusal))
