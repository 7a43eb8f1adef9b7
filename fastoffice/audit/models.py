"""The audit log: append-only, each entry chained to the one before it by a hash, one chain per branch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fastoffice.extensions import Id, Model


class AuditEntry(Model):
    """What somebody did. `branch_id` 0 is the network's own chain."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("branch_id", "sequence"),
        Index("ix_audit_entry_subject", "branch_id", "subject_type", "subject_id", "sequence"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(Id)
    sequence: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(Id)
    data: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Model):
    """Where a branch's chain ends; its row is the short lock that orders writers."""

    __tablename__ = "audit_head"

    branch_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(Id, default=0)
    hash: Mapped[str] = mapped_column(String(64), default="")
