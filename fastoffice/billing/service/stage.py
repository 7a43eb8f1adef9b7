"""Issued documents in bulk: numbers, books, files and notices that every issue has in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from fastoffice.billing.errors import NoSeries
from fastoffice.billing.models import Snapshot
from fastoffice.branches import queries as branches
from fastoffice.branches import rules as branch_rules
from fastoffice.branches import service as branch_service
from fastoffice.branches.models import Branch, Series
from fastoffice.extensions import db


@dataclass(frozen=True, slots=True)
class Numbers:
    """A contiguous run of numbers of a series."""

    series: Series
    year: int
    first: int

    def columns(self, offset: int) -> dict[str, Any]:
        """series, sequence, number and payment reference of the document at `offset`."""
        sequence = self.first + offset
        prefix, digits = self.series.prefix, self.series.digits
        return {
            "series_id": self.series.id, "series_year": self.year, "sequence": sequence,
            "number": branch_rules.format_number(prefix, digits, self.year, sequence),
            "reference": branch_rules.payment_reference(prefix, digits, self.year, sequence),
        }


def take_numbers(branch: Branch, count: int, day: date, kind: str = "invoice") -> Numbers:
    """Reserve `count` numbers of the branch's active series: last, in a short lock. Raises NoSeries."""
    series = branches.active_series(branch.id, kind)
    if series is None:
        raise NoSeries
    year, first = branch_service.take_numbers(series.id, count, day)
    return Numbers(series, year, first)


def snapshot_id(branch: Branch) -> int:
    """The branch's side of its documents as of now, stored once per content."""
    data = branches.document_data(branch)
    digest = hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    query = sa.select(Snapshot.id).where(Snapshot.branch_id == branch.id, Snapshot.sha256 == digest)
    found = db.session.scalar(query)
    if found is None:
        snapshot = Snapshot(branch_id=branch.id, sha256=digest, data=data)
        db.session.add(snapshot)
        db.session.flush()
        found = snapshot.id
    return int(found)


def client_data(rows: Sequence[Any]) -> dict[int, dict[str, Any]]:
    """The client's side of a document by client id, from rows of clients.queries.billing_rows."""
    return {
        row.id: {
            "legal_name": row.legal_name, "trade_name": row.trade_name, "tax_id": row.tax_id or "",
            "tax_regime": row.tax_regime, "cfdi_use": row.cfdi_use, "postal_code": row.fiscal_postal_code,
            "address": row.address, "language": row.language,
        }
        for row in rows
    }


def moment_columns(now: datetime, issued_on: date) -> dict[str, Any]:
    """When the document was issued, and on which of the branch's days."""
    return {"issued_at": now, "issued_on": issued_on}
