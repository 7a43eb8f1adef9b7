"""What the pages of payments share."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, make_response, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.documents import queries as documents
from fastoffice.documents.models import Document
from fastoffice.identity import access
from fastoffice.payments import names, queries
from fastoffice.payments.models import Payment
from fastoffice.payments.queries import attempts

blueprint = Blueprint("payments", __name__, url_prefix="/staff/payments")
DIALOG = "staff/payments/dialog.html"


@blueprint.app_context_processor
def _names() -> dict[str, Any]:
    return {"payment_names": names}


def tabs(now: str) -> list[dict[str, Any]]:
    """Received, online, what differs from the processor."""
    branch_id = access.current_branch().id
    count = attempts.trouble(branch_id).differences
    labels = {"index": _("Received"), "online": _("Online"), "differences": _("Differences with Stripe")}
    return [{"label": label, "url": url_for(f"payments.{name}"), "active": name == now,
             "count": count if name == "differences" else None} for name, label in labels.items()]


def today() -> date:
    """The day it is at the branch."""
    return clock.local_date(clock.now(), access.current_branch().timezone)


def payment_of_branch(payment_id: int) -> Payment:
    """The current branch's payment with client, credit and receipt. Raises NotFound for any other."""
    return access.owned(queries.load(access.current_branch().id, payment_id))


def dialog(fragment: str, *, status: int = 200, **context: Any) -> Response:
    """A form in the dialog, or on a page of its own without scripts."""
    path = f"staff/payments/{fragment}"
    return htmx.page_or_fragment(DIALOG, path, status=status, fragment=path, **context)


def done(payment: Payment, message: str) -> Response:
    """Say what was done; back to the payment."""
    htmx.toast(message)
    return htmx.redirect(url_for("payments.show", payment_id=payment.id))


def pdf(payment: Payment, document: Document | None) -> Response:
    """The file to look at; while it is being made, the payment's page says so."""
    if document is None or document.state != "ready":
        htmx.toast(_("The PDF is being made. Try again in a moment."), "info")
        return htmx.redirect(url_for("payments.show", payment_id=payment.id))
    response = make_response(documents.document_bytes(document))
    response.mimetype = document.media_type
    response.headers.set("Content-Disposition", "inline", filename=document.filename)
    return response
