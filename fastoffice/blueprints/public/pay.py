"""The page behind a mail's link: the living document, what it asks for, and how to pay by transfer."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, render_template
from flask_babel import gettext as _
from flask_babel import refresh

from fastoffice import clock
from fastoffice.billing.queries import portal
from fastoffice.billing.service import pay_links
from fastoffice.errors import NotFound
from fastoffice.extensions import limiter

blueprint = Blueprint("pay", __name__)


@blueprint.get("/pay/<token>")
@limiter.limit("60 per minute")
def show(token: str) -> Response:
    """Shows, never changes anything: mail scanners open links too."""
    invoice = pay_links.find(token, clock.now())
    if invoice is None:
        raise NotFound(_("This link is not valid any more. Ask your branch for a new one."))
    page = portal.page(invoice, clock.now())
    g.language = page.language
    refresh()
    response = make_response(render_template("public/pay.html", page=page, token=token))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/pay/<token>/<int:invoice_id>.pdf")
@limiter.limit("30 per minute")
def pdf(token: str, invoice_id: int) -> Response:
    """The document's PDF, or that of one in its chain of replacements."""
    invoice = pay_links.find(token, clock.now())
    found = portal.file_of(invoice, invoice_id) if invoice is not None else None
    if found is None:
        raise NotFound(_("There is no such document."))
    response = make_response(found.data)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{found.filename}"'
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response
