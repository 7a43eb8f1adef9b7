"""Taking a payment back: the dialog says what will happen before it does."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _

from fastoffice import clock
from fastoffice.blueprints.staff.payments.base import blueprint, dialog, done, payment_of_branch, today
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.errors import Refusal
from fastoffice.identity import access
from fastoffice.payments import queries
from fastoffice.payments.models import Payment
from fastoffice.payments.service import reverse_payment


def consequences(payment: Payment) -> dict[str, Any]:
    """The documents that will be open again, those past their deadline, and the receipt that becomes void."""
    rows = queries.paid_by([payment.credit_id]).get(payment.credit_id, []) if payment.credit_id else []
    now = clock.now()
    return {"rows": rows, "overdue": [row for row in rows if row.stage == "prompt" and row.closes_at
                                      and row.closes_at <= now], "today": today()}


def _form(payment: Payment, typed: Typed, status: int = 200) -> Response:
    return dialog("_reverse.html", status=status, payment=payment, form=typed, **consequences(payment))


@blueprint.get("/<int:payment_id>/reversal")
@access.require("payments.reverse")
def confirm_reversal(payment_id: int) -> Response:
    """What will happen, and why."""
    payment = payment_of_branch(payment_id)
    return _form(payment, Typed({"version": payment.version}))


@blueprint.post("/<int:payment_id>/reversal")
@access.require("payments.reverse")
@writes
def reverse(payment_id: int) -> Response:
    """Reverse it, if it still is what the person saw."""
    payment, typed = payment_of_branch(payment_id), Typed.sent()
    try:
        reverse_payment(access.current_branch(), payment, typed.text("reason"), access.current_actor(), clock.now(),
                        version=typed.number("version"))
    except Refusal as refusal:
        typed.refuse(refusal)
        return _form(payment, typed, 422)
    return done(payment, _("The payment was reversed."))
