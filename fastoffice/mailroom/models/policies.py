"""What the branch asks for keeping and sending on."""

from __future__ import annotations

from datetime import time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fastoffice.extensions import Id, Model


class MailPolicy(Model):
    """Days and prices of a branch's mail room; prices in minor units without tax, 0 costs nothing.

    `free_days` are days in the branch's calendar, that of arrival included; each later one costs `fee_per_day`.
    `reminder_days` are days since the arrival.
    """

    __tablename__ = "mail_policy"
    __table_args__ = (
        CheckConstraint("free_days BETWEEN 0 AND 365", name="free_days"),
        CheckConstraint("fee_per_day >= 0 AND price_forward >= 0 AND price_scan >= 0 AND price_hold >= 0 "
                        "AND price_destroy >= 0", name="prices"),
    )

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True)
    free_days: Mapped[int]
    fee_per_day: Mapped[int] = mapped_column(Id)
    reminder_days: Mapped[list[Any]]
    reminder_at: Mapped[time]
    hold_days: Mapped[int]
    price_forward: Mapped[int] = mapped_column(Id)
    price_scan: Mapped[int] = mapped_column(Id)
    price_hold: Mapped[int] = mapped_column(Id)
    price_destroy: Mapped[int] = mapped_column(Id)
    photo_days: Mapped[int]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def price_of(self, kind: str) -> int:
        """What a request of this kind (forward, scan, hold, destroy) costs, in minor units without tax."""
        price: int = getattr(self, f"price_{kind}")
        return price


def default_policy(branch_id: int) -> MailPolicy:
    """What holds until somebody of the branch saves other numbers: seven free days, nothing costs."""
    return MailPolicy(branch_id=branch_id, free_days=7, fee_per_day=0, reminder_days=[2, 5], reminder_at=time(10, 0),
                      hold_days=30, price_forward=0, price_scan=0, price_hold=0, price_destroy=0, photo_days=180,
                      version=1)
