"""Hours included in contracts: an append-only ledger in minutes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fastoffice.extensions import Id, Model


class HoursEntry(Model):
    """Minutes of a contract's month ("2026-12"): granted and given_back add, used, lowered and expired take away.

    `source` ("grant:1", "use:77.0", "back:77.1", "expire:1") makes an entry one per contract and month.
    """

    __tablename__ = "hours_entry"
    __table_args__ = (
        UniqueConstraint("contract_id", "month", "source"),
        CheckConstraint("minutes <> 0", name="minutes"),
        CheckConstraint("(kind IN ('granted', 'given_back')) = (minutes > 0)", name="sign"),
        Index("ix_hours_entry_booking", "booking_id"),
        Index("ix_hours_entry_month", "branch_id", "month"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    month: Mapped[str] = mapped_column(String(7))
    kind: Mapped[str] = mapped_column(String(10))
    minutes: Mapped[int]
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    source: Mapped[str] = mapped_column(String(40))
    noted_at: Mapped[datetime]
    noted_by: Mapped[str] = mapped_column(String(120))
