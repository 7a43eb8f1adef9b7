"""Signs of what clients do with documents on the portal: added, once an hour, never read by the books."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice import bulk
from fastoffice.billing.models import Invoice, PortalActivity
from fastoffice.extensions import db
from fastoffice.upsert import insert_unless_there

KINDS, WAYS = ("opened", "downloaded"), ("link", "account")


def note(invoice_id: int, kind: str, via: str, at: datetime) -> None:
    """Note it; the same document, kind and way within the hour is noted once."""
    if kind not in KINDS or via not in WAYS:
        raise ValueError(f"no such activity: {kind} by {via}")
    branch_id = db.session.scalar(sa.select(Invoice.branch_id).where(Invoice.id == invoice_id))
    if branch_id is not None:
        db.session.execute(insert_unless_there(bulk.table_of(PortalActivity)).values(
            branch_id=branch_id, invoice_id=invoice_id, kind=kind, via=via, at=at,
            hour=at.replace(minute=0, second=0, microsecond=0)))
