"""What the pages of contracts read of billing: what is issued, what is drafted, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from fastoffice.billing.models import Invoice
from fastoffice.billing.rules import periods
from fastoffice.billing.service.drafting import stale_ids
from fastoffice.branches.models import Branch
from fastoffice.extensions import db


def issued_to(contract_id: int) -> date | None:
    """The last day of the last month with a live issued document of the contract."""
    period = db.session.scalar(sa.select(sa.func.max(Invoice.period)).where(
        Invoice.contract_id == contract_id, Invoice.kind == "recurring", Invoice.live, Invoice.status != "draft"))
    return periods.last_day(period) if period else None


def was_billed(contract_id: int) -> bool:
    """Whether any document of the contract was ever issued."""
    query = sa.select(Invoice.id).where(Invoice.contract_id == contract_id, Invoice.status != "draft").limit(1)
    return db.session.scalar(query) is not None


def documents(contract_id: int, limit: int = 12) -> list[Any]:
    """The contract's documents, drafts too, newest first."""
    query = sa.select(Invoice).where(Invoice.contract_id == contract_id).order_by(
        Invoice.period.desc(), Invoice.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def stale_drafts(branch: Branch, contract_id: int) -> list[Any]:
    """Live drafts of the contract (id, period) that no longer say what the contract says."""
    query = sa.select(Invoice.id, Invoice.contract_id, Invoice.period, Invoice.basis).where(
        Invoice.contract_id == contract_id, Invoice.kind == "recurring", Invoice.live, Invoice.status == "draft")
    drafts = list(db.session.execute(query).all())
    stale = stale_ids(branch, drafts) if drafts else set()
    return [draft for draft in drafts if draft.id in stale]


def issued_periods(contract_ids: Sequence[int]) -> dict[int, str]:
    """By contract, the last month with a live issued document of it."""
    query = sa.select(Invoice.contract_id, sa.func.max(Invoice.period).label("period")).where(
        Invoice.contract_id.in_(contract_ids), Invoice.kind == "recurring", Invoice.live,
        Invoice.status != "draft").group_by(Invoice.contract_id)
    return {row.contract_id: row.period for row in db.session.execute(query)}
