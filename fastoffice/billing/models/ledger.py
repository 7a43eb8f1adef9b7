"""Double entry, balanced, append-only (a trigger refuses changes)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.extensions import Id, Model


class JournalEntry(Model):
    """One event of the books. (kind, subject) is unique: an event is posted once."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("branch_id", "kind", "subject_type", "subject_id"),
        Index("ix_journal_entry_day", "branch_id", "day"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(24))
    subject_type: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(Id)
    day: Mapped[date]
    posted_at: Mapped[datetime]

    postings: Mapped[list[Posting]] = relationship(order_by="Posting.id")


class Posting(Model):
    """A signed amount on an account; debits are positive. Postings of an entry sum to zero per currency."""

    __tablename__ = "posting"
    __table_args__ = (
        Index("ix_posting_entry", "entry_id"),
        Index("ix_posting_client", "client_id", "account", "amount"),
        Index("ix_posting_invoice", "invoice_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"))
    account: Mapped[str] = mapped_column(String(30))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    currency: Mapped[str] = mapped_column(String(3), default="MXN")
    amount: Mapped[int] = mapped_column(Id)
