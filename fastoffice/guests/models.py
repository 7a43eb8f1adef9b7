"""What an outside guest bought: a room that is held, its invoice, and the private page that shows both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.billing.models import Invoice
from fastoffice.bookings.models import Booking
from fastoffice.extensions import Id, Model

_open = text("state IN ('paying','booked','late')")


class GuestBooking(Model):
    """A guest's booking with its client's file and invoice.

    state: paying (held until `hold_until`), booked (paid), ended (the hold ran out unpaid), late (money came after
    that: to be looked at), lost (its room was taken by then: the money goes back), cancelled (settled), over.
    `late_fee_percent` is what the guest accepted; `address_mark` says which browsers come from one place, and nothing
    else. The page's token is made from `nonce`; its hash finds it.
    """

    __tablename__ = "guest_booking"
    __table_args__ = (
        CheckConstraint("state IN ('paying','booked','ended','late','lost','cancelled','over')", name="state"),
        CheckConstraint("late_fee_percent BETWEEN 0 AND 100", name="late_fee"),
        Index("ix_guest_booking_open", "state", "hold_until", sqlite_where=_open, postgresql_where=_open),
        Index("ix_guest_booking_email", "branch_id", "email_key", "created_at"),
        Index("ix_guest_booking_address", "branch_id", "address_mark", "created_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    state: Mapped[str] = mapped_column(String(10), default="paying")
    email_key: Mapped[str] = mapped_column(String(254))
    address_mark: Mapped[str] = mapped_column(String(32), default="")
    language: Mapped[str] = mapped_column(String(5), default="es")
    late_fee_percent: Mapped[int] = mapped_column(default=100)
    hold_until: Mapped[datetime]
    nonce: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    booking: Mapped[Booking] = relationship()
    invoice: Mapped[Invoice] = relationship()

    __mapper_args__ = {"version_id_col": version}
