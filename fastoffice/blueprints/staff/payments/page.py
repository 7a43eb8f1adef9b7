"""The page of a payment and its papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import htmx, locale, money
from fastoffice.audit.models import AuditEntry
from fastoffice.blueprints.staff.outbox_view import kind_name
from fastoffice.blueprints.staff.payments.base import blueprint, payment_of_branch, pdf
from fastoffice.blueprints.words import actor_name
from fastoffice.branches.models import Branch
from fastoffice.documents.queries import document_of
from fastoffice.identity import access
from fastoffice.payments import names, queries
from fastoffice.payments.models import CardRefund, Payment
from fastoffice.payments.queries import PaymentPage, attempts
from fastoffice.payments.rules.online import DISPUTE_OPEN

# action -> (words, icon, tone)
ACTIONS: dict[str, tuple[Any, str, str]] = {
    "payment.recorded": (_l("Recorded"), "circle-check", "ok"),
    "payment.cheque_received": (_l("Cheque received"), "inbox", "info"),
    "payment.cheque_deposited": (_l("Cheque deposited"), "building", "info"),
    "payment.cheque_cleared": (_l("Cheque cleared"), "badge-check", "ok"),
    "payment.cheque_bounced": (_l("Cheque bounced"), "triangle-alert", "bad"),
    "payment.reversed": (_l("Reversed"), "undo-2", "bad"),
    "payment.refund_asked": (_l("Refund asked for at Stripe"), "rotate-ccw", "warn"),
    "payment.refunded": (_l("Stripe gave the money back"), "circle-check", "ok"),
    "payment.refund_failed": (_l("The refund failed: the money is credit again"), "circle-alert", "bad"),
    "payment.refund_kept": (
        _l("The refund found no account: it lies in the client's balance at Stripe"), "circle-alert", "bad"),
    "payment.disputed": (_l("Disputed at the bank"), "triangle-alert", "bad"),
    "payment.dispute_won": (_l("The dispute was won"), "badge-check", "ok"),
    "payment.dispute_lost": (_l("The dispute was lost"), "circle-x", "bad"),
}
RETURNS = ("payment.refund", "payment.dispute")


@blueprint.get("/<int:payment_id>")
@access.require("payments.view")
def show(payment_id: int) -> Response:
    """What was received, what it pays, what is left, its receipt and its history."""
    branch, payment = access.current_branch(), payment_of_branch(payment_id)
    found, online = queries.page(payment), _online(payment)
    return htmx.page_or_fragment(
        "staff/payments/show.html", "staff/payments/show.html", branch=branch, payment=payment, found=found,
        kind_name=kind_name, money=queries.client_money(payment.client_id, payment.currency),
        history=_history(found, branch, online["refunds"]), **online)


def _online(payment: Payment) -> dict[str, Any]:
    """What an online payment has besides: its attempt, refunds through the processor, disputes."""
    if payment.method not in names.ONLINE:
        return {"attempt": None, "refunds": [], "disputes": [], "is_disputed": False}
    refunds, disputes = attempts.returns_of(payment.id)
    return {"attempt": attempts.of_payment(payment.id), "refunds": refunds, "disputes": disputes,
            "is_disputed": any(row.state in DISPUTE_OPEN for row in disputes)}


def _history(found: PaymentPage, branch: Branch, through_processor: Sequence[CardRefund]) -> list[dict[str, Any]]:
    """Newest first: what happened to the payment, and the refunds of its credit."""
    currency, asked = found.payment.currency, {row.refund_id for row in through_processor}
    items = [(entry.at, _entry(entry, branch, currency)) for entry in found.history]
    for refund in found.refunds:
        if refund.id in asked:
            continue  # told by the log, with what became of it
        text = " · ".join(filter(None, (money.display(refund.amount, found.payment.currency), refund.reason)))
        items.append((refund.recorded_at, {
            "when": locale.moment_local(refund.recorded_at, branch.timezone), "title": _("Refunded"), "text": text,
            "who": refund.given_by, "icon": "rotate-ccw", "tone": "warn"}))
    return [item for _at, item in sorted(items, key=lambda pair: pair[0], reverse=True)]


def _entry(entry: AuditEntry, branch: Branch, currency: str) -> dict[str, Any]:
    words, icon, tone = ACTIONS.get(entry.action, (entry.action, "clock", ""))
    text = str(entry.data.get("reason", "") or entry.data.get("error", ""))
    if entry.action.startswith(RETURNS):
        text = " · ".join(filter(None, (money.display(int(entry.data["amount"]), currency), text)))
    if entry.data.get("receipt"):
        text = _("Receipt %(number)s", number=entry.data["receipt"])
    return {"when": locale.moment_local(entry.at, branch.timezone), "title": words, "text": text,
            "who": actor_name(entry.actor), "icon": icon, "tone": tone}


@blueprint.get("/<int:payment_id>/receipt")
@access.require("payments.view")
def receipt(payment_id: int) -> Response:
    """The receipt as PDF."""
    payment = payment_of_branch(payment_id)
    return pdf(payment, document_of(("payment", payment.id), "receipt"))


@blueprint.get("/<int:payment_id>/receipt/void")
@access.require("payments.view")
def void_receipt(payment_id: int) -> Response:
    """The receipt marked void, once the payment was reversed."""
    payment = payment_of_branch(payment_id)
    return pdf(payment, document_of(("payment", payment.id), "receipt_void"))
