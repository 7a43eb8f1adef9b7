"""Asking about a document: a question, time to pay in parts, a transfer on its way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, request

from fastoffice import clock, money
from fastoffice.billing.models import Invoice
from fastoffice.blueprints.portal import own, sending
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.typed import Typed
from fastoffice.identity import portal
from fastoffice.payments import queries as payments
from fastoffice.receivables import errors, rules, service
from fastoffice.sent import whole_of

EVERY = timedelta(days=15)  # between the payments that the form proposes


@blueprint.get("/invoices/<int:invoice_id>/dispute")
@portal.require("requests")
@portal.require("invoices")
def new_dispute(invoice_id: int) -> Response:
    """What is wrong with it?"""
    return sending.form_page("dispute.html", sending.blank(), invoice=_open(invoice_id))


@blueprint.post("/invoices/<int:invoice_id>/dispute")
@own.at_most("20 per hour")
@portal.require("requests")
@portal.require("invoices")
def send_dispute(invoice_id: int) -> Response:
    """Ask; the deadline waits meanwhile."""
    invoice, form, actor = own.invoice(invoice_id), Typed.sent(), portal.current_actor()
    key, now = invoice.id, clock.now()
    if sending.send(form, lambda branch, asked: service.dispute(branch, asked, key, actor, now)):
        return sending.sent()
    return sending.form_page("dispute.html", form, invoice=own.invoice(invoice_id))


@blueprint.get("/invoices/<int:invoice_id>/instalments")
@portal.require("requests")
@portal.require("invoices")
def new_instalments(invoice_id: int) -> Response:
    """In how many parts, and when?"""
    invoice, today = _open(invoice_id), own.today()
    count = min(max(whole_of(request.args, "parts") or rules.PARTS_LEAST, rules.PARTS_LEAST), rules.PARTS_MOST)
    parts = rules.equal_parts(invoice.balance, [today + EVERY * place for place in range(count)])
    values: dict[str, Any] = {}
    for place, part in enumerate(parts):
        values |= {f"on-{place}": part.on.isoformat(), f"amount-{place}": money.plain(part.amount)}
    return _instalments(sending.blank(**values), invoice, count)


@blueprint.post("/invoices/<int:invoice_id>/instalments")
@own.at_most("20 per hour")
@portal.require("requests")
@portal.require("invoices")
def send_instalments(invoice_id: int) -> Response:
    """Propose them; a manager answers."""
    invoice, form, actor = own.invoice(invoice_id), Typed.sent(), portal.current_actor()
    key, now, parts = invoice.id, clock.now(), _parts(form)
    if sending.send(form, lambda branch, asked: service.ask_for_instalments(branch, asked, key, parts, actor, now)):
        return sending.sent()
    return _instalments(form, own.invoice(invoice_id), max(len(parts), rules.PARTS_LEAST))


@blueprint.get("/requests/transfer")
@portal.require("requests")
def new_transfer() -> Response:
    """How much, when, for what?"""
    wanted = whole_of(request.args, "invoice")
    invoice = own.invoice(wanted) if wanted and _sees_invoices() else None
    amount = money.plain(invoice.balance) if invoice and invoice.balance else ""
    return _transfer(sending.blank(invoice=str(invoice.id) if invoice else "", amount=amount,
                                   value_date=own.today().isoformat()))


@blueprint.post("/requests/transfer")
@own.at_most("20 per hour")
@portal.require("requests")
def send_transfer() -> Response:
    """Say so; reception looks at the bank."""
    form, actor, now = Typed.sent(), portal.current_actor(), clock.now()
    amount, day, invoice_id = form.money("amount"), form.day("value_date"), form.number("invoice") or None
    if invoice_id is not None:
        own.invoice(invoice_id)
    if sending.send(form, lambda branch, asked: service.tell_transfer(
            branch, asked, invoice_id, amount, day or date.max, form.text("reference"), actor, now)):
        return sending.sent()
    return _transfer(form)


def _sees_invoices() -> bool:
    return portal.current().can("invoices") or portal.current().can("pay")


def _open(invoice_id: int) -> Invoice:
    """The client's document that still asks for money. Raises NotFound, NothingOpen."""
    invoice = own.invoice(invoice_id)
    if not invoice.is_open:
        raise errors.NothingOpen
    return invoice


def _parts(form: Typed) -> list[rules.Part]:
    """The rows that somebody filled in; half a row is an error beside it."""
    places = [place for place in range(rules.PARTS_MOST)
              if form.text(f"on-{place}").strip() or form.text(f"amount-{place}").strip()]
    found = [(form.day(f"on-{place}"), form.money(f"amount-{place}")) for place in places]
    return [rules.Part(day, amount) for day, amount in found if day is not None]


def _instalments(form: Typed, invoice: Invoice, count: int) -> Response:
    return sending.form_page("instalments.html", form, invoice=invoice, today=own.today(), count=count,
                             places=range(rules.PARTS_MOST), counts=range(rules.PARTS_LEAST, rules.PARTS_MOST + 1))


def _transfer(form: Typed) -> Response:
    client_id = portal.current().client_id
    rows = payments.open_rows([client_id]).get(client_id, []) if _sees_invoices() else []
    choices = [(row.id, f"{row.number} · {money.display(row.total - row.paid, row.currency)}") for row in rows]
    return sending.form_page("transfer.html", form, choices=choices, today=own.today(), branch=own.branch())
