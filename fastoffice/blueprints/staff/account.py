"""My account: name, language, password, second factor, calendar address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.forms import StaffForm, at_most, chosen, needed, options
from fastoffice.blueprints.shell import LANGUAGE_NAMES
from fastoffice.blueprints.unit import writes
from fastoffice.bookings.queries import feeds as calendars
from fastoffice.bookings.service import feeds
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
    return htmx.page_or_fragment(PAGE, PAGE, form=form, user=user, **_calendar())


@blueprint.post("/")
@access.signed_in
@writes
def save() -> Response:
    """Save name and language."""
    form, user = ProfileForm(), access.signed_in_user()
    if user is None:
        return access.sign_in_first()
    if not form.validate():
        return htmx.invalid(PAGE, form=form, user=user, **_calendar())
    change_profile(user, name=form.full_name.data or "", language=form.language.data)
    session["language"] = form.language.data
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("account.show"))


@blueprint.post("/calendar")
@access.signed_in
def open_calendar() -> Response:
    """A private address for my meetings; the one before is over."""
    user_id, actor, now = access.require_user().id, access.current_actor(), clock.now()
    token = transaction.run(lambda: feeds.open_own(access.current_branch(), user_id, actor, now))
    user = access.require_user()
    return htmx.page_or_fragment(PAGE, PAGE, form=ProfileForm(None, obj=user), user=user, token=token, **_calendar())


@blueprint.post("/calendar/end")
@access.signed_in
@writes
def end_calendar() -> Response:
    """Nobody reads my calendar any more."""
    feeds.end_own(access.current_branch(), access.require_user().id, access.current_actor(), clock.now())
    htmx.toast(_("The address is over: nobody reads there any more."))
    return htmx.redirect(url_for("account.show"))


def _calendar() -> dict[str, Any]:
    """My open calendar address, if there is one; people without a branch have no meetings."""
    found = calendars.of_person(access.require_user().id, None) if access.allowed_branches() else None
    return {"feed": found, "meets": bool(access.allowed_branches())}
