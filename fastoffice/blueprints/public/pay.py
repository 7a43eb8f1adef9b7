"""The page behind a mail's link: the living document, what it asks for, and how to pay it.

The address of the mail is exchanged for a short memory in the browser's session and a clean address, so that the
token stands in no history, no referrer and no log. What is remembered is the link, asked again with every page: one
that is revoked or has expired opens nothing any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import refresh

from fastoffice import audit, clock, csp, work_queue
from fastoffice.billing.models import Invoice
from fastoffice.billing.queries import portal
from fastoffice.billing.service import pay_links
from fastoffice.blueprints import activity, paying
from fastoffice.blueprints.errors import error_page
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import limiter
from fastoffice.identity import portal as portal_visitors
from fastoffice.payments.queries import online

blueprint = Blueprint("pay", __name__)
REMEMBERED = timedelta(hours=2)
MEMORY = "pay_link"
CLIENT = audit.Actor("client")


class LinkOver(NotFound):
    """The link, or this browser's memory of it, opens nothing any more."""


@blueprint.errorhandler(LinkOver)
def over(reason: LinkOver) -> Response:
    """What to do now, instead of a page that does not exist."""
    return _private(error_page(404, _("This page has closed"), str(reason), illustration="lost"))


@blueprint.get("/pay/<token>")
@limiter.limit("60 per minute")
def enter(token: str) -> Response:
    """Exchange the mail's address for a clean one. Changes nothing of ours: mail scanners open links too."""
    now = clock.now()
    link = pay_links.find(token, now)
    if link is None:
        raise LinkOver(_("This link is not valid any more. Ask your branch for a new one."))
    session[MEMORY] = {"link": link[0], "mark": link[1], "until": int((now + REMEMBERED).timestamp())}
    return _private(redirect(url_for(".show"), 303))


@blueprint.get("/pay/")
@limiter.limit("60 per minute")
def show() -> Response:
    """The living document."""
    return _page(200)


@blueprint.post("/pay/payments")
@limiter.limit("20 per minute")
def start() -> Response:
    """Go and pay it online, by the means that was pressed."""
    page = portal.page(_opened(), clock.now())
    branch_id, client_id, invoice_id = page.branch.id, page.invoice.client_id, page.invoice.id
    try:
        return paying.go(branch_id, client_id, [invoice_id], request.form.get("method", ""), CLIENT,
                         url_for(".back", _external=False))
    except Refusal as refusal:
        return _page(422, error=str(refusal))


@blueprint.get("/pay/return")
@limiter.limit("60 per minute")
def back() -> Response:
    """Back from the processor: what became of it as far as we know; a worker is asking meanwhile.

    Whoever is handed a page that somebody began by the link, but is in the portal themselves, sees it there.
    """
    if not remembers_link() and portal_visitors.find() is not None:
        return _private(redirect(url_for("portal.back", attempt=request.args.get("attempt")), 303))
    opened = _opened()
    attempt = online.attempt_by_key(request.args.get("attempt", ""))
    if attempt is None or attempt.client_id != opened.client_id:
        return _private(redirect(url_for(".show"), 303))
    if attempt.state in paying.UNDER_WAY:
        work_queue.ring_now(paying.SYNC, attempt.id)
    return _page(200, attempt=attempt, waits=request.args.get("looks", ""))


@blueprint.get("/pay/files/<int:invoice_id>.pdf")
@limiter.limit("30 per minute")
def pdf(invoice_id: int) -> Response:
    """The document's PDF, or that of one in its chain of replacements."""
    found = portal.file_of(_opened(), invoice_id)
    if found is None:
        raise NotFound(_("There is no such document."))
    activity.note(invoice_id, "downloaded", "link")
    response = make_response(found.data)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{found.filename}"'
    return _private(response)


def _opened() -> Invoice:
    """The document whose link this browser opened. Raises NotFound."""
    memory: Any = session.get(MEMORY)
    now = clock.now()
    found = pay_links.by_id(memory["link"], memory["mark"], now) if _still_counts(memory, now) else None
    if found is None:
        raise LinkOver(_("Open the link of your mail again: for your safety this page closes by itself."))
    return found


def remembers_link() -> bool:
    """Whether this browser opened a mail's link a while ago."""
    return _still_counts(session.get(MEMORY), clock.now())


def _still_counts(memory: Any, now: datetime) -> bool:
    return isinstance(memory, dict) and bool(memory.get("mark")) and int(memory.get("until", 0)) > now.timestamp()


def _page(status: int, **context: Any) -> Response:
    page = portal.page(_opened(), clock.now())
    activity.note(page.invoice.id, "opened", "link")
    g.language = page.language
    refresh()
    offers = paying.offers(page)
    if offers:
        csp.let_forms_go_to(paying.hosts())
    under_way = online.under_way([page.invoice.id]).get(page.invoice.id)
    response = make_response(
        render_template("public/pay.html", page=page, offers=offers, under_way=under_way, **context), status)
    _private(response).headers["Referrer-Policy"] = "same-origin"  # over https a form without a referrer is refused
    return response


def _private(response: Any) -> Response:
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    answer: Response = response
    return answer
