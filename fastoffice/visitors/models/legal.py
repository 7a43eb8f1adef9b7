"""An authority came with a notice for a client: what it was, who of the client was alerted, and who read it when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.clients.models import Client
from fastoffice.extensions import Id, Model
from fastoffice.visitors.models.visits import Visit


class LegalNotice(Model):
    """Evidence: nothing of it changes but when it was read first, once. Each of the client is alerted by a link of
    their own (`LegalAlert`); `token_hash` is that of the one link that notices had before.
    """

    __tablename__ = "legal_notice"
    __table_args__ = (Index("ix_legal_notice_client", "client_id", "id"),
                      Index("ix_legal_notice_branch", "branch_id", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    authority: Mapped[str] = mapped_column(String(160))
    official_name: Mapped[str] = mapped_column(String(120))
    official_id: Mapped[str] = mapped_column(String(80))
    document_number: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(300))
    notes: Mapped[str] = mapped_column(Text, default="")
    document_sha256: Mapped[str] = mapped_column(String(64))
    document_type: Mapped[str] = mapped_column(String(60), default="image/jpeg")
    received_at: Mapped[datetime]
    received_by: Mapped[str] = mapped_column(String(120))
    nonce: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    read_at: Mapped[datetime | None]
    read_by: Mapped[str] = mapped_column(String(120), default="")
    read_from: Mapped[str] = mapped_column(String(64), default="")

    visit: Mapped[Visit] = relationship()
    client: Mapped[Client] = relationship()


class LegalAlert(Model):
    """Somebody of the client was told of a notice, or found it in the portal; and the receipt when they read it.

    channel: email, whatsapp (each with a link of its own, which ends at `expires_at`), portal (`address` is then the
    account's). `read_by` is the name that was typed, `read_from` the network address, `read_text` what was confirmed,
    as it read. The database refuses to change a receipt.
    """

    __tablename__ = "legal_alert"
    __table_args__ = (
        UniqueConstraint("notice_id", "channel", "address"),
        CheckConstraint("channel IN ('email','whatsapp','portal')", name="channel"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    notice_id: Mapped[int] = mapped_column(ForeignKey("legal_notice.id"))
    channel: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(254), default="")
    name: Mapped[str] = mapped_column(String(120), default="")
    nonce: Mapped[str] = mapped_column(String(32), default="")
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    read_by: Mapped[str] = mapped_column(String(120), default="")
    read_from: Mapped[str] = mapped_column(String(64), default="")
    read_text: Mapped[str] = mapped_column(Text, default="")

    notice: Mapped[LegalNotice] = relationship()
