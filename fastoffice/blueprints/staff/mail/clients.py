"""What the counter knows of a client: other names, who may collect, how calls are answered."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.mail.base import attempt, blueprint
from fastoffice.blueprints.typed import Typed
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.mailroom import queries, service
from fastoffice.mailroom.service import aliases, nominees
from fastoffice.sent import version_in


@blueprint.get("/clients/<int:client_id>")
@access.require("mailroom.view")
def client(client_id: int) -> Response:
    """The client's sheet."""
    found = access.scoped(Client, client_id)
    return _page(found, Typed())


@blueprint.post("/clients/<int:client_id>")
@access.require("mailroom.handle")
def save_client(client_id: int) -> Response:
    """How calls are answered, and by which channels the client hears of its mail."""
    form, actor = Typed.sent(), access.current_actor()
    return _do(client_id, form, lambda found: service.save_sheet(
        found, form.text("greeting"), form.text("pass_to"), form.several("channels"),
        version_in(form.text("version")), actor), _("Saved."))


@blueprint.post("/clients/<int:client_id>/names")
@access.require("mailroom.handle")
def add_alias(client_id: int) -> Response:
    """Mail to this name is the client's."""
    form, actor, now, branch = Typed.sent(), access.current_actor(), clock.now(), access.current_branch()
    return _do(client_id, form, lambda found: aliases.add(branch, found, form.text("alias"), actor, now), _("Saved."),
               name="alias")


@blueprint.post("/clients/<int:client_id>/names/<int:alias_id>/removal")
@access.require("mailroom.handle")
def remove_alias(client_id: int, alias_id: int) -> Response:
    """It is not."""
    actor = access.current_actor()
    return _do(client_id, Typed.sent(), lambda found: aliases.remove(found, alias_id, actor), _("Removed."))


@blueprint.post("/clients/<int:client_id>/people")
@access.require("mailroom.handle")
def add_nominee(client_id: int) -> Response:
    """The client lets somebody collect."""
    form, actor, now = Typed.sent(), access.current_actor(), clock.now()
    return _do(client_id, form, lambda found: nominees.name_one(
        found, form.text("name"), form.text("pin"), actor, now), _("Saved."))


@blueprint.post("/clients/<int:client_id>/people/<int:nominee_id>/removal")
@access.require("mailroom.handle")
def end_nominee(client_id: int, nominee_id: int) -> Response:
    """Not any more."""
    actor, now = access.current_actor(), clock.now()
    return _do(client_id, Typed.sent(), lambda found: nominees.end(found, nominee_id, actor, now), _("Removed."))


def _do(client_id: int, form: Typed, work: object, thanks: str, **others: str) -> Response:
    found = access.scoped(Client, client_id)
    key = found.id
    status = attempt(form, lambda _branch: work(db.session.get_one(Client, key)), **others)  # type: ignore[operator]
    if status is not None:
        return _page(access.scoped(Client, key), form, status)
    htmx.toast(thanks)
    return htmx.redirect(url_for("mail.client", client_id=key))


def _page(found: Client, form: Typed, status: int = 200) -> Response:
    if "greeting" not in form.values:  # another form of this page was sent, or none
        sheet = queries.sheet_of(found.id)
        form.values |= {
            "greeting": sheet.greeting if sheet else "", "pass_to": sheet.pass_to if sheet else "",
            "version": sheet.version if sheet else 0, "channels[]": sheet.channels if sheet else ["email"]}
    template = "staff/mail/client.html"
    return htmx.page_or_fragment(
        template, template, status=status, client=found, form=form, aliases=queries.aliases_of(found.id),
        people=nominees.in_force(found.id), here=queries.here_of(found.id), zone=access.current_branch().timezone)
