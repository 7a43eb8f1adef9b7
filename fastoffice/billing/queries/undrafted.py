"""Which month has no documents yet: from there a changed price can hold without touching any."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from fastoffice.billing.models import Invoice
from fastoffice.billing.rules import periods
from fastoffice.extensions import db


def first_undrafted(branch_id: int, today: date) -> date:
    """The first day of the first month, this one or later, that comes after every drafted one."""
    query = sa.select(sa.func.max(Invoice.period)).where(
        Invoice.branch_id == branch_id, Invoice.kind == "recurring", Invoice.live
    )
    drafted = db.session.scalar(query)
    current = periods.period_of(today)
    return periods.first_day(periods.following(drafted) if drafted and drafted >= current else current)
