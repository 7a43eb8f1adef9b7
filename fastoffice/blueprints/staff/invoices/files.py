"""The PDFs of a document: shown, and tried again where one failed."""

from __future__ import annotations

import logging

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import htmx
from fastoffice.blueprints.staff.invoices.base import blueprint, invoice_of_branch, to_page
from fastoffice.blueprints.unit import writes
from fastoffice.documents import queries as documents
from fastoffice.documents import service
from fastoffice.documents.models import Document
from fastoffice.documents.storage import StorageError
from fastoffice.errors import NotFound, Refusal
from fastoffice.identity import access

log = logging.getLogger(__name__)


def _document(invoice_id: int, kind: str) -> Document:
    """The file's row, by its invoice: whoever may not see the one does not see the other."""
    invoice = invoice_of_branch(invoice_id)
    found = documents.document_of(("invoice", invoice.id), kind)
    if found is None or found.branch_id != invoice.branch_id:
        raise NotFound(_l("This document has no such file."))
    return found


@blueprint.get("/<int:invoice_id>/files/<any(invoice, cancellation):kind>.pdf")
@access.require("invoices.view")
def file(invoice_id: int, kind: str) -> Response:
    """The PDF as it was made; that of a cancelled document stays."""
    found = _document(invoice_id, kind)
    try:
        content = documents.document_bytes(found)
    except StorageError as error:
        log.error("document %s cannot be read: %s", found.id, type(error).__name__)
        raise Refusal(_l("The file can't be read right now. Try again in a minute.")) from error
    response = Response(content, mimetype=found.media_type)
    response.headers.set("Content-Disposition", "inline", filename=found.filename)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@blueprint.post("/<int:invoice_id>/files/<any(invoice, cancellation):kind>/attempts")
@access.require("invoices.issue")
@writes
def make_file_again(invoice_id: int, kind: str) -> Response:
    """Try a PDF that failed once more."""
    found = _document(invoice_id, kind)
    if found.state == "failed":
        service.try_again(found, access.current_actor())
        htmx.toast(_("The PDF is being made again."))
    return to_page(invoice_id)
