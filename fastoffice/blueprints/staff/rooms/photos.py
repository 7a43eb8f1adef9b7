"""What a room looks like: set by who sets up rooms, seen by all of the staff."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _

from fastoffice import htmx, transaction
from fastoffice.blueprints.rooming import photo_of
from fastoffice.blueprints.staff.rooms.base import blueprint, resource_of_branch
from fastoffice.blueprints.staff.rooms.resources import form_page, values_of
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings.models import Resource
from fastoffice.bookings.service import photos
from fastoffice.documents.uploads import MAX_BYTES
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.identity import access


@blueprint.post("/resources/<int:resource_id>/photo")
@access.require("rooms.manage")
def save_photo(resource_id: int) -> Response:
    """The picture that everybody sees of it, or none any more."""
    key, form = resource_of_branch(resource_id).id, Typed.sent()
    file = request.files.get("photo")
    try:
        kept = None if form.on("none") else photos.keep(file.stream.read(MAX_BYTES + 1) if file else b"")
    except Refusal as refusal:
        form.refuse(refusal, files="photo")
        return form_page(resource_of_branch(key), values_of(resource_of_branch(key)), refused=form)
    transaction.run(lambda: photos.set_photo(db.session.get_one(Resource, key), kept, access.current_actor()))
    htmx.toast(_("Saved."))
    return htmx.redirect(url_for("rooms.resource", resource_id=key))


@blueprint.get("/resources/<int:resource_id>/photo")
@access.require("rooms.view")
def photo(resource_id: int) -> Response:
    """What it looks like."""
    return photo_of(resource_of_branch(resource_id))
