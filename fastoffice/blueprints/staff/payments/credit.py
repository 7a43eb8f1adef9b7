"""What is left of a payment: applied to invoices, refunded; and money taken back from an invoice."""

from __future__ import annotations

import secrets

from flask import Response
from flask_babel import gettext as _

from fastoffice import clock
from fastoffice.billing.models import Allocation, Credit, Invoice
from fastoffice.blueprints.staff.payments.base import blueprint, dialog, done, payment_of_branch, today
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.money import display, plain
from fastoffice.payments import errors, names, queries, service
from fastoffice.payments.models import Payment
from fastoffice.payments.service import RefundSpec


def _left(payment: Payment) -> int:
    return payment.credit.spare if payment.credit else 0


def _apply_form(payment: Payment, typed: Typed, status: int = 200) -> Response:
    rows = [row for row in queries.open_rows([payment.client_id]).get(payment.client_id, [])
            if row.currency == payment.currency]
    return dialog("_apply.html", status=status, payment=payment, form=typed, rows=rows, left=_left(payment))


@blueprint.get("/<int:payment_id>/application")
@access.require("payments.allocate")
def choose_application(payment_id: int) -> Response:
    """Which invoices the credit shall pay."""
    return _apply_form(payment_of_branch(payment_id), Typed())


@blueprint.post("/<int:payment_id>/application")
@access.require("payments.allocate")
@writes
def apply(payment_id: int) -> Response:
    """Pay them with what is left of this payment."""
    payment, typed = payment_of_branch(payment_id), Typed.sent()
    chosen = [int(text) for text in typed.several("invoices") if text.isascii() and text.isdigit() and len(text) < 16]
    try:
        if payment.credit is None:
            raise errors.NoCredit
        applied = service.apply_credit(
            access.current_branch(), payment.client_id, chosen or None,
            access.current_actor(), clock.now(), credit_id=payment.credit_id)
    except Refusal as refusal:
        typed.refuse(refusal)
        return _apply_form(payment, typed, 422)
    return done(payment, _("%(amount)s applied.", amount=display(applied, payment.currency)))


def _refund_form(payment: Payment, typed: Typed, status: int = 200) -> Response:
    return dialog("_refund.html", status=status, payment=payment, form=typed, left=_left(payment), today=today(),
                  methods=names.METHODS)


@blueprint.get("/<int:payment_id>/refunds/new")
@access.require("payments.refund")
def new_refund(payment_id: int) -> Response:
    """All that is left, today, by transfer."""
    payment = payment_of_branch(payment_id)
    return _refund_form(payment, Typed({
        "amount": plain(_left(payment)), "method": "transfer", "value_date": today().isoformat(),
        "request_key": secrets.token_hex(16)}))


@blueprint.post("/<int:payment_id>/refunds")
@access.require("payments.refund")
@writes
def refund(payment_id: int) -> Response:
    """Give it back."""
    payment, typed = payment_of_branch(payment_id), Typed.sent()
    amount, day = typed.money("amount"), typed.day("value_date")
    if typed.errors or day is None:
        return _refund_form(payment, typed, 422)
    spec = RefundSpec(amount, typed.text("method"), day, typed.text("reason"), typed.text("reference"),
                      typed.text("request_key")[:64] or None)
    try:
        if payment.credit is None:
            raise errors.NoCredit
        service.refund_credit(access.current_branch(), db.session.get_one(Credit, payment.credit_id), spec,
                              access.current_actor(), clock.now())
    except Refusal as refusal:
        typed.refuse(refusal)
        return _refund_form(payment, typed, 422)
    return done(payment, _("%(amount)s refunded.", amount=display(amount, payment.currency)))


def _allocation(allocation_id: int) -> tuple[Allocation, Payment]:
    """The branch's allocation of a payment. Raises NotFound."""
    allocation = access.scoped(Allocation, allocation_id)
    payment = queries.payment_of_credit(allocation.credit_id)
    if payment is None:
        raise NotFound(_("There is no such record in this branch."))
    return allocation, payment


def _take_back_form(allocation: Allocation, payment: Payment, typed: Typed, status: int = 200) -> Response:
    rows = [row for row in queries.open_rows([payment.client_id]).get(payment.client_id, [])
            if row.currency == payment.currency and row.id != allocation.invoice_id]
    return dialog("_take_back.html", status=status, allocation=allocation, payment=payment, form=typed, rows=rows,
                  invoice=db.session.get_one(Invoice, allocation.invoice_id), now=clock.now())


@blueprint.get("/allocations/<int:allocation_id>/release")
@access.require("payments.allocate")
def confirm_release(allocation_id: int) -> Response:
    """What will happen, where the money shall go, and why."""
    allocation, payment = _allocation(allocation_id)
    return _take_back_form(allocation, payment, Typed())


@blueprint.post("/allocations/<int:allocation_id>/release")
@access.require("payments.allocate")
@writes
def release(allocation_id: int) -> Response:
    """Take the money back into credit, or to other invoices at once."""
    allocation, payment = _allocation(allocation_id)
    typed = Typed.sent()
    chosen = [int(text) for text in typed.several("invoices") if text.isascii() and text.isdigit() and len(text) < 16]
    branch, actor = access.current_branch(), access.current_actor()
    try:
        if chosen:
            service.reallocate(branch, allocation, chosen, typed.text("reason"), actor, clock.now())
        else:
            service.take_back(branch, allocation, typed.text("reason"), actor, clock.now())
    except Refusal as refusal:
        typed.refuse(refusal)
        return _take_back_form(allocation, payment, typed, 422)
    return done(payment, _("The money was taken back from the invoice."))
