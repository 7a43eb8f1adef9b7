"""Money received, as billing sees it: credit that is allocated to invoices."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.billing.models.invoices import Invoice
from fastoffice.extensions import Id, Model

_spare = sa.text("amount > applied + refunded")


class Credit(Model):
    """A sum a client has with us. `source` ("payment:12") is unique: the same money enters once.

    amount = applied to invoices + refunded + what is left; a reversed credit has amount 0.
    """

    __tablename__ = "credit"
    __table_args__ = (
        UniqueConstraint("branch_id", "source"),
        Index("ix_credit_spare", "client_id", "value_date", sqlite_where=_spare, postgresql_where=_spare),
        CheckConstraint("applied >= 0 AND refunded >= 0 AND applied + refunded <= amount", name="amounts"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    source: Mapped[str] = mapped_column(String(40))
    account: Mapped[str] = mapped_column(String(30))
    currency: Mapped[str] = mapped_column(String(3), default="MXN")
    value_date: Mapped[date]
    amount: Mapped[int] = mapped_column(Id)
    applied: Mapped[int] = mapped_column(Id, default=0)
    refunded: Mapped[int] = mapped_column(Id, default=0)
    created_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]
    reversed_amount: Mapped[int] = mapped_column(Id, default=0)

    @property
    def spare(self) -> int:
        return self.amount - self.applied - self.refunded


class Allocation(Model):
    """Part of a credit that pays an invoice; never deleted, `released_at` ends it."""

    __tablename__ = "allocation"
    __table_args__ = (
        Index("ix_allocation_invoice", "invoice_id"),
        Index("ix_allocation_credit", "credit_id"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    credit_id: Mapped[int] = mapped_column(ForeignKey("credit.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    amount: Mapped[int] = mapped_column(Id)
    value_date: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("allocation.id"))
    released_at: Mapped[datetime | None]
    released_reason: Mapped[str | None] = mapped_column(String(120))

    credit: Mapped[Credit] = relationship()
    invoice: Mapped[Invoice] = relationship()
