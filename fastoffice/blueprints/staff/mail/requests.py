"""What clients ask to be done with their mail, and doing it."""

from __future__ import annotations

from flask import Response, make_response, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.mail import items
from fastoffice.blueprints.staff.mail.base import attempt, blueprint, item_of_branch, sent_file
from fastoffice.blueprints.typed import Typed
from fastoffice.documents.files import files
from fastoffice.errors import Refusal
from fastoffice.identity import access
from fastoffice.mailroom import errors, queries, service
from fastoffice.mailroom.models import MailRequest
from fastoffice.mailroom.service import keeping


@blueprint.get("/requests")
@access.require("mailroom.view")
def requests() -> Response:
    """Those that wait, the oldest first."""
    branch = access.current_branch()
    template = "staff/mail/requests.html"
    return htmx.page_or_fragment(template, template, rows=queries.asked(branch.id), zone=branch.timezone)


@blueprint.post("/requests/<int:wish_id>/completion")
@access.require("mailroom.handle")
def complete(wish_id: int) -> Response:
    """It was done: charge it and tell the client."""
    found, form = _of_branch(wish_id), Typed.sent()
    item_id, actor, now = found.item_id, access.current_actor(), clock.now()
    try:
        scan = keeping.scan(*sent_file("files"))
    except Refusal as refusal:
        form.refuse(refusal)
        return items.page(item_of_branch(item_id), form)
    status = attempt(form, lambda branch: service.complete(
        branch, wish_id, form.text("answer"), actor, now, scan=scan))
    return _after(item_id, form, status, _("Done. The client is told."))


@blueprint.post("/requests/<int:wish_id>/refusal")
@access.require("mailroom.handle")
def refuse(wish_id: int) -> Response:
    """It cannot be done."""
    found, form = _of_branch(wish_id), Typed.sent()
    item_id, actor, now = found.item_id, access.current_actor(), clock.now()
    status = attempt(form, lambda branch: service.refuse(branch, wish_id, form.text("reason"), actor, now),
                     answer="reason")
    return _after(item_id, form, status, _("Answered. The client is told."))


@blueprint.post("/requests/<int:wish_id>/undo")
@access.require("mailroom.handle")
def undo_completion(wish_id: int) -> Response:
    """It was noted by a slip: it waits again."""
    found, form = _of_branch(wish_id), Typed.sent()
    item_id, actor, now = found.item_id, access.current_actor(), clock.now()
    status = attempt(form, lambda branch: service.undo_completion(branch, wish_id, actor, now))
    return _after(item_id, form, status, _("Taken back: the request waits again."))


@blueprint.get("/requests/<int:wish_id>/file")
@access.require("mailroom.view")
def scan(wish_id: int) -> Response:
    """The scan, as a download."""
    found = _of_branch(wish_id)
    if found.file_sha256 is None:
        raise errors.NoSuchRequest
    response = make_response(files().get(found.file_sha256))
    response.headers["Content-Type"] = found.media_type
    response.headers.set("Content-Disposition", "attachment", filename=found.filename)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _after(item_id: int, form: Typed, status: int | None, thanks: str) -> Response:
    if status is not None:
        return items.page(item_of_branch(item_id), form, status)
    htmx.toast(thanks)
    return htmx.redirect(url_for("mail.show", item_id=item_id))


def _of_branch(wish_id: int) -> MailRequest:
    found = queries.request(access.current_branch().id, wish_id)
    if found is None:
        raise errors.NoSuchRequest
    return found
