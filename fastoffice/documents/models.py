"""A rendered file of a subject. The row comes first, in state "due"; the file follows in a worker."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fastoffice.extensions import Id, Model

_failed = sa.text("state = 'failed'")
_unfinished = sa.text("state IN ('due', 'rendering')")


class Document(Model):
    """(subject, kind) has one document; its bytes are stored under their own hash.

    state: due, rendering (leased until `lease_until`, fenced by `fence`), ready, failed.
    `next_attempt_at` says when a due one may be tried; it is the lease's end while rendering.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("subject_type", "subject_id", "kind"),
        Index("ix_document_failed", "branch_id", "id", sqlite_where=_failed, postgresql_where=_failed),
        Index("ix_document_unfinished", "branch_id", "id", sqlite_where=_unfinished, postgresql_where=_unfinished),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(Id)
    subject_type: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="due")
    filename: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(60), default="application/pdf")
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
