"""The page of one document, draft or issued."""

from __future__ import annotations

from flask import Response
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx
from fastoffice.billing.queries import invoices as queries
from fastoffice.blueprints.staff.invoices import view
from fastoffice.blueprints.staff.invoices.base import blueprint
from fastoffice.errors import NotFound
from fastoffice.identity import access

ISSUED, DRAFT = "staff/invoices/issued.html", "staff/invoices/draft.html"


@blueprint.get("/<int:invoice_id>")
@access.require("invoices.view")
def show(invoice_id: int) -> Response:
    """Everything about one document."""
    branch = access.current_branch()
    invoice = queries.load(branch.id, invoice_id)
    if invoice is None:
        raise NotFound(_l("There is no such record in this branch."))
    template = DRAFT if invoice.status == "draft" else ISSUED
    return htmx.page_or_fragment(template, template, title=view.title(invoice),
                                 **view.context(branch, invoice, clock.now()))
