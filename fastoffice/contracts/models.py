"""Contracts: lines with two prices that change by date; what the roster import remembers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fastoffice.clients.models import Client
from fastoffice.extensions import Id, Model
from fastoffice.workspaces.models import Office


class Contract(Model):
    """What a client agreed to. Days are the branch's; `ends_on` is the last day, inclusive, None is open.

    `state`: active, suspended (from `suspended_on`, not billed after it), ended. `meeting_minutes` is how much of the
    rooms a month includes; `plan_most` the most that it was in `plan_month` ("2026-12"), when it changed last.
    """

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("branch_id", "code"),
        Index("ix_contract_branch_state", "branch_id", "state", "id"),
        Index("ix_contract_branch_ends", "branch_id", "ends_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    code: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(12), default="active")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    suspended_on: Mapped[date | None]
    channels: Mapped[list[Any]] = mapped_column(default=lambda: ["email"])
    currency: Mapped[str] = mapped_column(String(3), default="MXN")
    deposit: Mapped[int] = mapped_column(Id, default=0)
    meeting_minutes: Mapped[int] = mapped_column(default=0)
    plan_month: Mapped[str | None] = mapped_column(String(7))
    plan_most: Mapped[int | None]
    notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    client: Mapped[Client] = relationship()
    office: Mapped[Office | None] = relationship()
    lines: Mapped[list[ContractLine]] = relationship(
        back_populates="contract", order_by="ContractLine.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class ContractLine(Model):
    """One service of a contract; its prices are in `prices`, each valid from a day on."""

    __tablename__ = "contract_line"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    description: Mapped[str] = mapped_column(String(200))
    tax_profile_id: Mapped[int] = mapped_column(ForeignKey("tax_profile.id"))
    prorate: Mapped[bool] = mapped_column(default=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    contract: Mapped[Contract] = relationship(back_populates="lines")
    prices: Mapped[list[LinePrice]] = relationship(
        back_populates="line", order_by="LinePrice.valid_from", cascade="all, delete-orphan"
    )


class LinePrice(Model):
    """Prompt and list price per month, in minor units without tax, from `valid_from` on."""

    __tablename__ = "line_price"
    __table_args__ = (
        UniqueConstraint("contract_line_id", "valid_from"),
        CheckConstraint("prompt_price >= 0 AND list_price >= 0", name="prices"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    contract_line_id: Mapped[int] = mapped_column(ForeignKey("contract_line.id", ondelete="CASCADE"))
    valid_from: Mapped[date]
    prompt_price: Mapped[int] = mapped_column(Id)
    list_price: Mapped[int] = mapped_column(Id)

    line: Mapped[ContractLine] = relationship(back_populates="prices")


class RosterImport(Model):
    """An uploaded roster between preview and confirmation, and what came of it."""

    __tablename__ = "roster_import"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str] = mapped_column(String(120))
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    applied_at: Mapped[datetime | None]


class ColumnMapping(Model):
    """The branch's own reading of a column heading, as its staff corrected it."""

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("branch_id", "header"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    header: Mapped[str] = mapped_column(String(120))
    field: Mapped[str] = mapped_column(String(40))
