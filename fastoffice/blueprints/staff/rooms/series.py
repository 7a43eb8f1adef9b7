"""Recurring bookings: every date with its price, those that are not free marked, before anything is booked."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.recurring import choices_of, rule_of
from fastoffice.blueprints.rooming import as_shown
from fastoffice.blueprints.staff.rooms import booking as single
from fastoffice.blueprints.staff.rooms.base import blueprint, page
from fastoffice.blueprints.staff.rooms.wishing import wish_from
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings import service
from fastoffice.bookings.errors import PriceChanged, SeriesConflicts
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.service import Wish, previews
from fastoffice.clients.models import Client
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.identity import access


@blueprint.post("/series/new")
@access.require("rooms.book")
def create_series() -> Response:
    """Book every date that is not skipped, all or none."""
    form = Typed.sent()
    if form.on("back"):
        return single.form_page(form, quoted=True)
    wish, rule = wish_from(form), rule_of(form)
    if wish is None or form.errors:
        return single.form_page(form)
    if wish.shown is None:
        return review(form, wish)
    choices = choices_of(form, access.current_branch().timezone)
    try:
        rows = transaction.run(lambda: len(service.book_series(
            access.current_branch(), wish, rule, access.current_actor(), clock.now(), choices)))
    except (SeriesConflicts, PriceChanged) as again:
        form.notes.append(again.message)
        return review(form, wish, status=422)
    except Refusal as refusal:
        return single.refused(form, refusal)
    htmx.toast(_("%(count)s dates booked.", count=rows))
    return htmx.redirect(url_for("rooms.index", day=wish.starts.date().isoformat()))


def review(form: Typed, wish: Wish, *, status: int = 200) -> Response:
    """The list of dates to confirm; with conflicts, what to do with each."""
    branch, rule = access.current_branch(), rule_of(form)
    if form.errors:
        return single.form_page(form)
    choices = choices_of(form, branch.timezone)
    try:
        found = service.preview(branch, wish, rule, clock.now(), choices)
    except Refusal as refusal:
        return single.refused(form, refusal)
    skipped = {day for day, choice in choices.items() if choice.skip}
    included, subtotal = previews.total_shown(found)
    form.values["shown"] = as_shown((included, subtotal))
    return page("series", status=status, form=form, found=found, rooms=setup.resources(branch.id), skipped=skipped,
                client=db.session.get(Client, wish.client_id) if wish.client_id else None,
                included=included, subtotal=subtotal, wish=wish,
                conflicts=sum(1 for item in found if item.quote.refusal))
