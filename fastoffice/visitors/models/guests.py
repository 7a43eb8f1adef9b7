"""Who comes: people that let us remember them, people that are expected, people that may not come in."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.clients.models import Client
from fastoffice.extensions import Id, Model

_open = sa.text("state = 'expected'")
_in_force = sa.text("ended_at IS NULL")


class Visitor(Model):
    """A person who consented to be remembered, found again by the telephone or e-mail they write, never by a list."""

    __tablename__ = "visitor"
    __table_args__ = (UniqueConstraint("branch_id", "contact_key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    contact_key: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    company: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    consent_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(index=True)


class Invitation(Model):
    """Somebody is expected from `starts_at` to `ends_at`. The mail carries a short code and a QR.

    state: expected, arrived (on the last of its days), cancelled. Both secrets are made from `nonce` under
    SECRET_KEY; the database has their hashes alone. A day early or late is fine.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("branch_id", "request_key"),
        CheckConstraint("state IN ('expected','arrived','cancelled')", name="state"),
        CheckConstraint("ends_at > starts_at", name="times"),
        Index("ix_invitation_expected", "branch_id", "starts_at", sqlite_where=_open, postgresql_where=_open),
        Index("ix_invitation_client", "client_id", "starts_at"),
        Index("ix_invitation_over", "branch_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    request_key: Mapped[str] = mapped_column(String(64))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("client_contact.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(10), default="expected")
    kind: Mapped[str] = mapped_column(String(12), default="visit")
    visitor_name: Mapped[str] = mapped_column(String(120))
    company: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(5), default="es")
    purpose: Mapped[str] = mapped_column(String(200), default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    nonce: Mapped[str] = mapped_column(String(32))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))
    cancelled_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]

    client: Mapped[Client] = relationship()

    @property
    def lasts_days(self) -> bool:
        """Whether its guest comes on several days."""
        return self.ends_at - self.starts_at > timedelta(days=1)


class BlockEntry(Model):
    """A name that may not come in; `name_key` is without accents. Only staff see it."""

    __tablename__ = "block_entry"
    __table_args__ = (
        Index("ix_block_entry_name", "branch_id", "name_key", sqlite_where=_in_force, postgresql_where=_in_force),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(120))
