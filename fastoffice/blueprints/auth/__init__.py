"""The front door and what everybody may choose: language and branch. Sign-in itself is Flask-Security's."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request, session
from flask_babel import gettext as _
from flask_babel import refresh

from fastoffice import htmx
from fastoffice.blueprints.unit import writes
from fastoffice.errors import NotFound
from fastoffice.identity import access
from fastoffice.identity.service import change_profile

blueprint = Blueprint("auth", __name__)


@blueprint.get("/")
def front() -> Response:
    """Staff land on their day, clients in the portal; everybody else is asked to sign in."""
    return htmx.redirect(access.home())


@blueprint.post("/language")
@writes
def choose_language() -> Response:
    """Speak this language: to the person when signed in, else in this browser."""
    language = request.form.get("language", "")
    if language in current_app.config["LANGUAGES"]:
        session["language"] = language
        user = access.signed_in_user()
        if user is not None:
            change_profile(user, name=user.full_name or user.email, language=language)
        refresh()
    return htmx.redirect(_page_after() or access.home())


@blueprint.post("/staff/branch")
@access.signed_in
def choose_branch() -> Response:
    """Work in this branch from now on. Other people's branches do not exist."""
    code = request.form.get("branch", "")
    branch = next((each for each in access.allowed_branches() if each.code == code), None)
    if branch is None:
        raise NotFound(_("There is no such branch."))
    session["branch"] = branch.code
    htmx.toast(_("You are now in %(name)s.", name=branch.name))
    return htmx.redirect(access.START)


def _page_after() -> str | None:
    """Back to the page whose menu was used; sign-in pages may speak another language, too."""
    target = request.form.get("next") or request.headers.get("Referer")
    if target and target.split("?")[0] in {"/sign-in", "/recover", "/portal/sign-in"}:
        return target.split("?")[0]
    return access.safe_next(target)
