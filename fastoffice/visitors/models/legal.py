"""An authority came with a notice for a client: what it was, and when the client knew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.clients.models import Client
from fastoffice.extensions import Id, Model
from fastoffice.visitors.models.visits import Visit


class LegalNotice(Model):
    """Evidence: nothing of it changes but when it was read. The client reads it by a link that asks for a press."""

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
