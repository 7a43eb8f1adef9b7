"""Refunds of online payments: booked and committed with their key, then asked for; what came of it is written once.

A kill between the two leaves a refund that is `created`: whoever looks after it asks again with the same key, after
having looked whether the processor made it already.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fastoffice import audit, money, transaction
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.payments import errors, rules
from fastoffice.payments.gateway import Gateway, GatewayRefused, RefundState
from fastoffice.payments.models import CardAccount, CardRefund, Payment, Refund
from fastoffice.payments.queries import attempts
from fastoffice.payments.rules import online as online_rules
from fastoffice.payments.service import loading, refund_notices, returning
from fastoffice.payments.service.online import accounts, differences, refundable

UNANSWERED, LOOK_AGAIN = timedelta(minutes=2), timedelta(hours=6)
NO_ANSWER = ("AuthenticationError", "PermissionError", "api_key_expired", "account_invalid",
             "more_permissions_required")  # the key's fault, not the refund's
SYSTEM = audit.Actor.system()


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """A refund as somebody types it; `request_key` names the form: the same is the same refund."""

    amount: int
    reason: str
    request_key: str


def order(branch: Branch, payment: Payment, wanted: RefundOrder, actor: audit.Actor, now: datetime) -> int:
    """Book a refund that shall go through the processor; its id. Nobody was asked yet: `send` does.

    Raises what `refundable` raises, ReasonMissing, SentBefore.
    """
    reason, form = rules.check_reason(wanted.reason), clean_text(wanted.request_key)[:64] or secrets.token_hex(16)
    loading.hold_payment(payment)
    known = _known(branch.id, payment.id, form, wanted.amount, payment.currency)
    if known is not None:
        return known
    attempt, email = refundable.check(branch, payment, wanted.amount, now), refundable.email_for(payment)
    key = secrets.token_hex(16)
    refund_id = returning.give_back(
        branch, payment, returning.Return(wanted.amount, reason, f"Stripe {key[:8]}", form), actor, now)
    row = CardRefund(
        branch_id=branch.id, account_id=attempt.account_id, payment_id=payment.id, refund_id=refund_id, key=key,
        intent_id=attempt.intent_id, amount=wanted.amount, currency=payment.currency, reason=reason, email=email,
        asked_by=actor.name[:120], created_at=now, next_check_at=now + UNANSWERED)
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "payment.refund_asked", ("payment", payment.id),
                 {"refund": row.id, "amount": row.amount, "reason": reason}, branch_id=branch.id)
    return row.id


def _known(branch_id: int, payment_id: int, form: str, amount: int, currency: str) -> int | None:
    row = db.session.execute(sa.select(CardRefund.id, CardRefund.payment_id, CardRefund.amount).join(
        Refund, Refund.id == CardRefund.refund_id).where(
        Refund.branch_id == branch_id, Refund.request_key == form)).one_or_none()
    if row is not None and (row.payment_id, row.amount) != (payment_id, amount):
        raise errors.SentBefore(money.display(row.amount, currency))
    return row.id if row else None


@dataclass(frozen=True, slots=True)
class _Known:
    state: str
    key: str
    intent_id: str
    amount: int
    email: str
    provider_id: str | None
    was_asked: bool
    gateway: Gateway


def send(card_refund_id: int, now: datetime) -> str:
    """Ask for it, or how it stands; its state. No unit is open meanwhile. Raises GatewayAway, GatewayRefused when
    nothing can be known now."""
    row = db.session.get_one(CardRefund, card_refund_id, populate_existing=True)
    account = db.session.get_one(CardAccount, row.account_id)
    known = _Known(row.state, row.key, row.intent_id, row.amount, row.email, row.provider_id, row.checks > 0,
                   accounts.gateway(account))
    db.session.rollback()
    if known.state in online_rules.REFUND_OVER:
        return known.state
    found = _ask(known)
    if isinstance(found, str):
        return transaction.run(_write, card_refund_id, "failed", None, found, now)
    return transaction.run(_write, card_refund_id, _state(found), found.id, found.error, now)


def _ask(known: _Known) -> RefundState | str:
    """The refund at the processor, made now unless it is there already; or their word for why they don't make it."""
    if known.provider_id:
        return known.gateway.refund_state(known.provider_id)
    if known.was_asked:
        for found in known.gateway.refunds_of(known.intent_id):
            if found.reference == known.key:
                return found
    try:
        return known.gateway.refund(known.key, known.intent_id, known.amount, known.email)
    except GatewayRefused as refusal:
        if refusal.code in NO_ANSWER:
            raise
        return refusal.code


