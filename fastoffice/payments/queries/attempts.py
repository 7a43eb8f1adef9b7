"""Attempts to pay online as staff look at them: the list, one with its story, and what needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from fastoffice.audit.models import AuditEntry
from fastoffice.billing.models import Invoice
from fastoffice.counting import Page, count_of
from fastoffice.extensions import db
from fastoffice.payments.models import (
    CardAccount,
    CardDispute,
    CardRefund,
    PayAttempt,
    Payment,
    ProviderDifference,
    ProviderEvent,
)
from fastoffice.payments.rules import online as rules

PAGE, HISTORY, MOST = 50, 100, 200
SHOWS = ("all", "open", "processing", "failed", "paid", "refunded", "disputed")
OPEN_DISPUTE = sa.text("card_dispute.state IN ('needs_response','under_review')")  # the index's words
UNRESOLVED = sa.text("provider_difference.resolved_at IS NULL")
UNREAD = sa.text("provider_event.state = 'new'")
_STATES = {"open": ("created", "open"), "processing": ("processing",), "failed": ("failed", "expired"),
           "paid": ("paid",)}


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt with everything around it; `documents` are what it asks for, as they are now."""

    attempt: PayAttempt
    documents: list[Any]
    history: list[AuditEntry]
    refunds: list[CardRefund]
    disputes: list[CardDispute]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What somebody should look at: disputes without an answer, the earliest day to answer, differences."""

    disputes: int
    answer_by: datetime | None
    differences: int


def attempts_page(branch_id: int, show: str, number: int = 1, client_id: int = 0) -> Page:
    """A branch's attempts, the newest first, each with its client and its parts: four statements."""
    where = [PayAttempt.branch_id == branch_id, *_shown(show)]
    if client_id:
        where.append(PayAttempt.client_id == client_id)
    query = sa.select(PayAttempt).where(*where).order_by(PayAttempt.id.desc()).limit(PAGE).offset((number - 1) * PAGE)
    rows = list(db.session.scalars(query.options(joinedload(PayAttempt.client), selectinload(PayAttempt.parts))))
    return Page(rows, number, count_of(sa.select(PayAttempt.id).where(*where)), PAGE)


def _shown(show: str) -> list[Any]:
    if show == "refunded":
        return [PayAttempt.payment_id.in_(sa.select(CardRefund.payment_id).where(
            CardRefund.state.not_in(rules.REFUND_OVER)))]
    if show == "disputed":
        return [PayAttempt.payment_id.in_(sa.select(CardDispute.payment_id))]
    return [PayAttempt.state.in_(_STATES[show])] if show in _STATES else []


def attempt(branch_id: int, attempt_id: int) -> PayAttempt | None:
    """The branch's attempt with its client and its parts."""
    query = sa.select(PayAttempt).where(PayAttempt.id == attempt_id, PayAttempt.branch_id == branch_id)
    return db.session.scalar(query.options(joinedload(PayAttempt.client), selectinload(PayAttempt.parts)))


def around(found: PayAttempt) -> Attempt:
    """Everything around a loaded attempt, in four statements."""
    parts = {part.invoice_id: part.amount for part in found.parts}
    documents = sa.select(Invoice).where(Invoice.id.in_(parts)).order_by(Invoice.due_on, Invoice.id)
    history = sa.select(AuditEntry).where(
        AuditEntry.branch_id == found.branch_id, AuditEntry.subject_type == "pay_attempt",
        AuditEntry.subject_id == found.id).order_by(AuditEntry.sequence.desc()).limit(HISTORY)
    refunds, disputes = returns_of(found.payment_id) if found.payment_id else ([], [])
    return Attempt(found, [(row, parts[row.id]) for row in db.session.scalars(documents)],
                   list(db.session.scalars(history)), refunds, disputes)


