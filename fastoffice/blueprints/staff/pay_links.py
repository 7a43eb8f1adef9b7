"""Sending a pay link by mail or WhatsApp, from an invoice or from the client's file; ending one that was sent."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import htmx
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import pay_links
from fastoffice.billing.service.link_sending import KIND, end_link, occasion_of, send_link
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.clients import queries as clients
from fastoffice.clients.models import Client
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.payments import queries as payments

blueprint = Blueprint("pay_links", __name__, url_prefix="/staff/pay-links")
PAGE, FORM = "staff/pay_links/new.html", "staff/pay_links/_form.html"
END = "staff/pay_links/_end.html"
CHANNELS = (("email", _l("E-mail")), ("whatsapp", _l("WhatsApp")))


@blueprint.get("/new")
@access.require("outbox.send")
def new() -> Response:
    """Which invoice, and how it travels: the oldest open one by mail unless told."""
    asked = Typed(request.args.to_dict())
    invoice = access.scoped(Invoice, asked.number("invoice")) if asked.number("invoice") else None
    if invoice is None and not asked.number("client"):
        return _whose()
    client = invoice.client if invoice else access.scoped(Client, asked.number("client"))
    return _form(client, Typed({"invoice": str(invoice.id) if invoice else "", "channel": "email",
                                "request_key": secrets.token_hex(16)}))


def _whose() -> Response:
    htmx.toast(_("Choose a client first."), "info")
    return htmx.redirect(url_for("clients.index"))


def _form(client: Client, typed: Typed, status: int = 200) -> Response:
    rows = payments.open_rows([client.id]).get(client.id, [])
    people = clients.billing_contacts([client.id]).get(client.id, [])
    return htmx.page_or_fragment(
        PAGE, FORM, status=status, client=client, form=typed, rows=rows, channels=CHANNELS,
        emails=[person.email for person in people if person.email],
        phone=next((person.phone for person in people if person.phone), ""))


@blueprint.post("/")
@access.require("outbox.send")
@writes
def send() -> Response:
    """Into the outbox; a WhatsApp is opened there to be sent by hand."""
    typed = Typed.sent()
    if not typed.number("invoice"):
        return _whose()
    invoice = access.scoped(Invoice, typed.number("invoice"))
    key = typed.text("request_key") or secrets.token_hex(16)
    try:
        send_link(access.current_branch(), invoice, typed.text("channel"), access.current_actor(), request_key=key)
    except Refusal as refusal:
        typed.refuse(refusal)
        return _form(invoice.client, typed, 422)
    if typed.text("channel") == "whatsapp":
        return htmx.redirect(url_for("outbox.show", delivery_id=_delivery(invoice.id, occasion_of(key, "whatsapp"))))
    htmx.toast(_("The link is on its way."))
    return htmx.redirect(url_for("invoices.show", invoice_id=invoice.id))


@blueprint.get("/<int:invoice_id>/end")
@access.require("outbox.send")
def confirm_end(invoice_id: int) -> Response:
    """What it means for whoever has the link."""
    invoice = access.scoped(Invoice, invoice_id)
    return htmx.page_or_fragment("staff/invoices/dialog.html", END, fragment=END, invoice=invoice,
                                 mark=pay_links.mark_of(invoice.id))


@blueprint.post("/<int:invoice_id>/end")
@access.require("outbox.send")
@writes
def end(invoice_id: int) -> Response:
    """The link that the person saw opens nothing any more; pressed twice it is ended once."""
    invoice = access.scoped(Invoice, invoice_id)
    end_link(access.current_branch(), invoice, Typed.sent().text("mark"), access.current_actor())
    htmx.toast(_("The link opens nothing any more. What you send from now on carries a new one."))
    return htmx.redirect(url_for("invoices.show", invoice_id=invoice.id))


def _delivery(invoice_id: int, occasion: str) -> int:
    query = sa.select(Delivery.id).join(Notice, Notice.id == Delivery.notice_id).where(
        Notice.subject_type == "invoice", Notice.subject_id == invoice_id, Notice.kind == KIND,
        Notice.occasion == occasion)
    return int(db.session.scalars(query).one())
