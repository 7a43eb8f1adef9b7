"""Giving an online payment back through the processor: what will happen, and then it does."""

from __future__ import annotations

import logging
import secrets

from flask import Response
from flask_babel import gettext as _

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.staff.payments.base import blueprint, dialog, done, payment_of_branch
from fastoffice.blueprints.staff.payments.undoing import consequences
from fastoffice.blueprints.typed import Typed
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.money import plain
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.models import Payment
from fastoffice.payments.service.online import refunding
from fastoffice.payments.service.online.refunding import RefundOrder

log = logging.getLogger(__name__)


def _most(payment: Payment) -> int:
    return payment.amount - payment.credit.refunded if payment.credit else 0


def _form(payment: Payment, typed: Typed, status: int = 200) -> Response:
    return dialog("_card_refund.html", status=status, payment=payment, form=typed, most=_most(payment),
                  spare=payment.credit.spare if payment.credit else 0, **consequences(payment))


@blueprint.get("/<int:payment_id>/card-refunds/new")
@access.require("payments.refund")
def new_card_refund(payment_id: int) -> Response:
    """All that can go back, the way it came."""
    payment = payment_of_branch(payment_id)
    return _form(payment, Typed({"amount": plain(_most(payment)), "request_key": secrets.token_hex(16)}))


@blueprint.post("/<int:payment_id>/card-refunds")
@access.require("payments.refund")
def card_refund(payment_id: int) -> Response:
    """Book it and commit; then ask the processor, in no unit."""
    payment, typed = payment_of_branch(payment_id), Typed.sent()
    amount = typed.money("amount")
    if typed.errors:
        return _form(payment, typed, 422)
    wanted = RefundOrder(amount, typed.text("reason"), typed.text("request_key"))
    try:
        number = transaction.run(_order, payment_id, wanted)
    except Refusal as refusal:
        typed.refuse(refusal)
        return _form(payment_of_branch(payment_id), typed, 422)
    _send(number)
    payment = payment_of_branch(payment_id)
    return done(payment, _("The money goes back to the client's card.") if payment.method == "card"
                else _("The money goes back to the client's bank account."))


def _order(payment_id: int, wanted: RefundOrder) -> int:
    return refunding.order(access.current_branch(), payment_of_branch(payment_id), wanted, access.current_actor(),
                           clock.now())


def _send(number: int) -> None:
    db.session.rollback()
    try:
        if refunding.send(number, clock.now()) == "failed":
            htmx.toast(_("Stripe did not accept the refund: the money is the client's credit again."), "error")
    except (GatewayAway, GatewayRefused) as reason:
        log.warning("refund %s is asked for again later: %s", number, type(reason).__name__)
        htmx.toast(_("Stripe does not answer at this moment. The refund is noted and goes out by itself."), "warning")
