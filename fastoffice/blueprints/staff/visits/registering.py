"""Reception registers a visit for somebody."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.staff.visits.base import blank, blueprint, form_page, page
from fastoffice.blueprints.typed import Typed
from fastoffice.clients import lists as clients
from fastoffice.clients.models import Client
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.sent import whole_of
from fastoffice.visitors import service
from fastoffice.visitors.service import SignIn
from fastoffice.visitors.service import hosts as meaning

FEW = 8


@blueprint.get("/new")
@access.require("visits.register")
def new() -> Response:
    """Who is it, and for whom?"""
    return _form(blank(kind="visit", client=str(whole_of(request.args, "client") or "")))


@blueprint.get("/hosts")
@access.require("visits.register")
def hosts() -> Response:
    """Clients by what was typed so far: reception may see them."""
    return page("_hosts", hits=hits(request.args.get("host", "")), chosen="")


@blueprint.post("/new")
@access.require("visits.register")
def register() -> Response:
    """Register it; the host is told at once."""
    form, actor, now = Typed.sent(), access.current_actor(), clock.now()
    client_id = chosen_client(form)
    if client_id is None:
        form.errors["host"] = _l("Choose whom the visit is for.")
    data = SignIn(
        request_key=form.text("request_key") or blank()["request_key"], kind=form.text("kind"), name=form.text("name"),
        company=form.text("company"), contact=form.text("contact"), client_id=client_id, by="reception",
        details={"note": form.text("note")} if form.text("note").strip() else {})
    if not form.errors:
        try:
            came = transaction.run(lambda: service.sign_in(access.current_branch(), data, actor, now))
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            htmx.toast(_("Registered. The host knows of it.") if came.told else _("Registered."))
            return htmx.redirect(url_for("visits.show", visit_id=came.visit_id))
    return _form(form)


def chosen_client(form: Typed) -> int | None:
    """The client that was ticked, else the only one whom what was typed means."""
    if form.number("client"):
        return form.number("client")
    text = form.text("host")
    found = meaning.look(access.current_branch().id, text).client_id if text.strip() else None
    rows = hits(text) if found is None else []
    return found if found is not None else rows[0].id if len(rows) == 1 else None


def offered(form: Typed) -> dict[str, Any]:
    """The clients to tick below the field, and which one is."""
    ticked = form.number("client")
    if not ticked:
        return {"hits": hits(form.text("host")), "chosen": ""}
    client = db.session.get(Client, ticked)
    known = client is not None and client.branch_id == access.current_branch().id
    return {"hits": [client] if known else [], "chosen": str(ticked)}


def hits(text: str) -> list[Any]:
    """Clients in use that hold every word."""
    rows = clients.find(access.current_branch().id, text.strip()[:80], FEW) if text.strip() else []
    return [row for row in rows if row.archived_at is None]


def _form(form: Typed) -> Response:
    return form_page("new", form, **offered(form))
