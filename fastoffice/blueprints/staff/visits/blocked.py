"""The block list, for staff alone."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.visits.base import blueprint, form_page
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.visitors.models import BlockEntry
from fastoffice.visitors.queries import lists
from fastoffice.visitors.service import blocking


@blueprint.get("/block-list")
@access.require("visits.register")
def block_list() -> Response:
    """Names in force."""
    return _page(Typed())


@blueprint.post("/block-list")
@access.require("visits.register")
@writes
def block() -> Response:
    """Add a name."""
    form = Typed.sent()
    try:
        with db.session.begin_nested():
            blocking.block(access.current_branch(), form.text("name"), form.text("reason"), access.current_actor(),
                           clock.now())
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(form)
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("visits.block_list"))


@blueprint.post("/block-list/<int:entry_id>/removal")
@access.require("visits.manage")
@writes
def unblock(entry_id: int) -> Response:
    """Take a name off."""
    entry = access.scoped(BlockEntry, entry_id)
    blocking.unblock(access.current_branch(), entry, access.current_actor(), clock.now())
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("visits.block_list"))


def _page(form: Typed) -> Response:
    return form_page("block_list", form, entries=lists.block_list(access.current_branch().id))
