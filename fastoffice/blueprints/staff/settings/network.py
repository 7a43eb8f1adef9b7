"""The network: its name, its franchisees, its branches, and a new branch. For its administrators only."""

from __future__ import annotations

from typing import Any

from flask import Response, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField

from fastoffice import htmx
from fastoffice.blueprints.forms import HourField, StaffForm, at_most, attempt, chosen, needed, options
from fastoffice.blueprints.staff.settings.branch import ZONES
from fastoffice.blueprints.staff.settings.frame import blueprint, page
from fastoffice.blueprints.unit import writes
from fastoffice.branches import queries, service
from fastoffice.branches.service import NewBranch
from fastoffice.errors import Refusal
from fastoffice.identity import access


class NewBranchForm(StaffForm):
    """What is needed to open a branch; the rest has defaults and its own pages."""

    code = StringField(_l("Code"), [needed(), at_most(10)], description=_l("Begins its invoices' numbers, e.g. PLC."))
    name = StringField(_l("Name"), [needed(), at_most(120)])
    franchisee = StringField(_l("Franchisee"), [needed(), at_most(120)])
    timezone = SelectField(_l("Time zone"), [chosen()], choices=options((z, z.replace("_", " ")) for z in ZONES))
    address = TextAreaField(_l("Address"), [at_most(300)])
    issuer_name = StringField(_l("Legal name"), [at_most(200)], description=_l("Empty: the franchisee's name."))
    tax_id = StringField(_l("Tax ID (RFC)"), [at_most(20)])
    clabe = StringField(_l("CLABE"), [at_most(34)])
    auto_issue_at = HourField(_l("Issue by itself at"), description=_l("Empty: somebody issues by hand."))


def _context() -> dict[str, Any]:
    number = access.require_user().network_id
    return {"network": queries.network_of(number), "franchisees": queries.franchisees_of(number),
            "rows": queries.branches_of_network(number)}


@blueprint.get("/network")
@access.require("network.manage")
def network() -> Response:
    """The whole network at a glance."""
    return page("network", **_context())


@blueprint.post("/network")
@access.require("network.manage")
@writes
def rename_network() -> Response:
    """Change the network's name."""
    return _rename(lambda name: service.rename_network(
        access.current_actor(), access.require_user().network_id, name), "network")


@blueprint.post("/network/franchisees/<int:franchisee_id>")
@access.require("network.manage")
@writes
def rename_franchisee(franchisee_id: int) -> Response:
    """Change a franchisee's name."""
    return _rename(lambda name: service.rename_franchisee(
        access.current_actor(), access.require_user().network_id, franchisee_id, name), f"franchisee-{franchisee_id}")


def _rename(verb: Any, where: str) -> Response:
    try:
        verb(request.form.get("name", ""))
    except Refusal as refusal:
        if refusal.field != "name":
            raise
        return page("network", wrong={where: str(refusal)}, typed=request.form.get("name", ""), status=422,
                    **_context())
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("settings.network"))


def _new(form: NewBranchForm) -> NewBranch:
    texts: dict[str, Any] = {
        name: (field.data or "").strip() for name, field in form._fields.items() if field.type != "HourField"
    }
    texts.pop("csrf_token", None)
    network = queries.network_of(access.require_user().network_id)
    return NewBranch(**texts, network=network.name, auto_issue_at=form.auto_issue_at.data)


@blueprint.get("/network/branches/new")
@access.require("network.manage")
def new_branch() -> Response:
    """The form of a new branch."""
    return page("new_branch", form=NewBranchForm(), franchisees=_context()["franchisees"])


@blueprint.post("/network/branches")
@access.require("network.manage")
@writes
def create_branch() -> Response:
    """Open the branch and go on with its settings."""
    form = NewBranchForm()
    status = attempt(form, lambda: service.create_branch(access.current_actor(), _new(form)))
    if status:
        return page("new_branch", form=form, franchisees=_context()["franchisees"], status=status)
    session["branch"] = (form.code.data or "").strip().upper()
    htmx.toast(_("The branch is open. Go on with its settings."))
    return htmx.redirect(url_for("settings.branch"))
