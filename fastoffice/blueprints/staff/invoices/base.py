"""What the pages of documents share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, url_for

from fastoffice import htmx
from fastoffice.billing.models import Invoice
from fastoffice.blueprints.typed import Typed
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.identity import access

blueprint = Blueprint("invoices", __name__, url_prefix="/staff/invoices")
DIALOG = "staff/invoices/dialog.html"


def invoice_of_branch(invoice_id: int) -> Invoice:
    """The current branch's document. Raises NotFound for any other."""
    return access.scoped(Invoice, invoice_id)


def dialog(fragment: str, *, status: int = 200, **context: Any) -> Response:
    """A form in the page's dialog, or on a page of its own without scripts; 422 with what was typed."""
    template = f"staff/invoices/{fragment}"
    return htmx.page_or_fragment(DIALOG, template, status=status, fragment=template, **context)


def to_page(invoice_id: int) -> Response:
    """Back to the document."""
    return htmx.redirect(url_for("invoices.show", invoice_id=invoice_id))


def reason_of(form: Typed) -> str:
    """The reason as one clean line, as long as its column."""
    return clean_text(form.text("reason"))[:300]


def attempt(form: Typed, work: Callable[[], object], **aliases: str) -> bool:
    """Do `work` inside a savepoint. A refusal undoes it and is noted on the form, beside its field."""
    if form.errors or form.notes:
        return False
    try:
        with db.session.begin_nested():
            work()
    except Refusal as refusal:
        form.refuse(refusal, **aliases)
        return False
    return True
