"""Cards that a client lets us keep (at the processor: we hold its name of the card), and payment by themselves."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.extensions import Id, Model

_on = sa.text("ended_at IS NULL")


class SavedCard(Model):
    """A card kept with the client's consent: who agreed and when. One that is removed stays as a record."""

    __tablename__ = "saved_card"
    __table_args__ = (UniqueConstraint("account_id", "method_id"), Index("ix_saved_card_client", "client_id", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("card_account.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    customer_id: Mapped[str] = mapped_column(String(120))
    method_id: Mapped[str] = mapped_column(String(120))
    label: Mapped[str] = mapped_column(String(40))
    exp_year: Mapped[int]
    exp_month: Mapped[int]
    consent_at: Mapped[datetime]
    consent_by: Mapped[str] = mapped_column(String(120))
    removed_at: Mapped[datetime | None]

    @property
    def ends(self) -> str:
        """Its last month, "2029-08"."""
        return f"{self.exp_year:04d}-{self.exp_month:02d}"


class AutoPay(Model):
    """A client's order to charge a card by itself. `on_day` of the month: 1 to 28, 0 the day of issue, 99 the last
    day of the prompt price. Ending it ends the consent; a new one is a new row.
    """

    __tablename__ = "auto_pay"
    __table_args__ = (
        Index("uq_auto_pay_client", "client_id", unique=True, sqlite_where=_on, postgresql_where=_on),
        Index("ix_auto_pay_branch", "branch_id", sqlite_where=_on, postgresql_where=_on),
        CheckConstraint("on_day BETWEEN 0 AND 28 OR on_day = 99", name="on_day"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    card_id: Mapped[int] = mapped_column(ForeignKey("saved_card.id"))
    on_day: Mapped[int]
    consent_at: Mapped[datetime]
    consent_by: Mapped[str] = mapped_column(String(120))
    ended_at: Mapped[datetime | None]

    card: Mapped[SavedCard] = relationship()
