"""Reversal: the money never truly arrived, or was typed wrong. Nothing is deleted."""

from __future__ import annotations

from datetime import datetime

from fastoffice import audit, clock, money
from fastoffice.billing.models import Credit
from fastoffice.billing.service import giving_back, holds
from fastoffice.branches.models import Branch
from fastoffice.documents import service as documents
from fastoffice.extensions import db
from fastoffice.payments import errors, names, rules
from fastoffice.payments.models import Payment
from fastoffice.payments.service import loading, telling


def reverse_payment(branch: Branch, payment: Payment, reason: str, actor: audit.Actor, now: datetime,
                    *, version: int | None = None) -> None:
    """Take a payment back: its documents are open again with their own due date, its receipt is void, and the
    client is told.

    The deadline acts on them at the next tick, as of this moment. A cheque that has not cleared is only
    forgotten. Raises ReasonMissing, AlreadyReversed, PartRefunded, ChangedMeanwhile.
    """
    reason = rules.check_reason(reason)
    loading.hold_payment(payment, version)
    if payment.state not in ("received", "pending"):
        raise errors.AlreadyReversed
    opened: list[int] = []
    if payment.credit_id is not None:
        opened = _reverse_credit(branch, payment, reason, now)
    payment.state, payment.reversed_at = "reversed", now
    payment.reversed_by, payment.reversed_reason = actor.name, reason
    db.session.flush()
    holds.release_by_source(branch.id, payment.source, actor, now)
    audit.record(actor, "payment.reversed", ("payment", payment.id),
                 {"amount": payment.amount, "reason": reason, "invoices": opened}, branch_id=branch.id)
    for invoice_id in dict.fromkeys(opened):
        audit.record(actor, "invoice.money_taken_back", ("invoice", invoice_id),
                     {"payment": payment.id, "reason": reason}, branch_id=branch.id)
    if payment.credit_id is not None:
        telling.owe(branch, payment, opened, reason)


def _reverse_credit(branch: Branch, payment: Payment, reason: str, now: datetime) -> list[int]:
    credit = loading.hold_credit(db.session.get_one(Credit, payment.credit_id))
    if credit.refunded:
        raise errors.PartRefunded(money.display(credit.refunded, credit.currency))
    opened = giving_back.reverse_credit(credit, reason, branch_id=branch.id,
                                        day=clock.local_date(now, branch.timezone), at=now)
    if payment.receipt is not None:
        word = names.void_word(str(payment.receipt.data.get("language") or branch.language))
        documents.owe_document(branch.id, ("payment", payment.id), "receipt_void",
                               f"{payment.receipt.number}-{word}.pdf")
    return opened
