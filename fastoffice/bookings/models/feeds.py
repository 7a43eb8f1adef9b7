"""Addresses at which calendars read bookings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fastoffice.extensions import Id, Model

_open = text("ended_at IS NULL")
_of_staff = text("ended_at IS NULL AND client_id IS NULL")


class CalendarFeed(Model):
    """Of a room, or of all of a client's bookings: such addresses are made no more, those that are open are read.

    The token's hash is kept; a new address ends the one before.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        CheckConstraint("(resource_id IS NULL) <> (client_id IS NULL)", name="owner"),
        Index("ix_calendar_feed_owner", "branch_id", "resource_id", "client_id"),
        Index("uq_calendar_feed_room", "resource_id", unique=True, sqlite_where=_open, postgresql_where=_open),
        Index("uq_calendar_feed_client", "client_id", unique=True, sqlite_where=_open, postgresql_where=_open),
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


class PersonFeed(Model):
    """Of a person: a client's contact reads that client's bookings (`own_only`: what they organise or attend), a member
    of staff, without `client_id`, what they organise or attend. It is worth what their access is at the moment.
    """

    __tablename__ = "person_feed"
    __table_args__ = (
        Index("uq_person_feed_contact", "user_id", "client_id", unique=True, sqlite_where=_open,
              postgresql_where=_open),
        Index("uq_person_feed_staff", "user_id", unique=True, sqlite_where=_of_staff, postgresql_where=_of_staff),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"), index=True)
    own_only: Mapped[bool] = mapped_column(default=False)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
