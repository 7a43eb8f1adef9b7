"""Online money that goes back: refunds that we ask the processor for, disputes that cardholders open at their bank."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.extensions import Id, Model
from fastoffice.payments.models.by_hand import Payment, Refund

_under_way = sa.text("state IN ('created','pending')")
_open = sa.text("state IN ('needs_response','under_review')")


class CardRefund(Model):
    """A refund of an online payment, booked and committed, with its key, before the processor is asked.

    state: created (not asked yet, or not answered), pending (they are at it), succeeded, failed (the credit is back
    with the client), kept (a transfer that found no account: it lies in the client's balance at the processor).
    `refund_id` is the booking, `provider_id` the processor's name for it, `email` where they ask for the account.
    """

    __tablename__ = "card_refund"
    __table_args__ = (
        Index("ix_card_refund_due", "next_check_at", sqlite_where=_under_way, postgresql_where=_under_way),
        Index("ix_card_refund_payment", "payment_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("state IN ('created','pending','succeeded','failed','kept')", name="state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("card_account.id"))
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), unique=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    intent_id: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column(Id)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(10), default="created")
    provider_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    reason: Mapped[str] = mapped_column(String(300))
    email: Mapped[str] = mapped_column(String(254), default="")
    error: Mapped[str] = mapped_column(String(200), default="")
    asked_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    next_check_at: Mapped[datetime | None]
    checks: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    payment: Mapped[Payment] = relationship()
    refund: Mapped[Refund] = relationship()

    __mapper_args__ = {"version_id_col": version}


class CardDispute(Model):
    """A payment that a cardholder disputes at their bank: one row per dispute of the processor.

    state: needs_response (until `answer_by`), under_review, won, lost (the payment was taken back). `reason` is
    the bank's word; what closed stays closed.
    """

    __tablename__ = "card_dispute"
    __table_args__ = (
        UniqueConstraint("account_id", "dispute_id"),
        Index("ix_card_dispute_payment", "payment_id"),
        Index("ix_card_dispute_open", "branch_id", "id", sqlite_where=_open, postgresql_where=_open),
        CheckConstraint("state IN ('needs_response','under_review','won','lost')", name="state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("card_account.id"))
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    dispute_id: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column(Id)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    payment: Mapped[Payment] = relationship()
