"""The life of a cheque."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx
from fastoffice.blueprints.staff.payments.base import blueprint, dialog, done, payment_of_branch
from fastoffice.blueprints.staff.payments.undoing import consequences
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.errors import Refusal
from fastoffice.identity import access
from fastoffice.payments.models import Payment
from fastoffice.payments.service import bounce_cheque, clear_cheque, deposit_cheque


@blueprint.post("/<int:payment_id>/deposit")
@access.require("payments.record")
@writes
def deposit(payment_id: int) -> Response:
    """It went to the bank."""
    payment = payment_of_branch(payment_id)
    try:
        deposit_cheque(payment, access.current_actor(), version=Typed.sent().number("version"))
    except Refusal as refusal:
        return _not_done(payment, refusal)
    return done(payment, _("Noted: the cheque was deposited."))


@blueprint.post("/<int:payment_id>/clearance")
@access.require("payments.record")
@writes
def clear(payment_id: int) -> Response:
    """The bank paid: it counts as of the day it was received."""
    payment = payment_of_branch(payment_id)
    try:
        clear_cheque(access.current_branch(), payment, access.current_actor(), clock.now(),
                     version=Typed.sent().number("version"))
    except Refusal as refusal:
        return _not_done(payment, refusal)
    return done(payment, _("The cheque cleared and counts as of the day it was received."))


def _not_done(payment: Payment, refusal: Refusal) -> Response:
    """A button was pressed on an old page: say why nothing happened, on the page as it is now."""
    htmx.toast(str(refusal.message), "error")
    return htmx.redirect(url_for("payments.show", payment_id=payment.id))


def _form(payment: Payment, typed: Typed, status: int = 200) -> Response:
    return dialog("_bounce.html", status=status, payment=payment, form=typed, **consequences(payment))


@blueprint.get("/<int:payment_id>/bounce")
@access.require("payments.record")
def confirm_bounce(payment_id: int) -> Response:
    """What will happen, and why it bounced."""
    payment = payment_of_branch(payment_id)
    return _form(payment, Typed({"version": payment.version, "reason": _("Insufficient funds")}))


@blueprint.post("/<int:payment_id>/bounce")
@access.require("payments.record")
@writes
def bounce(payment_id: int) -> Response:
    """The bank refused it. One that counted already is reversed, which takes that permission."""
    payment, typed = payment_of_branch(payment_id), Typed.sent()
    if payment.cheque_state == "cleared" and not access.can("payments.reverse"):
        raise access.Forbidden(_l("Your role does not include this. Ask your manager if you need it."))
    try:
        bounce_cheque(access.current_branch(), payment, typed.text("reason"), access.current_actor(), clock.now(),
                      version=typed.number("version"))
    except Refusal as refusal:
        typed.refuse(refusal)
        return _form(payment, typed, 422)
    return done(payment, _("Noted: the cheque bounced."))
