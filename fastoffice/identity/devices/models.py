"""Paired devices and the codes that pair them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.branches.models import Branch
from fastoffice.extensions import Id, Model


class Device(Model):
    """A tablet or a door panel of a branch; it may make calls of its kind until `ended_at`.

    The database keeps the token's hash. `resource_id` is the room of a panel. `list_key` (hex, AES-256) seals the
    evacuation list that a tablet keeps; whoever knows its key (`Offer.pin`) makes it again from `list_salt`.
    """

    __tablename__ = "device"
    __table_args__ = (
        CheckConstraint("kind IN ('kiosk','panel')", name="kind"),
        Index("ix_device_branch", "branch_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    resource_id: Mapped[int | None] = mapped_column(Id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    list_salt: Mapped[str] = mapped_column(String(32), default="")
    list_key: Mapped[str] = mapped_column(String(64), default="")
    paired_at: Mapped[datetime]
    paired_by: Mapped[str] = mapped_column(String(120))
    last_seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(120), default="")

    branch: Mapped[Branch] = relationship()


class PairingCode(Model):
    """What pairs one device, once, until `expires_at`. The code itself is shown to whoever made it and kept nowhere."""

    __tablename__ = "pairing_code"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    resource_id: Mapped[int | None] = mapped_column(Id)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    list_salt: Mapped[str] = mapped_column(String(32), default="")
    list_key: Mapped[str] = mapped_column(String(64), default="")
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(120))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
