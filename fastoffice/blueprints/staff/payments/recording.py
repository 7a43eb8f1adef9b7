"""Recording a payment: find the client, see what is open, watch what it will pay, save."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext as _n

from fastoffice import clock, htmx
from fastoffice.billing.models import Invoice
from fastoffice.blueprints.staff.payments.base import blueprint, today
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.clients import lists as clients
from fastoffice.clients.models import Client
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.money import plain
from fastoffice.payments import errors, names, queries, rules
from fastoffice.payments.queries import preview as previews
from fastoffice.payments.rules import PaymentSpec, Wishes
from fastoffice.payments.service import Outcome, record_payment

PAGE, FIND, HITS = "staff/payments/new.html", "staff/payments/find.html", "staff/payments/_hits.html"
LONGEST, HITS_SHOWN = 80, 10
CURRENCIES = ("MXN", "USD", "EUR", "RON")


@blueprint.get("/new")
@access.require("payments.record")
def new() -> Response:
    """Whose payment it is, and then the form."""
    client = _client_in_address()
    if client is None:
        return _find()
    rows = queries.open_rows([client.id]).get(client.id, [])
    chosen = _chosen_in_address(rows)
    balance = sum(row.total - row.paid for row in rows if row.currency == _currency(rows)
                  and (chosen is None or row.id == chosen))
    typed = Typed({
        "client": str(client.id), "amount": plain(balance) if balance else "", "value_date": today().isoformat(),
        "method": "transfer", "currency": _currency(rows),
        "invoices[]": [str(chosen)] if chosen else [], "request_key": secrets.token_hex(16),
        "taken_by": access.current_actor().name})
    return _form(client, typed)


def _client_in_address() -> Client | None:
    """The client that the address names, or whose invoice it names. Raises NotFound for another branch's."""
    asked = Typed(request.args.to_dict())
    if asked.number("client"):
        return access.scoped(Client, asked.number("client"))
    return access.scoped(Invoice, asked.number("invoice")).client if asked.number("invoice") else None


def _currency(rows: list[Any]) -> str:
    return str(rows[0].currency) if rows else access.current_branch().currency


def _chosen_in_address(rows: list[Any]) -> int | None:
    """The document to pay, or what became of it, when the address names one."""
    number = Typed(request.args.to_dict()).number("invoice")
    heir = queries.heirs([number]).get(number) if number else None
    return heir if heir in {row.id for row in rows} else None


def _find(error: str = "") -> Response:
    """Clients by name, RFC, office or the invoice they mention; with `error` it is a refusal."""
    text = request.args.get("q", "").strip()[:LONGEST]
    branch = access.current_branch()
    hits = clients.find(branch.id, text, HITS_SHOWN) if text else []
    named = None
    if any(character.isdigit() for character in text):
        try:
            named = queries.find_invoice_by_reference(branch, text)
        except Refusal:
            named = None  # no reference: the words may still name a client
    money = queries.clients_money([hit.id for hit in hits], branch.currency)
    return htmx.page_or_fragment(FIND, HITS, status=422 if error else 200, q=text, hits=hits, named=named,
                                 money=money, branch=branch, error=error)


def _form(client: Client, typed: Typed, status: int = 200) -> Response:
    branch = access.current_branch()
    rows = queries.open_rows([client.id]).get(client.id, [])
    context = {
        "branch": branch, "client": client, "form": typed, "rows": rows, "today": today(),
        "money": queries.client_money(client.id, _currency(rows)), "currency": _currency(rows),
        "currencies": [(code, code) for code in _currencies(rows)], "methods": names.METHODS,
        "seconds": previews.second_chances(branch, client.id),
        "plan": _plan(client, Typed(typed.values)),
    }
    return htmx.page_or_fragment(PAGE, PAGE, status=status, **context)


def _currencies(rows: list[Any]) -> list[str]:
    """What money may come in: the branch's, that of open documents, and the usual ones."""
    return list(dict.fromkeys([access.current_branch().currency, *(str(row.currency) for row in rows), *CURRENCIES]))


@blueprint.post("/preview")
@access.require("payments.record")
def preview() -> Response:
    """What a payment typed like this would pay and what would stay as credit. Writes nothing."""
    typed = Typed.sent()
    if not typed.number("client"):
        return _find(error=_("Choose a client of this branch."))
    client = access.scoped(Client, typed.number("client"))
    return Response(render_template("staff/payments/_plan.html", plan=_plan(client, typed), form=typed))


