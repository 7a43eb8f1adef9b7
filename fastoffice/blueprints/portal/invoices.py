"""One document and all of them; receipts; their PDFs."""

from __future__ import annotations

from flask import Response
from flask_babel import lazy_gettext as _l

from fastoffice import clock
from fastoffice.billing.queries import clients as billing
from fastoffice.billing.queries import portal as pages
from fastoffice.blueprints import activity, paying
from fastoffice.blueprints.paging import neighbours, page_number
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.counting import Page
from fastoffice.documents import queries as documents
from fastoffice.errors import NotFound
from fastoffice.extensions import db
from fastoffice.identity import portal
from fastoffice.payments import names
from fastoffice.payments.models import Payment
from fastoffice.payments.queries import online
from fastoffice.payments.queries.files import client_payments
from fastoffice.payments.queries.online import Ways
from fastoffice.receivables import queries as receivables

SIZE = 25


@blueprint.get("/invoices/<int:invoice_id>")
@portal.require("invoices")
def invoice(invoice_id: int) -> Response:
    """A document as it lives now: what it is for, until when, and how to pay it."""
    own.frame()  # client and branch in one statement, before anything asks for either
    page = pages.page(own.invoice(invoice_id, *pages.WHOLE), clock.now())
    activity.note(page.invoice.id, "opened", portal.current().via)
    visitor = portal.current()
    found = paying.ways(page, visitor.client_id) if visitor.can("pay") else Ways([], [])
    return own.page(
        "invoice.html", pays=bool(found.offers), page=page, offers=found.offers, cards=found.cards, ways=own.WAYS,
        invoice=page.invoice,
        under_way=online.under_way([page.invoice.id]).get(page.invoice.id),
        asked=receivables.of_invoices([page.invoice.id]))


@blueprint.get("/invoices/<int:invoice_id>.pdf")
@own.at_most("60 per minute")
@portal.require("invoices")
def invoice_pdf(invoice_id: int) -> Response:
    """The document's PDF; that of a cancelled one stays."""
    found = own.pdf(("invoice", own.invoice(invoice_id).id), "invoice")
    activity.note(invoice_id, "downloaded", portal.current().via)
    return found


@blueprint.get("/history")
@portal.require("invoices")
def history() -> Response:
    """Every document with those that it replaced, the newest first."""
    page = billing.client_invoices(portal.current().client_id, page_number(), SIZE)
    keys = [("invoice", each.id, "invoice") for chain in page.rows for each in (chain.head, *chain.before)]
    ready = {key[1] for key, row in documents.files_by_keys(keys).items() if row.state == "ready"}
    return own.page("history.html", page=page, ready=ready, today=own.today(), **neighbours(page, "portal.history"))


@blueprint.get("/receipts")
@portal.require("invoices")
def receipts() -> Response:
    """Every payment with what it paid and its receipt; payments online that are under way or came to nothing."""
    client_id, number = portal.current().client_id, page_number()
    rows, paid, total = client_payments(client_id, number, SIZE)
    attempts = online.attempts_of_client(client_id, 5) if number == 1 else []
    found = documents.files_by_keys([("payment", row.id, _kind_of(row)) for row in rows])
    ready = {key[1] for key, row in found.items() if row.state == "ready"}
    page = Page(rows, number, total, SIZE)
    return own.page("receipts.html", page=page, paid=paid, ready=ready, names=names, attempts=attempts,
                    numbers=online.numbers_of(attempts), **neighbours(page, "portal.receipts"))


@blueprint.get("/receipts/<int:payment_id>.pdf")
@own.at_most("60 per minute")
@portal.require("invoices")
def receipt_pdf(payment_id: int) -> Response:
    """The receipt of a payment; the one marked void where the payment was reversed."""
    payment = db.session.get(Payment, payment_id)
    if payment is None or payment.client_id != portal.current().client_id:
        raise NotFound(_l("There is no such document."))
    return own.pdf(("payment", payment.id), _kind_of(payment))


def _kind_of(payment: Payment) -> str:
    return "receipt_void" if payment.reversed_at else "receipt"
