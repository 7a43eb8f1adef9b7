"""Addresses at which calendars read bookings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fastoffice.extensions import Id, Model


class CalendarFeed(Model):
    """Of a room, or of a client's bookings (those that `email` made, all without one). The token's hash is kept; a new
    address ends the one before.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        CheckConstraint("(resource_id IS NULL) <> (client_id IS NULL)", name="owner"),
        Index("ix_calendar_feed_owner", "branch_id", "resource_id", "client_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    email: Mapped[str] = mapped_column(String(254), default="")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))
    ended_at: Mapped[datetime | None]
