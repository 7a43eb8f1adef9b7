"""One visit: what is known of it, its papers, and what reception does with it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.visits.base import blueprint, page, picture, visit_of_branch
from fastoffice.blueprints.unit import writes
from fastoffice.documents.files import files
from fastoffice.documents.on_demand import pdf_now
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.notifications import queries as outbox
from fastoffice.visitors import documents, errors, service
from fastoffice.visitors.models import Visit
from fastoffice.visitors.queries import lists
from fastoffice.visitors.rules import visits as rules


@blueprint.get("/<int:visit_id>")
@access.require("visits.view")
def show(visit_id: int) -> Response:
    """The visit."""
    return _page(visit_of_branch(visit_id))


@blueprint.get("/<int:visit_id>/photo")
@access.require("visits.view")
def photo(visit_id: int) -> Response:
    """The visitor, or the parcel's label."""
    visit = visit_of_branch(visit_id)
    if visit.photo_sha256 is None:
        raise errors.NoSuchVisit
    return picture(files().get(visit.photo_sha256), "image/jpeg")


@blueprint.get("/<int:visit_id>/badge.pdf")
@access.require("visits.view")
def badge(visit_id: int) -> Response:
    """The label to print."""
    visit, branch = visit_of_branch(visit_id), access.current_branch()
    response = Response(pdf_now(documents.badge_of(branch, visit), branch.language), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="visit-{visit.id}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/signatures/<int:signature_id>.png")
@access.require("visits.view")
def signature(signature_id: int) -> Response:
    """A drawn name."""
    found = lists.signature_of(access.current_branch().id, signature_id)
    if found is None or found.signature_sha256 is None:
        raise errors.NoSuchVisit
    return picture(files().get(found.signature_sha256), "image/png")


@blueprint.post("/<int:visit_id>/answer")
@access.require("visits.register")
@writes
def answer(visit_id: int) -> Response:
    """The host said it by telephone."""
    said = request.form.get("answer", "")
    return _do(visit_id, lambda visit: service.answer(visit, said, access.current_actor(), clock.now()),
               _("Noted. The tablet shows it."))


@blueprint.post("/<int:visit_id>/host-call")
@access.require("visits.register")
@writes
def tell_host(visit_id: int) -> Response:
    """Tell the host of a visitor whom nobody told of."""
    branch = access.current_branch()
    return _do(visit_id, lambda visit: service.tell_host(branch, visit, access.current_actor(), clock.now()),
               _("The host is told."))


@blueprint.post("/<int:visit_id>/entrance")
@access.require("visits.register")
@writes
def let_in(visit_id: int) -> Response:
    """The visitor went in with the host."""
    branch = access.current_branch()
    return _do(visit_id, lambda visit: service.let_in(branch, visit, access.current_actor(), clock.now()),
               _("Inside."))


@blueprint.post("/<int:visit_id>/exit")
@access.require("visits.register")
@writes
def sign_out(visit_id: int) -> Response:
    """The visitor left."""
    return _do(visit_id, lambda visit: service.end_visit(visit, "reception", access.current_actor(), clock.now()),
               _("Signed out."))


def _do(visit_id: int, work: Callable[[Visit], object], thanks: str) -> Response:
    visit = visit_of_branch(visit_id)
    try:
        with db.session.begin_nested():
            work(visit)
    except Refusal as refusal:
        db.session.expire_all()
        return _page(visit_of_branch(visit_id), 409, str(refusal))
    htmx.toast(thanks)
    back = request.form.get("back")
    return htmx.redirect(url_for("visits.board") if back == "board" else url_for("visits.show", visit_id=visit_id))


def _page(visit: Visit, status: int = 200, error: str = "") -> Response:
    calls = lists.calls_of(visit.id)
    return page("show", status=status, visit=visit, calls=calls, error=error, noted=lists.is_noted(visit),
                whatsapps=outbox.deliveries_of("host_call", [call.id for call in calls], "whatsapp"),
                signatures=lists.signatures_of(visit.id), answers=rules.ANSWERS)
