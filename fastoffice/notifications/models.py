"""The outbox: a notice is owed once; its deliveries go out by channel and are sent or visibly failed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.extensions import Id, Model

_waiting = sa.text("channel = 'email' AND state IN ('queued', 'sending')")
_in_hand = sa.text("channel <> 'email' AND state = 'queued'")


class Notice(Model):
    """Something a person must be told about a subject, once: (subject, kind, occasion) is unique.

    `context` holds the placeholders' values as text; `documents` the (subject_type, subject_id, kind) of
    the files that go with it; `language` that of the reader; `search_text` names and number without accents.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("subject_type", "subject_id", "kind", "occasion"),
        Index("ix_notice_branch", "branch_id", "id"),
        Index("ix_notice_party", "branch_id", "party_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(30))
    subject_type: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Id)
    occasion: Mapped[str] = mapped_column(String(40), default="")
    party_id: Mapped[int | None] = mapped_column(Id)
    party_name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(5), default="es")
    context: Mapped[dict[str, Any]] = mapped_column(default=dict)
    documents: Mapped[list[Any]] = mapped_column(default=list)
    search_text: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]

    deliveries: Mapped[list[Delivery]] = relationship(back_populates="notice", order_by="Delivery.id")


class Delivery(Model):
    """One notice by one channel (email, post, whatsapp). One mail goes to all `recipients` together.

    state: queued, sending (leased), sent, failed, bounced, cancelled (no longer true when its turn came).
    post: sent means "mailed", marked by a person. whatsapp: sent when a person says so.
    `recipients`: mail addresses, the lines of a postal address, or one telephone. `accepted` have the mail;
    `refused` maps an address to the server's last no. `next_attempt_at` is the lease's end while sending.
    `frozen_sha256` is written before its file: a file without a row cannot come to be, and a sender that
    died between the two makes the same bytes again. `error` is "reason: detail", see notifications.reasons.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("notice_id", "channel"),
        Index("ix_delivery_waiting", "next_attempt_at", "branch_id", sqlite_where=_waiting,
              postgresql_where=_waiting),
        Index("ix_delivery_in_hand", "id", sqlite_where=_in_hand, postgresql_where=_in_hand),
        Index("ix_delivery_branch", "branch_id", "id"),
        Index("ix_delivery_state", "branch_id", "state", "id"),
        Index("ix_delivery_sent", "branch_id", "sent_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(Id)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    channel: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    recipients: Mapped[list[Any]] = mapped_column(default=list)
    accepted: Mapped[list[Any]] = mapped_column(default=list)
    refused: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    frozen_sha256: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    first_attempt_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[str | None] = mapped_column(String(120))

    notice: Mapped[Notice] = relationship(back_populates="deliveries")
    history: Mapped[list[DeliveryAttempt]] = relationship(order_by="DeliveryAttempt.id")


class DeliveryAttempt(Model):
    """What became of one attempt: sent, partly (some addresses left), later, failed or interrupted.

    `sha256` is the message that was sent; "readdressed" keeps that of a message which was made anew.
    """

    __tablename__ = "delivery_attempt"
    __table_args__ = (Index("ix_delivery_attempt_delivery", "delivery_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(Id)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(12))
    detail: Mapped[str] = mapped_column(String(500), default="")
    sha256: Mapped[str | None] = mapped_column(String(64))


class MessageTemplate(Model):
    """The branch's own wording of a notice by a channel in a language; placeholders are fixed words."""

    __tablename__ = "message_template"
    __table_args__ = (UniqueConstraint("branch_id", "kind", "channel", "language"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(10), default="email")
    language: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]
    updated_by: Mapped[str] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
