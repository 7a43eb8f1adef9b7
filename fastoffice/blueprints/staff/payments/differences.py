"""What the processor's books and ours tell differently, until a person says what it was."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.payments.base import blueprint, tabs
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.errors import Refusal
from fastoffice.identity import access
from fastoffice.payments.models import ProviderDifference
from fastoffice.payments.queries import attempts
from fastoffice.payments.service.online import differences as service

PAGE, DIALOG, FORM = (f"staff/payments/{name}.html" for name in ("differences", "difference", "_resolve"))


@blueprint.get("/online/differences")
@access.require("payments.view")
def differences() -> Response:
    """Those that wait, and the last that were resolved."""
    branch = access.current_branch()
    rows, resolved = attempts.differences(branch.id), attempts.resolved(branch.id)
    return htmx.page_or_fragment(
        PAGE, PAGE, branch=branch, rows=rows, resolved=resolved, tabs=tabs("differences"),
        payments=attempts.payments_behind(branch.id, [row.object_id for row in (*rows, *resolved)]))


def _form(found: ProviderDifference, typed: Typed, status: int = 200) -> Response:
    return htmx.page_or_fragment(DIALOG, FORM, status=status, difference=found, form=typed)


def _difference(difference_id: int) -> ProviderDifference:
    return access.owned(attempts.difference(access.current_branch().id, difference_id))


@blueprint.get("/online/differences/<int:difference_id>")
@access.require("payments.reverse")
def confirm_difference(difference_id: int) -> Response:
    """What it is, and what became of it."""
    return _form(_difference(difference_id), Typed())


@blueprint.post("/online/differences/<int:difference_id>")
@access.require("payments.reverse")
@writes
def resolve_difference(difference_id: int) -> Response:
    """Somebody looked at it."""
    found, typed = _difference(difference_id), Typed.sent()
    try:
        service.resolve(found, typed.text("reason"), access.current_actor(), clock.now())
    except Refusal as refusal:
        typed.refuse(refusal)
        return _form(found, typed, 422)
    htmx.toast(_("Resolved. Your note stays with it."))
    return htmx.redirect(url_for("payments.differences"))
