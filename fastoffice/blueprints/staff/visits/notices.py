"""Visits of authorities: a form with what the law wants to know, and the evidence on paper."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.paging import neighbours, page_number
from fastoffice.blueprints.staff.visits.base import (
    blank,
    blueprint,
    form_page,
    notice_of_branch,
    page,
    picture,
    visit_of_branch,
)
from fastoffice.blueprints.staff.visits.registering import chosen_client, offered
from fastoffice.blueprints.typed import Typed
from fastoffice.documents.files import files
from fastoffice.documents.on_demand import pdf_now
from fastoffice.documents.uploads import MAX_BYTES
from fastoffice.errors import NotFound, Refusal
from fastoffice.identity import access
from fastoffice.sent import whole_of
from fastoffice.visitors import documents, errors
from fastoffice.visitors.models import Visit
from fastoffice.visitors.queries import lists
from fastoffice.visitors.service import legal, receipts
from fastoffice.visitors.service.legal import Delivered, KeptDocument


@blueprint.get("/notices")
@access.require("visits.view")
def notices() -> Response:
    """The newest first."""
    found = lists.legal_notices(access.current_branch().id, number=page_number())
    return page("notices", page=found, **neighbours(found, "visits.notices"))


@blueprint.get("/notices/new")
@access.require("visits.register")
def new_notice() -> Response:
    """Who came with what, for whom? With what the official wrote at the tablet, if they did."""
    key = whole_of(request.args, "visit")
    return _form(blank(**_told(visit_of_branch(key))) if key else blank())


@blueprint.post("/notices/new")
@access.require("visits.register")
def receive_notice() -> Response:
    """Keep it; the client is alerted at once."""
    form, actor, now = Typed.sent(), access.current_actor(), clock.now()
    client_id = chosen_client(form)
    if client_id is None:
        form.errors["host"] = _l("Choose whom it is for.")
    for name in legal.MANDATORY:  # all that is missing at once, not one a time
        if not form.text(name).strip():
            form.refuse(errors.FieldMissing(name))
    try:
        data = Delivered(
            request_key=form.text("request_key") or blank()["request_key"], client_id=client_id,
            notes=form.text("notes"), visit_id=form.number("visit") or None, document=_document(form),
            **{name: form.text(name) for name in legal.MANDATORY})
        if not form.errors:
            made = transaction.run(lambda: legal.receive_notice(access.current_branch(), data, actor, now).id)
            htmx.toast(_("Kept. The client is alerted."))
            return htmx.redirect(url_for("visits.notice", notice_id=made))
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal, files="document", client="host")
    return _form(form)


@blueprint.get("/notices/<int:notice_id>")
@access.require("visits.view")
def notice(notice_id: int) -> Response:
    """What was delivered, and whether the client read it."""
    found = notice_of_branch(notice_id)
    alerts = receipts.alerts_of(found.id)
    return page("notice", notice=found, alerts=alerts, sent=documents.sent_of(alerts))


@blueprint.get("/notices/<int:notice_id>/document")
@access.require("visits.view")
def notice_document(notice_id: int) -> Response:
    """The photo or PDF, as a download."""
    found = notice_of_branch(notice_id)
    ending = "pdf" if found.document_type == "application/pdf" else "jpg"
    return picture(files().get(found.document_sha256), found.document_type, f"documento-{found.id}.{ending}")


@blueprint.get("/notices/<int:notice_id>/evidence.pdf")
@access.require("visits.view")
def evidence(notice_id: int) -> Response:
    """The record, as far as it goes now."""
    found, branch = notice_of_branch(notice_id), access.current_branch()
    data = pdf_now(documents.evidence_of(branch, found), branch.language)
    return picture(data, "application/pdf", f"constancia-{branch.code}-{found.id}.pdf")


def _told(visit: Visit) -> dict[str, str]:
    """What is known of an authority's visit, as the form names it."""
    told: dict[str, str] = visit.details
    return {"visit": str(visit.id), "client": str(visit.client_id or ""), "official_name": visit.visitor_name,
            "host": visit.host_text if visit.client_id is None else "",
            "authority": told.get("authority") or visit.company, "official_id": told.get("identification", ""),
            "document_number": told.get("document", ""), "subject": told.get("purpose", "")}


def _document(form: Typed) -> KeptDocument | None:
    """What was chosen; one that is missing is noted beside its field."""
    sent = request.files.get("document")
    if sent is not None and sent.filename:
        return legal.keep_document(sent.stream.read(MAX_BYTES + 1))
    form.refuse(errors.DocumentMissing())
    return None


def _form(form: Typed) -> Response:
    return form_page("new_notice", form, **offered(form))
