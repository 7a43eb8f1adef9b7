"""The outbox: what was to be told to clients, what became of it, and sending it again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from fastoffice import htmx, locale
from fastoffice.blueprints.paging import page_number
from fastoffice.blueprints.staff import outbox_view as view
from fastoffice.blueprints.unit import writes
from fastoffice.documents import queries as documents
from fastoffice.documents import service as document_service
from fastoffice.documents.models import Document
from fastoffice.errors import NotFound, Refusal
from fastoffice.identity.access import current_actor, current_branch, owned, require, scoped
from fastoffice.notifications import kinds, post, preview, queries, service
from fastoffice.notifications.models import Delivery
from fastoffice.notifications.queries import Filter
from fastoffice.sent import whole_of

blueprint = Blueprint("outbox", __name__, url_prefix="/staff/outbox")
PREVIEW_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@blueprint.app_context_processor
def _names() -> dict[str, Any]:
    return {"outbox": view}


def _delivery(delivery_id: int) -> Delivery:
    """The branch's delivery. Raises NotFound for another branch's and for somebody's private mail."""
    delivery = owned(queries.full(delivery_id))
    if delivery.notice.kind in kinds.PRIVATE:
        raise NotFound(_l("There is no such record in this branch."))
    return delivery


def _filter() -> Filter:
    args = request.args
    state, channel, kind = (args.get(name, "") for name in ("state", "channel", "kind"))
    return Filter(
        state if state in queries.STATES else "", channel if channel in kinds.CHANNELS else "",
        kind if kind in kinds.SHOWN else "", args.get("q", "").strip()[:80],
    )


@blueprint.get("/")
@require("outbox.view")
def index() -> Response:
    """The list, newest first."""
    branch, wanted = current_branch(), _filter()
    found = queries.page(branch.id, wanted, page_number())
    context: dict[str, Any] = {
        "branch": branch, "wanted": wanted, "found": found, "counts": queries.counts(branch.id),
        "kinds": [(name, str(kind.label)) for name, kind in kinds.SHOWN.items()],
        "broken": documents.failed(branch.id),
        "previous_url": view.list_url(wanted, found.number - 1) if found.number > 1 else None,
        "next_url": view.list_url(wanted, found.number + 1) if found.has_next else None,
    }
    return htmx.page_or_fragment("staff/outbox/index.html", "staff/outbox/_list.html", **context)


@blueprint.get("/<int:delivery_id>")
@require("outbox.view")
def show(delivery_id: int) -> Response:
    """One message: what it says, what goes with it, what became of it."""
    return htmx.page_or_fragment("staff/outbox/show.html", "staff/outbox/show.html", **_page(_delivery(delivery_id)))


def _page(delivery: Delivery, **more: Any) -> dict[str, Any]:
    branch, notice = current_branch(), delivery.notice
    try:
        message = preview.message_of(delivery)
    except (Refusal, KeyError) as error:
        message = preview.Message("", str(error))
    attached = documents.by_keys(tuple(key) for key in notice.documents)
    link = ""
    if delivery.channel == kinds.WHATSAPP and delivery.recipients:
        link = preview.whatsapp_link(delivery.recipients[0], message.text)
    return {
        "branch": branch, "delivery": delivery, "notice": notice, "message": message, "link": link,
        "attached": [attached[key] for raw in notice.documents if (key := tuple(raw)) in attached],
        "history": view.history(delivery.history, lambda at: locale.moment_local(at, branch.timezone)),
        "emails": "\n".join(delivery.recipients), "error": None, **more,
    }


@blueprint.get("/<int:delivery_id>/message")
@require("outbox.view")
def message(delivery_id: int) -> Response:
    """The message alone, for a frame that can do nothing but show it."""
    return framed(preview.message_of(_delivery(delivery_id)))


