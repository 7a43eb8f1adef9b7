"""Pages behind the links of the lobby's messages. Looking changes nothing: mail scanners open links, so a GET shows
and a press answers.
"""

from __future__ import annotations

import base64
from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import refresh

from fastoffice import audit, clock
from fastoffice.blueprints.errors import error_page
from fastoffice.blueprints.unit import writes
from fastoffice.branches.models import Branch
from fastoffice.documents.files import files
from fastoffice.documents.qr import qr_png
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db, limiter
from fastoffice.visitors import errors, names, queries, service
from fastoffice.visitors.service import receipts, tokens

blueprint = Blueprint("visit_pages", __name__, url_prefix="/visits")
CLIENT = audit.Actor("client")


@blueprint.errorhandler(errors.LinkOver)
def over(reason: errors.LinkOver) -> Response:
    """What to do now, instead of a page that does not exist."""
    return _private(error_page(404, _("This page has closed"), str(reason), illustration="lost"))


@blueprint.get("/answer/<token>")
@limiter.limit("60 per minute")
def answer(token: str) -> Response:
    """Who is there, and the three answers to press."""
    return _answer_page(token)


@blueprint.post("/answer/<token>")
@limiter.limit("20 per minute")
@writes
def send_answer(token: str) -> Response:
    """The host's answer; the tablet shows it."""
    said, note = request.form.get("answer", ""), request.form.get("note", "")
    try:
        with db.session.begin_nested():
            if said == "left":
                call = service.call_behind(token, clock.now())
                service.end_visit(call.visit, "host", audit.Actor(call.name or "client"), clock.now())
            else:
                service.answer_by_link(token, said, note, clock.now())
    except NotFound:
        raise
    except Refusal as refusal:
        db.session.expire_all()
        return _answer_page(token, 409, str(refusal))
    return _private(make_response(redirect(url_for(".answer", token=token, done=1), 303)))


@blueprint.get("/invitation/<token>")
@limiter.limit("60 per minute")
def invitation(token: str) -> Response:
    """Where and when, with the code and the QR to show at the tablet."""
    found = queries.invitation_behind(token)
    _speak(found.language)
    code = tokens.code_of("invitation-code", found.nonce)
    picture = base64.b64encode(qr_png(code)).decode()
    return _page("invitation", 200, invitation=found, branch=db.session.get_one(Branch, found.branch_id),
                 code=tokens.spoken(code), picture=f"data:image/png;base64,{picture}")


@blueprint.get("/notice/<token>")
@limiter.limit("60 per minute")
def notice(token: str) -> Response:
    """That a document was delivered; to see it is to say that it was read."""
    return _notice_page(token)


@blueprint.post("/notice/<token>")
@limiter.limit("20 per minute")
@writes
def read_notice(token: str) -> Response:
    """The read receipt."""
    found, said_by = receipts.behind(token, clock.now()), request.form.get("name", "").strip()
    if not any(char.isalpha() for char in said_by):
        return _notice_page(token, 422, str(errors.NameMissing()))
    _speak(found.notice.client.language)
    channel, address = (found.alert.channel, found.alert.address) if found.alert else ("email", "")
    zone = db.session.get_one(Branch, found.notice.branch_id).timezone
    actor = audit.Actor(f"{found.notice.client.display_name[:100]} ({channel})")
    receipts.acknowledge(found.notice, receipts.Reading(
        channel=channel, address=address, said_by=said_by, origin=request.remote_addr or "",
        text=receipts.statement(found.notice, zone)), actor, clock.now())
    return _private(make_response(redirect(url_for(".notice", token=token), 303)))


@blueprint.get("/notice/<token>/document")
@limiter.limit("30 per minute")
def notice_document(token: str) -> Response:
    """The document itself, once it was said that it is read."""
    link = receipts.behind(token, clock.now())
    found = link.notice
    if link.read_at is None:
        return _private(make_response(redirect(url_for(".notice", token=token), 303)))
    response = make_response(files().get(found.document_sha256))
    response.headers["Content-Type"] = found.document_type
    ending = "pdf" if found.document_type == "application/pdf" else "jpg"
    response.headers.set("Content-Disposition", "attachment", filename=f"documento-{found.id}.{ending}")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return _private(response)


def _answer_page(token: str, status: int = 200, error: str = "") -> Response:
    call = service.call_behind(token, clock.now())
    branch = db.session.get_one(Branch, call.branch_id)
    _speak(call.visit.client.language if call.visit.client else branch.language)
    return _page("answer", status, visit=call.visit, branch=branch, token=token, error=error,
                 done=bool(request.args.get("done")))


def _notice_page(token: str, status: int = 200, error: str = "") -> Response:
    found = receipts.behind(token, clock.now())
    _speak(found.notice.client.language)
    branch = db.session.get_one(Branch, found.notice.branch_id)
    return _page("notice", status, notice=found.notice, read_at=found.read_at, branch=branch, token=token, error=error,
                 statement=receipts.statement(found.notice, branch.timezone))


def _speak(language: str) -> None:
    g.language = language
    refresh()


def _page(name: str, status: int, **context: Any) -> Response:
    response = make_response(render_template(f"public/visits/{name}.html", names=names, **context), status)
    _private(response).headers["Referrer-Policy"] = "same-origin"  # over https a form without a referrer is refused
    return response


def _private(response: Any) -> Response:
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    answer: Response = response
    return answer
