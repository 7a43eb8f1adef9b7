"""What issuing a month would do, for the page that asks before it is done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fastoffice.billing.models import Invoice
from fastoffice.billing.service import issuing
from fastoffice.branches.models import Branch
from fastoffice.extensions import db


@dataclass(frozen=True)
class Offer:
    """What issuing a month now would do: how many documents, their sums (minor units), and how many drafts are
    left out by reason (held, error, stale); those that somebody excluded are not asked about."""

    count: int
    total: int
    list_difference: int
    left_out: dict[str, int]


def would_issue(branch: Branch, period: str, now: datetime) -> Offer:
    """The same choice as `issue_invoices`, without doing it."""
    query = sa.select(*issuing.FIELDS).where(
        Invoice.branch_id == branch.id, Invoice.period == period, Invoice.status == "draft", Invoice.live,
        Invoice.excluded_reason.is_(None))
    drafts = db.session.execute(query).all()
    result = issuing.IssueResult()
    good = issuing.issuable(branch, drafts, dict.fromkeys(draft.id for draft in drafts), result, now)
    total = sum(draft.total for draft in good)
    return Offer(len(good), total, sum(draft.list_total for draft in good) - total,
                 dict(Counter(result.skipped.values())))
