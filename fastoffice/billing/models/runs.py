"""Runs over many documents, duties done once, and the result of the daily check of the books."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fastoffice.extensions import Id, Model


class BillingRun(Model):
    """Somebody (or the policy) asked for many drafts to be issued; a worker does it, the page shows how far."""

    __tablename__ = "billing_run"
    __table_args__ = (UniqueConstraint("branch_id", "request_key"), Index("ix_billing_run_state", "state"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    period: Mapped[str] = mapped_column(String(7))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    request_key: Mapped[str] = mapped_column(String(64))
    requested_by: Mapped[str] = mapped_column(String(120))
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)


class BillingRunItem(Model):
    """One draft of a run, at the version its reviewer saw."""

    __tablename__ = "billing_run_item"
    __table_args__ = (UniqueConstraint("run_id", "invoice_id"), Index("ix_billing_run_item_state", "run_id", "state"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("billing_run.id", ondelete="CASCADE"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"))
    version: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    reason: Mapped[str] = mapped_column(String(300), default="")


class DutyDone(Model):
    """A scheduled duty that was carried out: (branch, duty, key) once, e.g. ("draft", "2026-12")."""

    __tablename__ = "duty_done"
    __table_args__ = (UniqueConstraint("branch_id", "duty", "key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    duty: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(40))
    done_at: Mapped[datetime]


class LedgerCheck(Model):
    """What `ledger verify` found, and when."""

    __tablename__ = "ledger_check"
    __table_args__ = (Index("ix_ledger_check_branch", "branch_id", "checked_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    checked_at: Mapped[datetime]
    faults: Mapped[list[Any]] = mapped_column(default=list)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
