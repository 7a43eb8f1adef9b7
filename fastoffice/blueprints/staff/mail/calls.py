"""The telephone: whom is it for, how to greet, whom to pass to; the message goes out with one press."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.mail.base import attempt, blueprint
from fastoffice.blueprints.typed import Typed
from fastoffice.clients import lists
from fastoffice.clients import queries as clients
from fastoffice.clients.models import Client
from fastoffice.contracts.lists import running_of_clients
from fastoffice.identity import access
from fastoffice.mailroom import queries, service
from fastoffice.mailroom.rules import states

FOUND = 8


@blueprint.get("/calls")
@access.require("mailroom.handle")
def calls() -> Response:
    """Whom is it for?"""
    text = request.args.get("q", "").strip()[:80]
    rows = [row for row in lists.find(access.current_branch().id, text, FOUND) if row.archived_at is None]
    return htmx.page_or_fragment("staff/mail/calls.html", "staff/mail/_callees.html", q=text, rows=rows,
                                 sheets={row.id: queries.sheet_of(row.id) for row in rows})


@blueprint.get("/calls/<int:client_id>")
@access.require("mailroom.handle")
def new_call(client_id: int) -> Response:
    """How to greet, whom to pass to, and the message."""
    client = access.scoped(Client, client_id)
    return _page(client, Typed({"request_key": secrets.token_hex(16), "kind": states.CALL}))


@blueprint.post("/calls/<int:client_id>")
@access.require("mailroom.handle")
def log_call(client_id: int) -> Response:
    """Log it and send the message."""
    client, form, key = access.scoped(Client, client_id), Typed.sent(), client_id
    actor, now = access.current_actor(), clock.now()
    call = service.Call(
        request_key=form.text("request_key") or secrets.token_hex(16), kind=form.text("kind"),
        caller=form.text("caller"), phone=form.text("phone"), note=form.text("note"),
        contact_id=form.number("contact") or None, passed=form.text("outcome") == "passed")
    status = attempt(form, lambda branch: service.log_call(branch, key, call, actor, now), name="caller")
    if status is not None:
        return _page(access.scoped(Client, client.id), form, status)
    htmx.toast(_("Noted.") if call.passed else _("The message is on its way."))
    return htmx.redirect(url_for("mail.calls"))


def _page(client: Client, form: Typed, status: int = 200) -> Response:
    people: list[Any] = clients.contacts_of([client.id]).get(client.id, [])
    template = "staff/mail/call.html"
    return htmx.page_or_fragment(
        template, template, status=status, client=client, form=form, people=people,
        choices=[(each.id, each.name or each.email) for each in people], sheet=queries.sheet_of(client.id),
        contracts=running_of_clients([client.id], _today()).get(client.id, []))


def _today() -> date:
    return clock.local_date(clock.now(), access.current_branch().timezone)
