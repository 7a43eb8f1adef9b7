"""One person's data: found by the telephone or e-mail they left, handed out as a file, or erased."""

from __future__ import annotations

import json

from flask import Response, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.visits.base import blueprint, form_page
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.errors import Refusal
from fastoffice.identity import access
from fastoffice.visitors.queries import personal
from fastoffice.visitors.rules import visits
from fastoffice.visitors.service import forgetting


@blueprint.get("/people")
@access.require("visits.manage")
def people() -> Response:
    """Whose data? Nothing is listed."""
    return form_page("people", Typed(), found=None)


@blueprint.post("/people")
@access.require("visits.manage")
def find_person() -> Response:
    """What is kept of them. What was typed is sent in the body: an address bar and a log would keep it."""
    form = Typed.sent()
    key = _key(form)
    return form_page("people", form, found=personal.data_of(access.current_branch(), key) if key else None)


@blueprint.post("/people.json")
@access.require("visits.manage")
def export_person() -> Response:
    """All that is kept of the person, as a file for them."""
    form = Typed.sent()
    key = _key(form)
    if not key:
        return form_page("people", form, found=None)
    found = personal.data_of(access.current_branch(), key)
    response = Response(json.dumps(found, ensure_ascii=False, indent=1), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename="datos-personales.json")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/people/erasure")
@access.require("visits.manage")
@writes
def erase_person() -> Response:
    """Forget them."""
    form = Typed.sent()
    key = _key(form)
    if not key:
        return form_page("people", form, found=None)
    count = forgetting.erase_person(access.current_branch(), key, access.current_actor(), clock.now())
    htmx.toast(_("Erased from %(count)s records.", count=count))
    return htmx.redirect(url_for("visits.people"))


def _key(form: Typed) -> str:
    try:
        return visits.contact_key(*visits.split_contact(form.text("contact")))
    except Refusal as refusal:
        form.refuse(refusal)
        return ""
