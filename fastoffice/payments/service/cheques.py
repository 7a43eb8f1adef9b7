"""The life of a cheque: received, deposited, cleared or bounced. It is money once it has cleared.

Until then it holds the documents it would pay (in_flight), so that the deadline waits for it.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from fastoffice import audit
from fastoffice.billing.service import holds
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments import errors, names, rules
from fastoffice.payments.models import Payment
from fastoffice.payments.queries import payables
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service import booking, loading, reversing, telling


def hold(branch: Branch, payment_id: int, spec: PaymentSpec, actor: audit.Actor, now: datetime) -> None:
    """Keep the deadline away from what a cheque just received would pay."""
    with force_locale(branch.language):
        reason = _("Cheque in process")
    for invoice_id in _would_pay(spec):
        holds.place_hold(branch, invoice_id, "in_flight", reason, actor, now, source=f"payment:{payment_id}")
    audit.record(actor, "payment.cheque_received", ("payment", payment_id), {
        "amount": spec.amount, "currency": spec.currency, "value_date": spec.value_date.isoformat()},
        branch_id=branch.id)


def _would_pay(spec: PaymentSpec) -> list[int]:
    """The open documents it is meant for: the chosen ones or what became of them, else the oldest it covers."""
    found = payables.payable([spec.client_id]).get(spec.client_id, [])
    if spec.wishes is None:
        return [key for key, _part in rules.plan(spec.amount, spec.currency, found, None).parts]
    heirs = payables.heirs([key for key, _part in spec.wishes])
    return [each.id for each in found if each.id in heirs.values()]


def deposit_cheque(payment: Payment, actor: audit.Actor, *, version: int | None = None) -> None:
    """It was taken to the bank. Raises ChequeCannot, ChangedMeanwhile."""
    _turn(loading.hold_payment(payment, version), "deposited")
    audit.record(actor, "payment.cheque_deposited", ("payment", payment.id), branch_id=payment.branch_id)


def clear_cheque(branch: Branch, payment: Payment, actor: audit.Actor, now: datetime,
                 *, version: int | None = None) -> None:
    """The bank paid: it counts with the day it was received as its value date, and pays what it was meant for.

    Raises ChequeCannot, ChangedMeanwhile, NoReceiptSeries.
    """
    _turn(loading.hold_payment(payment, version), "cleared")
    audit.record(actor, "payment.cheque_cleared", ("payment", payment.id), branch_id=payment.branch_id)
    booking.count(branch, [(payment.id, spec_of(payment))], actor, now)
    holds.release_by_source(branch.id, payment.source, actor, now)


def bounce_cheque(branch: Branch, payment: Payment, reason: str, actor: audit.Actor, now: datetime,
                  *, version: int | None = None) -> None:
    """The bank refused it. One that had cleared is reversed; the holds end, so that the next tick applies the
    deadline, and the client is told. Raises ChequeCannot, ChangedMeanwhile, ReasonMissing, PartRefunded.
    """
    reason = rules.check_reason(reason)
    loading.hold_payment(payment, version)
    had_cleared = payment.cheque_state == "cleared"
    _turn(payment, "bounced")
    audit.record(actor, "payment.cheque_bounced", ("payment", payment.id), {"reason": reason},
                 branch_id=payment.branch_id)
    if had_cleared:
        reversing.reverse_payment(branch, payment, reason, actor, now)
        return
    payment.state, payment.reversed_at = "bounced", now
    payment.reversed_by, payment.reversed_reason = actor.name, reason
    db.session.flush()
    holds.release_by_source(branch.id, payment.source, actor, now)
    telling.owe(branch, payment, _would_pay(spec_of(payment)), reason)


def _turn(payment: Payment, target: str) -> None:
    if payment.state == "reversed" or not rules.may_turn(payment.cheque_state, target):
        shown = names.STATES["reversed"] if payment.state == "reversed" else names.CHEQUE_STATES.get(
            payment.cheque_state or "", payment.method)
        raise errors.ChequeCannot(shown)
    payment.cheque_state = target
    db.session.flush()


def spec_of(payment: Payment) -> PaymentSpec:
    """A payment as it was typed."""
    wishes = None if payment.wishes is None else tuple((key, part) for key, part in payment.wishes)
    return PaymentSpec(
        payment.client_id, payment.method, payment.amount, payment.value_date, payment.currency, payment.reference,
        payment.note, payment.taken_by, payment.request_key, wishes)