def _plan(client: Client, typed: Typed) -> dict[str, Any]:
    """The preview's values: parts with their documents, credit, what comes back, or why it can't be."""
    amount, day, wishes = typed.money("amount", required=False), typed.day("value_date"), _wishes(typed)
    currency = typed.text("currency") or access.current_branch().currency
    if amount <= 0 or day is None or typed.errors:
        return {"empty": True, "currency": currency}
    try:
        found = previews.preview(access.current_branch(), client.id, amount, currency, day, wishes)
    except Refusal as refusal:
        return {"error": refusal.message, "currency": currency}
    parts = [{"row": found.rows[key], "amount": part} for key, part in found.plan.parts]
    return {"amount": amount, "parts": parts, "credit": found.plan.credit, "currency": currency,
            "restored": [{"row": found.rows.get(each.id), "second": each} for each in found.restored],
            "is_cheque": typed.text("method") == "cheque"}


def _wishes(typed: Typed) -> Wishes | None:
    """The ticked documents with their amounts, an empty one takes all that fits; None, the oldest first, without.

    An amount typed beside a document that nobody ticked is meant too.
    """
    ids = [Typed({"id": text}).number("id") for text in typed.several("invoices")]
    ids += [Typed({"id": name.removeprefix("part-")}).number("id") for name in typed.values
            if name.startswith("part-") and not name.endswith("[]") and typed.text(name).strip()]
    if not any(ids):
        return None
    return tuple((key, _part(typed, f"part-{key}")) for key in dict.fromkeys(ids) if key)


def _part(typed: Typed, name: str) -> int | None:
    """What of the payment goes to a document; None for all that fits."""
    amount = typed.money(name, required=False)
    if amount < 0:
        typed.refuse(errors.NothingReceived(), amount=name)
    return amount or None


@blueprint.post("/")
@access.require("payments.record")
@writes
def create() -> Response:
    """Record it; what is wrong comes back beside its field with everything as it was typed."""
    typed, branch = Typed.sent(), access.current_branch()
    if not typed.number("client"):
        return _find(error=_("Choose a client of this branch."))
    client = access.owned(db.session.get(Client, typed.number("client")))
    spec = _spec(client, typed)
    if spec is None:
        return _form(client, typed, 422)
    try:
        outcome = record_payment(branch, spec, access.current_actor(), clock.now())
    except NotFound:
        raise
    except Refusal as refusal:
        typed.refuse(refusal)
        return _form(client, typed, 422)
    _say(outcome)
    return htmx.redirect(url_for("payments.show", payment_id=outcome.payment_id))


def _spec(client: Client, typed: Typed) -> PaymentSpec | None:
    """What was typed; None with the errors noted in `typed`."""
    amount, day, wishes = typed.money("amount"), typed.day("value_date"), _wishes(typed)
    if typed.errors or day is None:
        return None
    spec = PaymentSpec(
        client.id, typed.text("method"), amount, day, typed.text("currency"), typed.text("reference").strip(),
        typed.text("note").strip(), typed.text("taken_by").strip(), typed.text("request_key")[:64] or None, wishes)
    try:
        rules.check(spec, today())
        if spec.currency not in _currencies(queries.open_rows([client.id]).get(client.id, [])):
            raise errors.UnknownCurrency
        if wishes is not None:
            previews.preview(access.current_branch(), client.id, amount, spec.currency, day, _still_payable(wishes))
    except Refusal as refusal:
        typed.refuse(refusal)
        return None
    return spec


def _still_payable(wishes: Wishes) -> Wishes:
    """Wishes by what the documents are now; those closed meanwhile drop out, their money will be credit."""
    heirs = queries.heirs([key for key, _part in wishes])
    open_now = {row.id for row in queries.open_by_id(list(heirs.values()))}
    return tuple((heirs[key], part) for key, part in wishes if heirs[key] in open_now)


def _say(outcome: Outcome) -> None:
    if not outcome.is_new:
        htmx.toast(_("This payment was recorded already; here it is."), "info")
        return
    htmx.toast(_("Payment recorded."))
    if outcome.restored:
        htmx.toast(_("It was in time: the prompt price is back with %(numbers)s, and the client gets an apology.",
                     numbers=", ".join(outcome.restored)), "info")
    if outcome.replaced:
        htmx.toast(_n("It came after the deadline: %(numbers)s replaced the invoice at list price.",
                      "It came after the deadline: %(numbers)s replaced the invoices at list price.",
                      len(outcome.replaced), numbers=", ".join(outcome.replaced)), "warning")
