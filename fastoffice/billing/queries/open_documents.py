"""The conditions of what is still owed, so written that the index of open documents serves on every engine."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from fastoffice.billing.models import Invoice

# Written out in the statement: only then does an engine see that the index of open documents fits.
OPEN = Invoice.status.in_(
    sa.bindparam("open_statuses", ["issued", "partly_paid"], expanding=True, literal_execute=True))
BALANCE = Invoice.total - Invoice.paid


def owed_to(branch_id: int, before: date | None = None) -> sa.ColumnElement[bool]:
    """A branch's open documents, those due before a day when one is given.

    Without it the day is still bounded: SQLite takes the partial index only when its second column is asked for.
    """
    day = Invoice.due_on < before if before is not None else Invoice.due_on >= date.min
    return sa.and_(Invoice.branch_id == branch_id, OPEN, day)
