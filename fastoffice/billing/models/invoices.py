"""Invoices from draft to paid, cancelled or written off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.clients.models import Client
from fastoffice.contracts.models import Contract
from fastoffice.extensions import Id, Model

OPEN = ("issued", "partly_paid")
_open = sa.text("status IN ('issued', 'partly_paid')")
# Written out in statements too: only then does an engine see that the partial index of the deadline fits.
AWAITING_DEADLINE = sa.text("invoice.stage = 'prompt' AND invoice.status IN ('issued', 'partly_paid')")
_awaiting_deadline = sa.text("stage = 'prompt' AND status IN ('issued', 'partly_paid')")


class Snapshot(Model):
    """The branch's side of a document as it was when issued, stored once per content."""

    __tablename__ = "issuer_snapshot"
    __table_args__ = (UniqueConstraint("branch_id", "sha256"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]]


class Invoice(Model):
    """A commercial document.

    kind: recurring (a contract's month) or one_off. stage: prompt, list or other (one price only).
    status: draft, issued, partly_paid, paid, cancelled, written_off. `closes_at` is the first moment
    after the window in which the prompt price holds; `due_on` the last day inside it.
    `live` is false once cancelled or excluded: it and its lines' copy decide what may exist twice.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("series_id", "series_year", "sequence"),
        UniqueConstraint("branch_id", "number"),
        UniqueConstraint("replaces_id"),
        UniqueConstraint("branch_id", "request_key"),
        Index("uq_invoice_live_contract_period", "contract_id", "period", unique=True,
              sqlite_where=sa.text("live AND kind = 'recurring'"),
              postgresql_where=sa.text("live AND kind = 'recurring'")),
        Index("ix_invoice_branch_period_status", "branch_id", "period", "status", "id"),
        Index("ix_invoice_client", "client_id", "id"),
        Index("ix_invoice_reference", "branch_id", "reference"),
        Index("ix_invoice_sequence", "branch_id", "sequence"),
        Index("ix_invoice_open", "branch_id", "due_on", "client_id", sqlite_where=_open, postgresql_where=_open),
        Index("ix_invoice_deadline", "branch_id", "closes_at", "id", sqlite_where=_awaiting_deadline,
              postgresql_where=_awaiting_deadline),
        CheckConstraint("paid >= 0 AND paid <= total OR total <= 0", name="paid"),
        CheckConstraint("total = subtotal + tax - withheld", name="total"),
        CheckConstraint("(status = 'draft') = (number IS NULL)", name="numbered"),
        CheckConstraint("status IN ('draft','issued','partly_paid','paid','cancelled','written_off')", name="status"),
        CheckConstraint("stage IN ('prompt','list','other')", name="stage"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    kind: Mapped[str] = mapped_column(String(10), default="recurring")
    stage: Mapped[str] = mapped_column(String(8), default="prompt")
    status: Mapped[str] = mapped_column(String(12), default="draft")
    live: Mapped[bool] = mapped_column(default=True)
    period: Mapped[str] = mapped_column(String(7))
    currency: Mapped[str] = mapped_column(String(3), default="MXN")
    channels: Mapped[list[Any]] = mapped_column(default=lambda: ["email"])
    concept: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(500), default="")

    subtotal: Mapped[int] = mapped_column(Id, default=0)
    tax: Mapped[int] = mapped_column(Id, default=0)
    withheld: Mapped[int] = mapped_column(Id, default=0)
    total: Mapped[int] = mapped_column(Id, default=0)
    list_total: Mapped[int] = mapped_column(Id, default=0)
    paid: Mapped[int] = mapped_column(Id, default=0)
    written_off: Mapped[int] = mapped_column(Id, default=0)

    basis: Mapped[str] = mapped_column(String(64), default="")
    changes: Mapped[list[Any]] = mapped_column(default=list)
    error: Mapped[str] = mapped_column(String(300), default="")
    excluded_reason: Mapped[str | None] = mapped_column(String(300))
    request_key: Mapped[str | None] = mapped_column(String(64))

    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    series_year: Mapped[int | None]
    sequence: Mapped[int | None] = mapped_column(Id)
    number: Mapped[str | None] = mapped_column(String(40))
    reference: Mapped[str | None] = mapped_column(String(40))
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("issuer_snapshot.id"))
    client_data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    issued_at: Mapped[datetime | None]
    issued_on: Mapped[date | None]
    due_on: Mapped[date | None]
    closes_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]

    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(300))
    cancel_kind: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    client: Mapped[Client] = relationship()
    contract: Mapped[Contract | None] = relationship()
    snapshot: Mapped[Snapshot | None] = relationship()
    lines: Mapped[list[InvoiceLine]] = relationship(
        back_populates="invoice", order_by="InvoiceLine.position", cascade="all, delete-orphan"
    )
    holds: Mapped[list[InvoiceHold]] = relationship(order_by="InvoiceHold.id")
    replaces: Mapped[Invoice | None] = relationship(
        remote_side=[id], back_populates="replaced_by", foreign_keys=[replaces_id]
    )
    replaced_by: Mapped[Invoice | None] = relationship(
        back_populates="replaces", uselist=False, foreign_keys=[replaces_id]
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def balance(self) -> int:
        """What is still to be paid; a cancelled or written-off document asks for nothing."""
        return self.total - self.paid if self.status in OPEN else 0

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class InvoiceLine(Model):
    """A line with both prices: the current stage's figures and what they are at list price."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        Index("uq_invoice_line_live", "contract_line_id", "period", unique=True,
              sqlite_where=sa.text("live"), postgresql_where=sa.text("live")),
        Index("uq_invoice_line_charge", "charge_id", unique=True,
              sqlite_where=sa.text("live"), postgresql_where=sa.text("live")),
        Index("ix_invoice_line_invoice", "invoice_id", "position"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(12), default="recurring")
    contract_line_id: Mapped[int | None] = mapped_column(ForeignKey("contract_line.id"))
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("pending_charge.id"))
    period: Mapped[str] = mapped_column(String(7))
    live: Mapped[bool] = mapped_column(default=True)
    description: Mapped[str] = mapped_column(String(300))
    quantity_milli: Mapped[int] = mapped_column(default=1000)
    days_billed: Mapped[int | None]
    days_in_month: Mapped[int | None]
    prompt_unit: Mapped[int] = mapped_column(Id)
    list_unit: Mapped[int] = mapped_column(Id)
    unit: Mapped[int] = mapped_column(Id)
    subtotal: Mapped[int] = mapped_column(Id)
    tax: Mapped[int] = mapped_column(Id)
    withheld: Mapped[int] = mapped_column(Id)
    list_subtotal: Mapped[int] = mapped_column(Id)
    list_tax: Mapped[int] = mapped_column(Id)
    list_withheld: Mapped[int] = mapped_column(Id)
    tax_name: Mapped[str] = mapped_column(String(80))
    vat_ppm: Mapped[int | None]
    isr_withheld_ppm: Mapped[int] = mapped_column(default=0)
    vat_withheld_ppm: Mapped[int] = mapped_column(default=0)

    invoice: Mapped[Invoice] = relationship(back_populates="lines")


class InvoiceHold(Model):
    """Why an invoice (or a draft) is not touched: dispute, promise, extension, in_flight, review.

    In force from `created_at` until `until_at` (exclusive) or `released_at`, whichever is first.
    `source` names what put it there when no person did ("payment:12").
    """

    __tablename__ = "invoice_hold"
    __table_args__ = (
        Index("uq_invoice_hold_open", "source", "invoice_id", "kind", unique=True,
              sqlite_where=sa.text("released_at IS NULL"), postgresql_where=sa.text("released_at IS NULL")),
        Index("ix_invoice_hold_invoice", "invoice_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))
    until_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None] = mapped_column(String(120))


class PayLink(Model):
    """Opens one invoice (or its successor) without an account. Only the token's hash is kept."""

    __tablename__ = "pay_link"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), unique=True)
    nonce: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