def _state(found: RefundState) -> str:
    return online_rules.REFUND_STATES.get(found.status, "pending")


def look_at(account_id: int, provider_id: str, now: datetime) -> None:
    """Ask how a refund of the processor stands, ours or not. Raises GatewayAway, GatewayRefused."""
    gateway = accounts.gateway(db.session.get_one(CardAccount, account_id))
    db.session.rollback()
    found = gateway.refund_state(provider_id)
    transaction.run(told, account_id, found, now)


def told(account_id: int, found: RefundState, now: datetime) -> None:
    """The processor speaks of a refund: ours is brought up to date; of one that nobody asked for here a person
    hears. In a unit."""
    query = sa.select(CardRefund.id).where(CardRefund.account_id == account_id, sa.or_(
        CardRefund.provider_id == found.id, CardRefund.key == found.reference))
    known = db.session.scalar(query.limit(1))
    if known is not None:
        _write(known, _state(found), found.id, found.error, now)
        return
    account = db.session.get_one(CardAccount, account_id)
    is_over = found.status in ("failed", "canceled", "kept")
    if is_over or not attempts.payments_behind(account.branch_id, [found.intent_id]):
        return
    differences.note(account_id, account.branch_id, "unknown_refund", found.id, found.amount, found.currency, now)


def _write(card_refund_id: int, state: str, provider_id: str | None, error: str, now: datetime) -> str:
    row = _hold(card_refund_id)
    row.provider_id = provider_id or row.provider_id
    if state == row.state or not online_rules.refund_may_become(row.state, state):
        row.next_check_at = now + LOOK_AGAIN if row.state in ("created", "pending") else None
        return row.state
    was_told, row.state, row.error = row.state == "succeeded", state, error[:200]
    row.next_check_at = now + LOOK_AGAIN if state == "pending" else None
    if state != "pending":
        row.settled_at = now
    db.session.flush()
    if state in online_rules.REFUND_OVER:
        _came_to_nothing(row, now)
        if was_told:
            refund_notices.owe_failed(row.refund_id)
    elif state == "succeeded":
        audit.record(SYSTEM, "payment.refunded", ("payment", row.payment_id),
                     {"refund": row.id, "amount": row.amount}, branch_id=row.branch_id)
        refund_notices.owe(row.refund_id)
    return state


def _hold(card_refund_id: int) -> CardRefund:
    """It and its client's money, until the unit ends."""
    query = sa.select(Payment.client_id).join(CardRefund, CardRefund.payment_id == Payment.id)
    clients.lock([db.session.scalars(query.where(CardRefund.id == card_refund_id)).one()])
    return db.session.get_one(CardRefund, card_refund_id, with_for_update=True, populate_existing=True)


def _came_to_nothing(row: CardRefund, now: datetime) -> None:
    """The money is the client's credit again, or lies in their balance at the processor; staff are told.

    What lies in that balance is in nobody's books until a transfer is paid with it: it stays refunded in ours.
    """
    if row.state == "failed":
        branch = db.session.get_one(Branch, row.branch_id)
        payment = db.session.get_one(Payment, row.payment_id)
        returning.undo(branch, payment, db.session.get_one(Refund, row.refund_id), SYSTEM, now)
    what = f"refund_{row.state}"
    differences.note(row.account_id, row.branch_id, what, row.provider_id or row.key, row.amount, row.currency, now)
    audit.record(SYSTEM, f"payment.{what}", ("payment", row.payment_id),
                 {"refund": row.id, "amount": row.amount, "error": row.error}, branch_id=row.branch_id)
