"""One writer of a row at a time: held until the unit ends, and read as it is now."""

from __future__ import annotations

from typing import TypeVar

import sqlalchemy as sa

from fastoffice.extensions import db
from fastoffice.visitors.models import Invitation, LegalNotice, Visit

Row = TypeVar("Row", Visit, LegalNotice, Invitation)


def hold(row: Row) -> Row:
    """The same row, alone: a refresh would lock the client that a list joined to it, which PostgreSQL refuses."""
    model = type(row)
    query = sa.select(model).where(model.id == row.id).with_for_update(of=model)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
