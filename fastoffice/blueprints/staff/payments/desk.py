"""The cash desk: find the client, take cash or card, hand over the receipt. Three steps, by keyboard, no scripts."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.payments.base import blueprint, payment_of_branch, today
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.clients import lists as clients
from fastoffice.clients.models import Client
from fastoffice.documents.queries import document_of
from fastoffice.errors import Refusal
from fastoffice.identity import access
from fastoffice.money import plain
from fastoffice.payments import errors, names, queries
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service import record_payment

TAKES = ("cash", "pos")
FIND, HITS, TAKE, DONE = (f"staff/payments/{name}.html" for name in (
    "desk_find", "_desk_hits", "desk_take", "desk_done"))
LONGEST, SHOWN = 80, 8


@blueprint.get("/desk")
@access.require("payments.record")
def desk() -> Response:
    """Step 1, who pays; step 2 for a client in the address."""
    number = Typed(request.args.to_dict()).number("client")
    return _take(access.scoped(Client, number)) if number else _find()


def _find() -> Response:
    text, branch = request.args.get("q", "").strip()[:LONGEST], access.current_branch()
    hits = clients.find(branch.id, text, SHOWN) if text else []
    named = _named(text)
    found = {hit.id for hit in hits} | ({named} if named else set())
    if len(found) == 1 and not htmx.wants_fragment():  # typed and pressed Enter
        return htmx.redirect(url_for("payments.desk", client=found.pop()))
    return htmx.page_or_fragment(FIND, HITS, q=text, hits=hits, branch=branch,
                                 money=queries.clients_money([hit.id for hit in hits], branch.currency))


def _named(text: str) -> int | None:
    """The client of the invoice whose reference or number was typed."""
    if not any(character.isdigit() for character in text):
        return None
    try:
        return queries.find_invoice_by_reference(access.current_branch(), text).client_id
    except Refusal:
        return None


def _currency(rows: list[Any]) -> str:
    return str(rows[0].currency) if rows else access.current_branch().currency


def _take(client: Client, typed: Typed | None = None, status: int = 200) -> Response:
    """The form as it was typed; at first, all that is owed in cash."""
    rows = queries.open_rows([client.id]).get(client.id, [])
    currency = _currency(rows)
    money = queries.client_money(client.id, currency)
    form = typed or Typed({"amount": plain(money.open) if money.open else "", "method": "cash",
                           "request_key": secrets.token_hex(16)})
    return htmx.page_or_fragment(
        TAKE, TAKE, status=status, client=client, form=form, rows=rows, currency=currency, today=today(), money=money,
        takes=[(name, names.METHODS[name]) for name in TAKES])


@blueprint.post("/desk")
@access.require("payments.record")
@writes
def take() -> Response:
    """Record it: today, the oldest invoices first; the same form twice is one payment."""
    typed = Typed.sent()
    if not typed.number("client"):
        return htmx.redirect(url_for("payments.desk"))
    client = access.scoped(Client, typed.number("client"))
    amount, actor = typed.money("amount"), access.current_actor()
    currency = _currency(queries.open_rows([client.id]).get(client.id, []))
    try:
        if typed.text("method") not in TAKES:
            raise errors.UnknownMethod
        if typed.errors:
            return _take(client, typed, 422)
        spec = PaymentSpec(client.id, typed.text("method"), amount, today(), currency, typed.text("reference").strip(),
                           taken_by=actor.name, request_key=typed.text("request_key")[:64] or None)
        outcome = record_payment(access.current_branch(), spec, actor, clock.now())
    except Refusal as refusal:
        typed.refuse(refusal)
        return _take(client, typed, 422)
    if not outcome.is_new:
        htmx.toast(_("This payment was recorded already; here it is."), "info")
    return htmx.redirect(url_for("payments.desk_done", payment_id=outcome.payment_id))


@blueprint.get("/desk/<int:payment_id>")
@access.require("payments.record")
def desk_done(payment_id: int) -> Response:
    """Step 3: what it paid, and the receipt to print as soon as it is made."""
    payment = payment_of_branch(payment_id)
    file = document_of(("payment", payment.id), "receipt")
    return htmx.page_or_fragment(
        DONE, DONE, payment=payment, found=queries.page(payment), branch=access.current_branch(),
        is_ready=file is not None and file.state == "ready",
        money=queries.client_money(payment.client_id, payment.currency))
