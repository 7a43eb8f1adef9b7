"""What the screens of the portal share: whose file it is, and that nobody else's is ever opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar, cast

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm.interfaces import ORMOption

from fastoffice import clock, csp
from fastoffice.billing.models import Invoice
from fastoffice.blueprints import paying
from fastoffice.blueprints.portal import base
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.documents import queries as documents
from fastoffice.errors import NotFound
from fastoffice.extensions import db, limiter
from fastoffice.identity import portal
from fastoffice.sent import house_of

View = TypeVar("View", bound=Callable[..., Any])
WAYS = {"file": "portal.invoice_pdf", "start": "portal.pay", "back": "portal.back", "more": "portal/_ask.html",
        "receipts": "portal.receipts", "keeps": True}


def person() -> str:
    """Whose requests are counted together: the visitor's; tenants of a branch share one address."""
    visitor = portal.find()
    return f"portal {visitor.user_id}" if visitor else house_of(request.remote_addr or "unknown")


def at_most(rate: str) -> Callable[[View], View]:
    """Decorator: so many requests of one person."""
    return cast(Callable[[View], View], limiter.limit(rate, key_func=person))


def frame() -> base.Frame:
    """The frame of whoever looks, inside a handler with @portal.require."""
    return base.frame_of(portal.current())


def branch() -> Branch:
    """The branch whose client looks."""
    return frame().branch


def today() -> date:
    """The day it is there."""
    return clock.local_date(clock.now(), branch().timezone)


def client() -> Client:
    """The client whose file it is."""
    return frame().client


def invoice(invoice_id: int, *options: ORMOption) -> Invoice:
    """The client's issued document. Raises NotFound for drafts and for anybody else's."""
    found = db.session.get(Invoice, invoice_id, options=options)
    if found is None or found.client_id != portal.current().client_id or found.number is None:
        raise NotFound(_l("There is no such document."))
    return found


def page(template: str, *, status: int = 200, pays: bool = False, **context: object) -> Response:
    """A page of the portal; one that `pays` may send its form to the processor."""
    if pays:
        csp.let_forms_go_to(paying.hosts())
    return make_response(render_template(f"portal/{template}", **context), status)


def pdf(subject: tuple[str, int], kind: str) -> Response:
    """A document's PDF as a download. Raises NotFound while there is none."""
    document = documents.document_of(subject, kind)
    if document is None or document.state != "ready" or document.branch_id != portal.current().branch_id:
        raise NotFound(_("The PDF is not ready yet. Try again in a minute."))
    return download(documents.document_bytes(document), document.filename, document.media_type)


def download(data: bytes, filename: str, media_type: str) -> Response:
    """Bytes to be kept by the reader; never shown as a page of ours."""
    response = cast(Response, make_response(data))
    response.headers["Content-Type"] = media_type
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
