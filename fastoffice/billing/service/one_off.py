"""An invoice outside the monthly cycle: one price, due some days after it is issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit, clock
from fastoffice.billing.models import Invoice
from fastoffice.billing.rules.periods import period_of
from fastoffice.billing.service import adjusting
from fastoffice.branches.models import Branch, TaxProfile
from fastoffice.extensions import db


def draft_one_off(
    branch: Branch, client_id: int, lines: Sequence[tuple[adjusting.LineChange, TaxProfile]], channels: list[str],
    actor: audit.Actor, now: datetime, *, request_key: str | None = None, note: str = "",
) -> Invoice:
    """Make the draft; the same request key gives the same draft. Raises TotalBelowZero.

    Without `channels` it is announced by nobody but the caller, whose own message carries it.
    """
    if request_key:
        query = sa.select(Invoice).where(Invoice.branch_id == branch.id, Invoice.request_key == request_key)
        known = db.session.scalar(query)
        if known is not None:
            return known
    draft = Invoice(
        branch_id=branch.id, client_id=client_id, kind="one_off", stage="other", status="draft", live=True,
        period=period_of(clock.local_date(now, branch.timezone)), currency=branch.currency, channels=channels,
        concept="", note=note.strip()[:500], changes=[], client_data={}, created_at=now, request_key=request_key,
        subtotal=0, tax=0, withheld=0, total=0, list_total=0, paid=0)
    db.session.add(draft)
    db.session.flush()
    for change, profile in lines:
        adjusting.add_line(draft, change, profile, actor)
    draft.changes = []
    db.session.flush()
    return draft
