"""The account that clients transfer to, its CLABE checked while it is typed."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField

from fastoffice import htmx
from fastoffice.blueprints.forms import StaffForm, at_most, attempt, needed
from fastoffice.blueprints.staff.settings.branch import version_of
from fastoffice.blueprints.staff.settings.frame import blueprint, page
from fastoffice.blueprints.unit import writes
from fastoffice.branches import service
from fastoffice.branches.queries import primary_account
from fastoffice.branches.rules import check_clabe
from fastoffice.errors import Refusal
from fastoffice.identity import access


class BankForm(StaffForm):
    """CLABE, bank and holder."""

    version = HiddenField()
    clabe = StringField(_l("CLABE"), [needed(), at_most(34)])
    bank_name = StringField(_l("Bank"), [at_most(80)], description=_l("Empty: the bank that the CLABE names."))
    holder = StringField(_l("Account holder"), [at_most(200)])


@blueprint.get("/bank")
@access.require("settings.view")
def bank() -> Response:
    """The account on invoices."""
    ours = access.current_branch()
    form = BankForm(obj=primary_account(ours.id))
    form.version.data = ours.version
    return page("bank", form=form, **_said(form.clabe.data or ""))


@blueprint.post("/bank")
@access.require("settings.edit")
@writes
def save_bank() -> Response:
    """Save the account; a wrong digit is refused, an unknown bank only mentioned."""
    ours, form = access.current_branch(), BankForm()
    clabe, bank_name, holder = (form[name].data or "" for name in ("clabe", "bank_name", "holder"))
    status = attempt(form, lambda: service.save_account(
        access.current_actor(), ours, clabe, bank_name, holder, version_of(form)))
    if status:
        return page("bank", form=form, status=status)
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("settings.bank"))


@blueprint.get("/bank/clabe")
@access.require("settings.view")
def clabe() -> Response:
    """What the figures typed so far say, beside their field."""
    return Response(render_template("staff/settings/_clabe.html", **_said(request.args.get("clabe", ""))))


def _said(text: str) -> dict[str, Any]:
    if not text.strip():
        return {"clabe_error": None, "clabe_bank": None, "clabe_warning": None}
    try:
        _number, name = check_clabe(text)
    except Refusal as refusal:
        return {"clabe_error": str(refusal), "clabe_bank": None, "clabe_warning": None}
    warning = None if name else _("The figures are right, but we do not know this bank.")
    return {"clabe_error": None, "clabe_bank": name, "clabe_warning": warning}
