"""Money of a payment that goes back to where it came from: freed of what it pays, and booked as a refund."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

import sqlalchemy as sa

from fastoffice import audit, clock, money
from fastoffice.billing.models import Allocation, Credit
from fastoffice.billing.service import giving_back, ledger, settling
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.models import Payment, Refund
from fastoffice.payments.service import loading
from fastoffice.upsert import insert_unless_there


@dataclass(frozen=True, slots=True)
class Return:
    """What goes back, and why; `request_key` makes it happen once per branch."""

    amount: int
    reason: str
    reference: str
    request_key: str


def give_back(branch: Branch, payment: Payment, wanted: Return, actor: audit.Actor, now: datetime) -> int:
    """Free the amount and book it as refunded by the means it came; the refund's id.

    Documents that it paid are open again with their own due date. Callers hold the client's lock. Raises
    RefundTooHigh, SentBefore.
    """
    credit = loading.hold_credit(db.session.get_one(Credit, payment.credit_id))
    day = clock.local_date(now, branch.timezone)
    taken = giving_back.make_spare(credit, wanted.amount, wanted.reason, branch_id=branch.id, actor=actor, day=day,
                                   at=now)
    if wanted.amount > credit.spare:
        raise errors.RefundTooHigh(money.display(credit.spare, credit.currency))
    table = cast(sa.Table, Refund.__table__)
    refund_id = db.session.scalar(insert_unless_there(table).values(
        branch_id=branch.id, client_id=credit.client_id, credit_id=credit.id, amount=wanted.amount,
        method=payment.method, value_date=day, reference=wanted.reference[:80], reason=wanted.reason,
        given_by=actor.name, recorded_at=now, request_key=wanted.request_key).returning(table.c.id))
    if refund_id is None:
        raise errors.SentBefore(money.display(wanted.amount, credit.currency))
    giving_back.refund(credit, refund_id, ledger.MONEY[payment.method], wanted.amount, branch_id=branch.id, day=day,
                       at=now)
    for invoice_id, amount in taken:
        audit.record(actor, "invoice.money_taken_back", ("invoice", invoice_id),
                     {"payment": payment.id, "amount": amount, "reason": wanted.reason}, branch_id=branch.id)
    return int(refund_id)


def undo(branch: Branch, payment: Payment, refund: Refund, actor: audit.Actor, now: datetime) -> None:
    """It never reached the client: the money is their credit again, and pays once more what it had paid.

    What was replaced meanwhile comes back by the rules of on-time money. Callers hold the client's lock.
    """
    credit = loading.hold_credit(db.session.get_one(Credit, refund.credit_id))
    giving_back.refund_undone(credit, refund.id, ledger.MONEY[payment.method], refund.amount, branch_id=branch.id,
                              day=clock.local_date(now, branch.timezone), at=now)
    query = sa.select(Allocation.invoice_id).where(
        Allocation.credit_id == credit.id, Allocation.released_at == refund.recorded_at).order_by(Allocation.id)
    paid = list(dict.fromkeys(db.session.scalars(query)))
    if paid and credit.amount:
        settling.settle(branch, [settling.Money(
            credit.id, credit.client_id, refund.amount, credit.value_date, credit.currency,
            tuple((key, None) for key in paid))], actor, now)
