"""What arrived, and the batch in which its clients are told."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.clients.models import Client
from fastoffice.extensions import Id, Model

_open = sa.text("announced_at IS NULL")
_tracked_here = sa.text("tracking <> '' AND closed_at IS NULL")
_here = sa.text("closed_at IS NULL")
_reminded = sa.text("remind_at IS NOT NULL")
_photographed = sa.text("photo_sha256 IS NOT NULL")


class MailBatch(Model):
    """What a branch logs until its clients are told: one message for each client of it. A branch has one open batch,
    whichever desk writes; it is announced by hand or some minutes after the last piece.
    """

    __tablename__ = "mail_batch"
    __table_args__ = (
        Index("uq_mail_batch_open", "branch_id", unique=True, sqlite_where=_open, postgresql_where=_open),
        Index("ix_mail_batch_due", "last_at", sqlite_where=_open, postgresql_where=_open),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]


class MailItem(Model):
    """A parcel, letter or courier's envelope that arrived; or a call or message that was taken.

    state: received, notified, scanned, held (until `held_until`) while it is here; handed_over, forwarded, destroyed,
    returned, undone once it is not (`closed_at`). Calls and messages are closed at once. Without `client_id` it lies in
    the unassigned tray. `addressee` is what stands on it. `tracking` is in capitals without blanks and stands once
    among what is here. `batch_id`: with which its client is or was told. For calls `sender` is who called, `note` the
    message. `state_before` is what an undo goes back to.
    """

    __tablename__ = "mail_item"
    __table_args__ = (
        UniqueConstraint("branch_id", "request_key"),
        CheckConstraint("kind IN ('parcel','letter','courier','call','message')", name="kind"),
        CheckConstraint("state IN ('received','notified','scanned','held','handed_over','forwarded','destroyed',"
                        "'returned','undone')", name="state"),
        CheckConstraint("(state IN ('handed_over','forwarded','destroyed','returned','undone')) = "
                        "(closed_at IS NOT NULL) OR kind IN ('call','message')", name="closed"),
        Index("uq_mail_item_tracking", "branch_id", "tracking", unique=True, sqlite_where=_tracked_here,
              postgresql_where=_tracked_here),
        Index("ix_mail_item_here", "branch_id", "client_id", sqlite_where=_here, postgresql_where=_here),
        Index("ix_mail_item_remind", "remind_at", sqlite_where=_reminded, postgresql_where=_reminded),
        Index("ix_mail_item_photo", "branch_id", "closed_at", sqlite_where=_photographed,
              postgresql_where=_photographed),
        Index("ix_mail_item_branch", "branch_id", "id"),
        Index("ix_mail_item_client", "client_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    request_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12), default="received")
    state_before: Mapped[str] = mapped_column(String(12), default="")
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("client_contact.id", ondelete="SET NULL"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("mail_batch.id"), index=True)
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("mail_handover.id"), index=True)
    addressee: Mapped[str] = mapped_column(String(200), default="")
    sender: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    carrier: Mapped[str] = mapped_column(String(60), default="")
    tracking: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    photo_sha256: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime]
    received_by: Mapped[str] = mapped_column(String(120))
    reminders: Mapped[int] = mapped_column(default=0)
    remind_at: Mapped[datetime | None]
    held_until: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=1)

    client: Mapped[Client | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_here(self) -> bool:
        return self.closed_at is None
