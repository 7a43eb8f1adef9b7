"""The branch's data, its fiscal issuer and its logo."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField

from fastoffice import htmx, transaction
from fastoffice.blueprints.forms import StaffForm, at_most, attempt, chosen, needed, options
from fastoffice.blueprints.shell import LANGUAGE_NAMES
from fastoffice.blueprints.staff.settings.frame import blueprint, page
from fastoffice.blueprints.unit import writes
from fastoffice.branches import service
from fastoffice.branches.rules import checks
from fastoffice.documents.files import files
from fastoffice.documents.storage import StorageError
from fastoffice.errors import NotFound, Refusal
from fastoffice.identity import access
from fastoffice.sent import version_in

ZONES = (
    "America/Mexico_City", "America/Cancun", "America/Merida", "America/Monterrey", "America/Matamoros",
    "America/Chihuahua", "America/Ciudad_Juarez", "America/Ojinaga", "America/Mazatlan", "America/Bahia_Banderas",
    "America/Hermosillo", "America/Tijuana", "Europe/Madrid", "Atlantic/Canary", "Europe/Bucharest",
)


class BranchForm(StaffForm):
    """Where the branch is and how it is reached."""

    version = HiddenField()
    name = StringField(_l("Name"), [needed(), at_most(120)])
    address = TextAreaField(_l("Address"), [at_most(300)])
    phone = StringField(_l("Telephone"), [at_most(40)])
    email = StringField(_l("E-mail"), [at_most(254)], description=_l("Clients answer to this address."))
    timezone = SelectField(_l("Time zone"), [chosen()], description=_l("Deadlines close at midnight here."))
    language = SelectField(_l("Language of documents"), [chosen()], choices=options(LANGUAGE_NAMES.items()))

    def offer(self, zone: str) -> None:
        """The zones of the product's countries, and the one in use."""
        zones = dict.fromkeys((*ZONES, zone)) if zone in checks.time_zones() else ZONES
        self.timezone.choices = options((name, name.replace("_", " ")) for name in zones)


class IssuerForm(StaffForm):
    """The legal person on the invoice."""

    version = HiddenField()
    legal_name = StringField(_l("Legal name"), [needed(), at_most(200)])
    tax_id = StringField(_l("Tax ID (RFC)"), [at_most(20)])
    tax_regime = StringField(_l("Tax regime"), [at_most(10)], description=_l("Three digits of the SAT, e.g. 601."))
    postal_code = StringField(_l("Fiscal postal code"), [at_most(10)])
    address = TextAreaField(_l("Fiscal address"), [at_most(300)])


@blueprint.get("/branch")
@access.require("settings.view")
def branch() -> Response:
    """Name, address, zone, logo."""
    ours = access.current_branch()
    form = BranchForm(obj=ours)
    form.offer(ours.timezone)
    return page("branch", form=form)


@blueprint.post("/branch")
@access.require("settings.edit")
@writes
def save_branch() -> Response:
    """Save the branch's data."""
    ours, form = access.current_branch(), BranchForm()
    form.offer(ours.timezone)
    values = {name: (form[name].data or "").strip() for name in service.settings.BRANCH_FIELDS}
    status = attempt(form, lambda: service.save_branch(access.current_actor(), ours, values, version_of(form)))
    if status:
        return page("branch", form=form, status=status)
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("settings.branch"))


@blueprint.get("/issuer")
@access.require("settings.view")
def issuer() -> Response:
    """Whose name stands on the invoice."""
    ours = access.current_branch()
    form = IssuerForm(obj=ours.issuer)
    form.version.data = ours.version
    return page("issuer", form=form)


@blueprint.post("/issuer")
@access.require("settings.edit")
@writes
def save_issuer() -> Response:
    """Save the issuer."""
    ours, form = access.current_branch(), IssuerForm()
    values = {name: form[name].data or "" for name in service.settings.ISSUER_FIELDS}
    status = attempt(form, lambda: service.save_issuer(access.current_actor(), ours, values, version_of(form)))
    if status:
        return page("issuer", form=form, status=status)
    htmx.toast(_("Saved. Documents issued before keep the old data."))
    return htmx.redirect(url_for("settings.issuer"))


@blueprint.post("/logo")
@access.require("settings.edit")
def save_logo() -> Response:
    """Keep an uploaded picture as the logo: cleaned first, outside of the unit of work."""
    form, file = BranchForm(formdata=None, obj=access.current_branch()), request.files.get("logo")
    form.offer(access.current_branch().timezone)
    try:
        if file is None or not file.filename:
            raise Refusal(_l("Choose a picture."))
        sha256 = service.keep_picture(file.read())
        version = _number(request.form.get("version"))
        transaction.run(lambda: service.set_logo(
            access.current_actor(), access.current_branch(), sha256, version))
    except Refusal as refusal:
        return page("branch", form=form, logo_error=str(refusal), status=422)
    htmx.toast(_("The logo is on the documents from now on."))
    return htmx.redirect(url_for("settings.branch"))


@blueprint.post("/logo/removal")
@access.require("settings.edit")
@writes
def remove_logo() -> Response:
    """Go back to documents without a picture."""
    service.remove_logo(access.current_actor(), access.current_branch(), _number(request.form.get("version")))
    htmx.toast(_("The logo was removed."))
    return htmx.redirect(url_for("settings.branch"))


@blueprint.get("/logo.png")
@access.require("settings.view")
def logo() -> Response:
    """The current branch's logo: our own re-encoded PNG, never the bytes that were sent."""
    sha256 = access.current_branch().logo_sha256
    if sha256 is None:
        raise NotFound(_l("There is no logo."))
    try:
        data = files().get(sha256)
    except StorageError as error:
        raise NotFound(_l("There is no logo.")) from error
    response = Response(data, mimetype="image/png")
    response.headers["Content-Disposition"] = 'inline; filename="logo.png"'
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.set_etag(sha256)
    response.make_conditional(request)
    return response


def version_of(form: StaffForm) -> int:
    """The version that the form was opened with; one that nothing has when it was tampered with."""
    return _number(form["version"].data)


def _number(text: object) -> int:
    return version_in(str(text))
