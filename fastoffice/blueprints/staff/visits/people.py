"""One person's data: found by the telephone or e-mail they left, handed out as a file, or erased."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from fastoffice import audit, clock, htmx, transaction
from fastoffice.blueprints.staff.visits.base import blueprint, form_page
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.documents.files import files
from fastoffice.documents.storage import StorageError
from fastoffice.errors import Refusal
from fastoffice.identity import access
from fastoffice.mailroom.service import callers
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
    return form_page("people", form, found=_kept(key) if key else None)


@blueprint.post("/people.zip")
@access.require("visits.manage")
def export_person() -> Response:
    """All that is kept of the person, with their photos and signatures, as a file for them."""
    form, branch, actor = Typed.sent(), access.current_branch(), access.current_actor()
    key, branch_id = _key(form), branch.id
    if not key:
        return form_page("people", form, found=None)
    packed = _packed(_kept(key), personal.pictures_of(branch, key))
    transaction.run(lambda: audit.record(actor, "visitor.exported", ("branch", branch_id), branch_id=branch_id))
    response = Response(packed, mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename="datos-personales.zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _kept(key: str) -> dict[str, Any]:
    """What the lobby and the telephone keep of them."""
    branch = access.current_branch()
    said = [{"name": item.sender, "phone": item.phone, "message": item.note, "for": item.addressee,
             "at": clock.local(item.received_at, branch.timezone).isoformat(timespec="minutes")}
            for item in callers.calls_of(branch.id, key)]
    return {**personal.data_of(branch, key), "calls": said}


def _packed(data: dict[str, Any], pictures: dict[str, str]) -> bytes:
    """datos.json and the pictures; one that the storage lost is named in `missing`."""
    out, missing = io.BytesIO(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, sha256 in pictures.items():
            try:
                packed.writestr(name, files().get(sha256))
            except StorageError:
                missing.append(name)
        packed.writestr("datos.json", json.dumps({**data, "missing": missing}, ensure_ascii=False, indent=1))
    return out.getvalue()


@blueprint.post("/people/erasure")
@access.require("visits.manage")
@writes
def erase_person() -> Response:
    """Forget them."""
    form = Typed.sent()
    key = _key(form)
    if not key:
        return form_page("people", form, found=None)
    branch, actor = access.current_branch(), access.current_actor()
    count = forgetting.erase_person(branch, key, actor, clock.now()) + callers.forget(branch, key, actor)
    htmx.toast(_("Erased from %(count)s records.", count=count))
    return htmx.redirect(url_for("visits.people"))


def _key(form: Typed) -> str:
    try:
        return visits.contact_key(*visits.split_contact(form.text("contact")))
    except Refusal as refusal:
        form.refuse(refusal)
        return ""
