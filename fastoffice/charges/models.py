"""Extras waiting for the next draft: room overage, printing, a one-off charge."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fastoffice.extensions import Id, Model

WITHDRAWN = ".withdrawn-"  # in the origin of a charge whose cause was undone


class PendingCharge(Model):
    """Billed once: `origin` names what it comes from ("booking:77") and is unique per branch.

    `dropped_at`: it is not asked for any more. Its cause was undone (`is_withdrawn`), or somebody waived it.
    """

    __tablename__ = "pending_charge"
    __table_args__ = (
        UniqueConstraint("branch_id", "origin"),
        Index("ix_pending_charge_client", "client_id", "charged_on"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    description: Mapped[str] = mapped_column(String(300))
    charged_on: Mapped[date]
    quantity_milli: Mapped[int] = mapped_column(default=1000)
    unit_price: Mapped[int] = mapped_column(Id)
    tax_profile_id: Mapped[int] = mapped_column(ForeignKey("tax_profile.id"))
    origin: Mapped[str] = mapped_column(String(60))
    billed: Mapped[bool] = mapped_column(default=False)
    dropped_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))

    @property
    def is_withdrawn(self) -> bool:
        """Whether what it was for was undone; else a dropped charge was waived."""
        return WITHDRAWN in self.origin