def framed(shown: preview.Message) -> Response:
    """A message as a document without scripts, forms, links to follow or anything to load."""
    response = make_response(view.frame(shown))
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@blueprint.get("/<int:delivery_id>/documents/<int:document_id>")
@require("outbox.view")
def document(delivery_id: int, document_id: int) -> Response:
    """One of the files that go with a message."""
    keys = {tuple(key) for key in _delivery(delivery_id).notice.documents}
    found = scoped(Document, document_id)
    if (found.subject_type, found.subject_id, found.kind) not in keys:
        raise NotFound(_l("There is no such record in this branch."))
    return pdf(documents.document_bytes(found), found.filename)


def pdf(data: bytes, filename: str) -> Response:
    """A PDF to look at, with the name it is saved under."""
    response = make_response(data)
    response.mimetype = "application/pdf"
    response.headers.set("Content-Disposition", "inline", filename=filename)
    return response


def _act(delivery_id: int, verb: Callable[[Delivery], object], news: str, **typed: Any) -> Response:
    """Do it and say so; a refusal is shown on the page of the message, with what was typed."""
    delivery = _delivery(delivery_id)
    try:
        verb(delivery)
    except Refusal as refusal:
        return htmx.invalid("staff/outbox/show.html", **_page(delivery, error=str(refusal), **typed))
    htmx.toast(news)
    return htmx.redirect(url_for(".show", delivery_id=delivery.id))


@blueprint.post("/<int:delivery_id>/attempts")
@require("outbox.send")
@writes
def send_again(delivery_id: int) -> Response:
    """Send it again, to these addresses."""
    typed = request.form.get("emails")
    emails = None if typed is None else re.split(r"[\n,;]", typed)
    seen = whole_of(request.form, "attempts")
    return _act(delivery_id, lambda delivery: service.send_again(delivery, current_actor(), emails, seen=seen),
                _("It is in the queue again."), **({} if typed is None else {"emails": typed}))


@blueprint.post("/<int:delivery_id>/withdrawal")
@require("outbox.send")
@writes
def withdraw(delivery_id: int) -> Response:
    """Don't send it."""
    return _act(delivery_id, lambda delivery: service.withdraw(delivery, current_actor()), _("It will not be sent."))


@blueprint.post("/<int:delivery_id>/confirmation")
@require("outbox.send")
@writes
def confirm_whatsapp(delivery_id: int) -> Response:
    """A person says that they sent the WhatsApp message."""
    return _act(delivery_id, lambda delivery: service.mark_whatsapp_sent(delivery, current_actor()),
                _("Noted as sent."))


@blueprint.post("/documents/<int:document_id>/attempts")
@require("outbox.send")
@writes
def render_again(document_id: int) -> Response:
    """Try a PDF again that failed."""
    found = scoped(Document, document_id)
    if found.state == "failed":
        document_service.try_again(found, current_actor())
        htmx.toast(_("The PDF is being made again."))
    return htmx.redirect(url_for(".index"))


# The print queue


@blueprint.get("/post")
@require("outbox.view")
def print_queue() -> Response:
    """Letters to print, put into envelopes and mail."""
    branch = current_branch()
    envelopes = post.envelopes(queries.print_queue(branch.id))
    return htmx.page_or_fragment("staff/outbox/post.html", "staff/outbox/post.html", branch=branch,
                                 envelopes=envelopes, ready=[e for e in envelopes if e.ready])


@blueprint.post("/post/letters")
@require("outbox.view")
def letters() -> Response:
    """All chosen letters as one PDF, a cover sheet before each. It changes nothing and may be asked again."""
    chosen = queries.print_queue(current_branch().id, _chosen(request.form.getlist("ids")))
    return pdf(post.print_run(post.envelopes(chosen)), "cartas.pdf")


@blueprint.post("/post/mailings")
@require("outbox.send")
@writes
def mark_mailed() -> Response:
    """The chosen letters went to the post."""
    count = service.mark_mailed(current_branch().id, _chosen(request.form.getlist("ids")), current_actor())
    htmx.toast(ngettext("%(num)d letter marked as mailed.", "%(num)d letters marked as mailed.", count))
    return htmx.redirect(url_for(".print_queue"))


def _chosen(values: list[str]) -> list[int]:
    """Ids as sent by tick boxes; what is no number is left out, and so is what the database could not hold."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 16][:1_000]
