"""What was received: payments by hand, their receipts and refunds. None of the three is ever deleted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.billing.models import Credit, Snapshot
from fastoffice.clients.models import Client
from fastoffice.extensions import Id, Model

_pending = sa.text("state = 'pending'")
_undone = sa.text("state IN ('reversed', 'bounced')")


class Payment(Model):
    """Money received from a client.

    method: cash, transfer, cheque, pos, other; online card, oxxo, spei. state: received (counts), pending (a
    cheque that has not cleared: does not count yet), bounced (a cheque that never did), reversed (taken back, or
    a slip of the desk). cheque_state: received, deposited, cleared, bounced; None for other means.
    `wishes` are [invoice id, amount or null] chosen by whoever took it, null for the oldest first.
    What it pays is billing's business: `credit` is billing's view of it.
    """

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("branch_id", "request_key"),
        Index("ix_payment_branch", "branch_id", "value_date", "id"),
        Index("ix_payment_client", "client_id", "id"),
        Index("ix_payment_credit", "credit_id"),
        Index("ix_payment_pending", "branch_id", "id", sqlite_where=_pending, postgresql_where=_pending),
        Index("ix_payment_undone", "branch_id", "value_date", "id", sqlite_where=_undone, postgresql_where=_undone),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("state IN ('received','pending','bounced','reversed')", name="state"),
        CheckConstraint("state <> 'received' OR credit_id IS NOT NULL", name="counted"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    credit_id: Mapped[int | None] = mapped_column(ForeignKey("credit.id"))
    method: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default="received")
    cheque_state: Mapped[str | None] = mapped_column(String(12))
    amount: Mapped[int] = mapped_column(Id)
    currency: Mapped[str] = mapped_column(String(3), default="MXN")
    value_date: Mapped[date]
    reference: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    taken_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime]
    request_key: Mapped[str] = mapped_column(String(64))
    wishes: Mapped[list[Any] | None]
    reversed_at: Mapped[datetime | None]
    reversed_by: Mapped[str | None] = mapped_column(String(120))
    reversed_reason: Mapped[str | None] = mapped_column(String(300))
    version: Mapped[int] = mapped_column(default=1)

    client: Mapped[Client] = relationship()
    credit: Mapped[Credit | None] = relationship()
    receipt: Mapped[Receipt | None] = relationship(back_populates="payment", uselist=False)

    __mapper_args__ = {"version_id_col": version}

    @property
    def source(self) -> str:
        """How billing names where this money came from."""
        return f"payment:{self.id}"


class Receipt(Model):
    """Numbered proof of a payment, one per payment. `data` is what it says, frozen when it was issued."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("series_id", "series_year", "sequence"),
        UniqueConstraint("branch_id", "number"),
        UniqueConstraint("payment_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    series_year: Mapped[int]
    sequence: Mapped[int] = mapped_column(Id)
    number: Mapped[str] = mapped_column(String(40))
    issued_at: Mapped[datetime]
    issued_on: Mapped[date]
    issued_by: Mapped[str] = mapped_column(String(120))
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("issuer_snapshot.id"))
    data: Mapped[dict[str, Any]]

    payment: Mapped[Payment] = relationship(back_populates="receipt")
    snapshot: Mapped[Snapshot] = relationship()


class Refund(Model):
    """Unapplied credit given back to the client."""

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("branch_id", "request_key"),
        Index("ix_refund_credit", "credit_id"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    credit_id: Mapped[int] = mapped_column(ForeignKey("credit.id"))
    amount: Mapped[int] = mapped_column(Id)
    method: Mapped[str] = mapped_column(String(12))
    value_date: Mapped[date]
    reference: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    given_by: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime]
    request_key: Mapped[str] = mapped_column(String(64))
