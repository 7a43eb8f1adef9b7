"""What the client asked, what became of it, and taking it back."""

from __future__ import annotations

from flask import Response, flash, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.paging import neighbours, page_number
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.unit import writes
from fastoffice.documents.files import files
from fastoffice.identity import portal
from fastoffice.receivables import errors, names, queries, service
from fastoffice.receivables.models import ClientRequest


@blueprint.get("/requests")
@portal.require("requests")
def requests() -> Response:
    """Every request with its state and our answer, the newest first."""
    page = queries.of_client(portal.current().client_id, page_number())
    return own.page("requests.html", page=page, names=names, **neighbours(page, "portal.requests"))


@blueprint.post("/requests/<int:request_id>/withdrawal")
@portal.require("requests")
@writes
def withdraw_request(request_id: int) -> Response:
    """Take it back while nobody answered; whoever comes too late reads the answer."""
    try:
        service.withdraw(_own_request(request_id), portal.current_actor(), clock.now())
    except errors.AnsweredAlready:
        flash(_("We have answered it meanwhile: this is what we say."), "info")
    else:
        flash(_("Withdrawn."), "success")
    return htmx.redirect(url_for("portal.requests"))


@blueprint.get("/requests/files/<int:file_id>")
@own.at_most("60 per minute")
@portal.require("requests")
def request_file(file_id: int) -> Response:
    """A file that came with one of the client's requests, as a download."""
    visitor = portal.current()
    found = queries.file_of(visitor.branch_id, file_id)
    if found is None or found[1] != visitor.client_id:
        raise errors.NoSuchRequest
    return own.download(files().get(found[0].sha256), found[0].filename, found[0].media_type)


def _own_request(request_id: int) -> ClientRequest:
    visitor = portal.current()
    found = queries.load(visitor.branch_id, request_id)
    if found is None or found.client_id != visitor.client_id:
        raise errors.NoSuchRequest
    return found
