"""Users: who works here, with which role, in which branches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField

from fastoffice import htmx
from fastoffice.audit import Actor
from fastoffice.blueprints.forms import StaffForm, at_most, attempt, needed, options
from fastoffice.blueprints.shell import ROLE_NAMES
from fastoffice.blueprints.staff.settings.branch import version_of
from fastoffice.blueprints.staff.settings.frame import blueprint, page
from fastoffice.blueprints.unit import writes
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal
from fastoffice.identity import access, queries, service
from fastoffice.identity.models import User
from fastoffice.identity.permissions import ROLES, may_grant
from fastoffice.sent import version_in

ROLE_HINTS = {
    "receptionist": _l("Drafts, issues, records payments, imports, sends."),
    "manager": _l("All of that, and prices, write-offs, settings and users of the branch."),
    "accountant": _l("Sees everything, records and reverses payments, exports."),
    "network": _l("Sees all branches of the network; settings and users everywhere."),
}


class PersonForm(StaffForm):
    """Role and branches of somebody."""

    version = HiddenField()
    full_name = StringField(_l("Name"), [needed(), at_most(120)])
    role = RadioField(_l("Role"), validate_choice=False)
    branches = SelectMultipleField(_l("Branches"), validate_choice=False)

    def offer(self) -> None:
        """The roles that this person may give and the branches they work in."""
        mine = access.role_names(access.require_user())
        self.role.choices = options((name, ROLE_NAMES[name]) for name in ROLES if may_grant(mine, name))
        self.branches.choices = options((each.code, each.name) for each in access.allowed_branches())

    def chosen_branches(self) -> list[Branch]:
        """The ticked branches among those on offer."""
        return [each for each in access.allowed_branches() if each.code in (self.branches.data or [])]


class InvitationForm(PersonForm):
    """Somebody new."""

    email = StringField(_l("E-mail"), [needed(), at_most(254)])


def _context() -> dict[str, Any]:
    return {"roles": ROLE_NAMES, "hints": ROLE_HINTS, "me": access.require_user()}


@blueprint.get("/users")
@access.require("users.manage")
def people() -> Response:
    """Everybody who works in one's branches."""
    return page("people", rows=queries.people(access.require_user()), **_context())


@blueprint.get("/users/new")
@access.require("users.manage")
def new_person() -> Response:
    """The form of an invitation."""
    form = InvitationForm()
    form.offer()
    form.role.data, form.branches.data = "receptionist", [access.current_branch().code]
    return page("person", form=form, user=None, **_context())


@blueprint.post("/users")
@access.require("users.manage")
@writes
def invite() -> Response:
    """Create the user and mail the link with which they set their password."""
    form = InvitationForm()
    form.offer()
    status = attempt(form, lambda: service.invite_user(
        access.current_actor(), email=form.email.data or "", role=_granted(form),
        branches=form.chosen_branches(), name=form.full_name.data or ""))
    if status:
        return page("person", form=form, user=None, status=status, **_context())
    htmx.toast(_("The invitation is on its way to %(email)s.", email=form.email.data))
    return htmx.redirect(url_for("settings.people"))


@blueprint.get("/users/<int:user_id>")
@access.require("users.manage")
def person(user_id: int) -> Response:
    """One user."""
    user = queries.person(access.require_user(), user_id)
    form = PersonForm(obj=user)
    form.offer()
    form.role.data = next(iter(access.role_names(user)), "")
    form.branches.data = [each.code for each in user.branches]
    return page("person", form=form, user=user, **_context())


@blueprint.post("/users/<int:user_id>")
@access.require("users.manage")
@writes
def save_person(user_id: int) -> Response:
    """Change name, role and branches; sessions end when access changes."""
    user, form = queries.person(access.require_user(), user_id), PersonForm()
    form.offer()
    status = attempt(form, lambda: _change(user, form))
    if status:
        return page("person", form=form, user=user, status=status, **_context())
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("settings.people"))


@blueprint.post("/users/<int:user_id>/invitation")
@access.require("users.manage")
@writes
def invite_again(user_id: int) -> Response:
    """Mail the link again."""
    user = queries.person(access.require_user(), user_id)
    service.send_invitation(access.current_actor(), user)
    htmx.toast(_("The link is on its way to %(email)s.", email=user.email))
    return htmx.redirect(url_for("settings.person", user_id=user_id))


@blueprint.post("/users/<int:user_id>/deactivation")
@access.require("users.manage")
@writes
def deactivate(user_id: int) -> Response:
    """Stop the user from signing in."""
    return _act(user_id, service.deactivate, _("The account is deactivated and its sessions ended."))


@blueprint.post("/users/<int:user_id>/reactivation")
@access.require("users.manage")
@writes
def reactivate(user_id: int) -> Response:
    """Let the user sign in again."""
    return _act(user_id, service.reactivate, _("The account is active again."))


@blueprint.post("/users/<int:user_id>/second-factor-reset")
@access.require("users.manage")
@writes
def reset_second_factor(user_id: int) -> Response:
    """Forget a lost phone."""
    return _act(user_id, service.reset_second_factor, _("The second factor was reset and the sessions ended."))


def _act(user_id: int, verb: Callable[..., None], news: str) -> Response:
    user = queries.person(access.require_user(), user_id)
    _within_reach(user)
    actor: Actor = access.current_actor()
    verb(actor, user, version=version_in(request.form.get("version", "")))
    htmx.toast(news)
    return htmx.redirect(url_for("settings.person", user_id=user_id))


def _change(user: User, form: PersonForm) -> None:
    _within_reach(user)
    if user.id == access.require_user().id and form.role.data not in access.role_names(user):
        raise Refusal(_l("You cannot change your own role."), field="role")
    service.change_access(
        access.current_actor(), user, role=_granted(form), branches=form.chosen_branches(),
        name=form.full_name.data or "", version=version_of(form))


def _granted(form: PersonForm) -> str:
    """The chosen role, if whoever asks may give it."""
    role = form.role.data or ""
    if not may_grant(access.role_names(access.require_user()), role):
        raise Refusal(_l("Choose one of the roles."), field="role")
    return role


def _within_reach(user: User) -> None:
    """Managers change whoever works in their branches only; the rest is for the network's administrator."""
    mine = access.require_user()
    if not all(may_grant(access.role_names(mine), role) for role in access.role_names(user)):
        raise Refusal(_l("This account belongs to the network: its administrator changes it."))
    if not {each.id for each in user.branches} <= {each.id for each in access.allowed_branches()}:
        raise Refusal(_l("This person also works in other branches: the network's administrator changes it."))
