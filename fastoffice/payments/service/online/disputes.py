"""Disputes: a cardholder tells their bank that a payment is not right, and the bank takes the money until it decides.

While it is open the payment counts and its documents stay paid; when it is lost the payment is taken back, once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import audit, bulk, transaction
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.payments.gateway import DisputeState
from fastoffice.payments.models import CardAccount, CardDispute, PayAttempt, Payment
from fastoffice.payments.queries import attempts
from fastoffice.payments.rules import online as rules
from fastoffice.payments.service import returning, reversing
from fastoffice.payments.service.online import accounts, differences, syncing, wording
from fastoffice.upsert import insert_unless_there

SYSTEM = audit.Actor.system()


def sync(account_id: int, dispute_id: str, now: datetime) -> None:
    """Ask how a dispute stands and write it; money of ours that was not booked yet is booked first.

    Raises GatewayAway, GatewayRefused.
    """
    account = db.session.get_one(CardAccount, account_id)
    gateway, branch_id = accounts.gateway(account), account.branch_id
    db.session.rollback()
    found = gateway.dispute(dispute_id)
    is_known = bool(attempts.payments_behind(branch_id, [found.intent_id]))
    reference = "" if is_known or not found.intent_id else gateway.intent(found.intent_id).reference
    attempt_id = db.session.scalar(sa.select(PayAttempt.id).where(
        PayAttempt.account_id == account_id, PayAttempt.key == reference)) if reference else None
    db.session.rollback()
    if attempt_id is not None:
        syncing.sync(attempt_id, now)
    transaction.run(told, account_id, found, now)


def open_ids(account_id: int) -> list[str]:
    """The processor's names of the disputes that the bank has not decided."""
    query = sa.select(CardDispute.dispute_id).where(
        CardDispute.account_id == account_id, CardDispute.state.not_in(rules.DISPUTE_CLOSED))
    return list(db.session.scalars(query.order_by(CardDispute.id)))


def told(account_id: int, found: DisputeState, now: datetime) -> None:
    """Write what the processor says of a dispute now; again, late or twice without harm. In a unit."""
    account = db.session.get_one(CardAccount, account_id)
    payment_id = attempts.payments_behind(account.branch_id, [found.intent_id]).get(found.intent_id)
    if payment_id is None:
        differences.note(account_id, account.branch_id, "unknown_dispute", found.id, found.amount, found.currency, now)
        return
    payment = db.session.get_one(Payment, payment_id)
    clients.lock([payment.client_id])
    state = rules.DISPUTE_STATES.get(found.status, "under_review")
    row = _open(account, payment, found, now)
    if row.state == state:
        row.answer_by = found.answer_by
        return
    if row.state in rules.DISPUTE_CLOSED:
        differences.note(account_id, account.branch_id, "dispute_changed", found.id, found.amount, found.currency, now)
        return
    row.state, row.answer_by, row.amount = state, found.answer_by, found.amount
    if state in rules.DISPUTE_CLOSED:
        _close(row, payment, now)
    db.session.flush()


def _open(account: CardAccount, payment: Payment, found: DisputeState, now: datetime) -> CardDispute:
    """Our row of it; made, and noted, when it is news."""
    table = bulk.table_of(CardDispute)
    values: dict[str, Any] = {
        "branch_id": account.branch_id, "account_id": account.id, "payment_id": payment.id, "dispute_id": found.id,
        "amount": found.amount, "currency": found.currency, "reason": found.reason[:60], "state": "needs_response",
        "opened_at": found.opened_at or now, "answer_by": found.answer_by}
    if db.session.execute(insert_unless_there(table).values(**values).returning(table.c.id)).scalar() is not None:
        audit.record(SYSTEM, "payment.disputed", ("payment", payment.id),
                     {"amount": found.amount, "dispute": found.id, "cause": found.reason}, branch_id=account.branch_id)
    query = sa.select(CardDispute).where(CardDispute.account_id == account.id, CardDispute.dispute_id == found.id)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def _close(row: CardDispute, payment: Payment, now: datetime) -> None:
    row.closed_at = now
    audit.record(SYSTEM, f"payment.dispute_{row.state}", ("payment", payment.id),
                 {"amount": row.amount, "dispute": row.dispute_id}, branch_id=row.branch_id)
    if row.state == "lost":
        _lose(row, payment, now)


def _lose(row: CardDispute, payment: Payment, now: datetime) -> None:
    """The bank gave the money back to the cardholder: the payment, or what was disputed of it, does not count."""
    branch = db.session.get_one(Branch, row.branch_id)
    db.session.refresh(payment)
    if payment.state != "received" or payment.credit is None:
        return
    db.session.refresh(payment.credit)
    reason = wording.dispute_lost(branch)
    left = payment.amount - payment.credit.refunded
    amount = min(row.amount, left) if row.currency == payment.currency else left
    if amount == payment.amount:
        reversing.reverse_payment(branch, payment, reason, SYSTEM, now)
    elif amount > 0:
        returning.give_back(branch, payment, returning.Return(
            amount, reason, row.dispute_id, f"dispute:{row.dispute_id}"[:64]), SYSTEM, now)
