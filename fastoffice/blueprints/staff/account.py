"""My account: name, language, password, second factor."""

from __future__ import annotations

from flask import Blueprint, Response, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from fastoffice import htmx
from fastoffice.blueprints.forms import StaffForm, at_most, chosen, needed, options
from fastoffice.blueprints.shell import LANGUAGE_NAMES
from fastoffice.blueprints.unit import writes
from fastoffice.identity import access
from fastoffice.identity.service import change_profile

blueprint = Blueprint("account", __name__, url_prefix="/account")
PAGE = "staff/account/show.html"


class ProfileForm(StaffForm):
    """What people may change about themselves."""

    full_name = StringField(_l("Name"), [needed(), at_most(120)])
    language = SelectField(_l("Language"), [chosen()], choices=options(LANGUAGE_NAMES.items()))


@blueprint.get("/")
@access.signed_in
def show() -> Response:
    """The page with everything about oneself."""
    user = access.signed_in_user()
    form = ProfileForm(obj=user)
    if user is not None and not user.language:
        form.language.data = "es"
    return htmx.page_or_fragment(PAGE, PAGE, form=form, user=user)


@blueprint.post("/")
@access.signed_in
@writes
def save() -> Response:
    """Save name and language."""
    form, user = ProfileForm(), access.signed_in_user()
    if user is None:
        return access.sign_in_first()
    if not form.validate():
        return htmx.invalid(PAGE, form=form, user=user)
    change_profile(user, name=form.full_name.data or "", language=form.language.data)
    session["language"] = form.language.data
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("account.show"))