def returns_of(payment_id: int) -> tuple[list[CardRefund], list[CardDispute]]:
    """What went back of an online payment, and what its cardholder disputes; the oldest first."""
    refunds = sa.select(CardRefund).where(CardRefund.payment_id == payment_id).order_by(CardRefund.id)
    disputes = sa.select(CardDispute).where(CardDispute.payment_id == payment_id).order_by(CardDispute.id)
    return list(db.session.scalars(refunds)), list(db.session.scalars(disputes))


def of_payment(payment_id: int) -> PayAttempt | None:
    """The attempt that brought this payment."""
    return db.session.scalar(sa.select(PayAttempt).where(PayAttempt.payment_id == payment_id).limit(1))


def marks(payment_ids: Sequence[int]) -> dict[int, str]:
    """By payment: "disputed" while its cardholder disputes it, else "refunded" where something went back."""
    wanted = [key for key in payment_ids if key]
    refunds = sa.select(CardRefund.payment_id).where(
        CardRefund.payment_id.in_(wanted), CardRefund.state.not_in(rules.REFUND_OVER))
    disputes = sa.select(CardDispute.payment_id).where(
        CardDispute.payment_id.in_(wanted), CardDispute.state.in_(rules.DISPUTE_OPEN))
    if not wanted:
        return {}
    return {**dict.fromkeys(db.session.scalars(refunds), "refunded"),
            **dict.fromkeys(db.session.scalars(disputes), "disputed")}


def trouble(branch_id: int) -> Trouble:
    """What of online payments waits for a person: one statement."""
    waiting = sa.and_(CardDispute.branch_id == branch_id, OPEN_DISPUTE, CardDispute.state == "needs_response")
    row = db.session.execute(sa.select(
        sa.select(sa.func.count()).select_from(CardDispute).where(waiting).scalar_subquery().label("disputes"),
        sa.select(sa.func.min(CardDispute.answer_by)).where(waiting).scalar_subquery().label("answer_by"),
        sa.select(sa.func.count()).select_from(ProviderDifference).where(
            ProviderDifference.branch_id == branch_id, UNRESOLVED).scalar_subquery().label("differences"))).one()
    return Trouble(row.disputes, row.answer_by, row.differences)


def differences(branch_id: int) -> list[ProviderDifference]:
    """What a person still has to look at, the oldest first."""
    query = sa.select(ProviderDifference).where(ProviderDifference.branch_id == branch_id, UNRESOLVED)
    return list(db.session.scalars(query.order_by(ProviderDifference.id).limit(MOST)))


def resolved(branch_id: int) -> list[ProviderDifference]:
    """The last ones that were looked at."""
    query = sa.select(ProviderDifference).where(
        ProviderDifference.branch_id == branch_id, ProviderDifference.resolved_at.is_not(None))
    return list(db.session.scalars(query.order_by(ProviderDifference.resolved_at.desc()).limit(PAGE)))


def difference(branch_id: int, difference_id: int) -> ProviderDifference | None:
    """The branch's difference."""
    return db.session.scalar(sa.select(ProviderDifference).where(
        ProviderDifference.id == difference_id, ProviderDifference.branch_id == branch_id))


def payments_behind(branch_id: int, object_ids: Sequence[str]) -> dict[str, int]:
    """Our payments by the processor's name for them."""
    keys = {rules.payment_key(key): key for key in object_ids}
    query = sa.select(Payment.request_key, Payment.id).where(
        Payment.branch_id == branch_id, Payment.request_key.in_(keys))
    return {keys[row.request_key]: row.id for row in db.session.execute(query)} if keys else {}


def oldest_unread_event() -> datetime | None:
    """When the oldest event arrived that nobody has read yet."""
    return db.session.scalar(sa.select(sa.func.min(ProviderEvent.received_at)).where(UNREAD))


def oldest_comparison() -> tuple[bool, datetime | None]:
    """Whether any branch takes payments online, and when the one that waits longest was compared."""
    query = sa.select(CardAccount.polled_at).where(CardAccount.is_enabled)
    moments = list(db.session.scalars(query))
    known = [moment for moment in moments if moment is not None]
    return bool(moments), min(known, default=None) if len(known) == len(moments) else None
