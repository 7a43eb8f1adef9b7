"""How a branch's staff corrected our reading of their headings."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from fastoffice import bulk
from fastoffice.contracts.models import ColumnMapping
from fastoffice.contracts.roster.fields import FIELDS
from fastoffice.extensions import db

LONGEST = 120


def remembered_mapping(branch_id: int) -> dict[str, str]:
    """Header -> field ("" when the column is not to be read), as `parse_roster` takes it."""
    rows = db.session.execute(
        sa.select(ColumnMapping.header, ColumnMapping.field).where(ColumnMapping.branch_id == branch_id)
    )
    return {row.header: row.field for row in rows}


def remember_mapping(branch_id: int, corrections: Mapping[str, str]) -> None:
    """Keep corrections for the next file; a later correction of a header replaces an earlier one."""
    kept = {header[:LONGEST]: name for header, name in corrections.items() if name == "" or name in FIELDS}
    if not kept:
        return
    db.session.execute(
        sa.delete(ColumnMapping).where(ColumnMapping.branch_id == branch_id, ColumnMapping.header.in_(kept))
    )
    bulk.insert(
        ColumnMapping,
        [{"branch_id": branch_id, "header": header, "field": name} for header, name in kept.items()],
    )
