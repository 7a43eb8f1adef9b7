"""Clients are found by the codes of the offices that their contracts give them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from fastoffice import bulk
from fastoffice.clients import service as clients
from fastoffice.contracts.models import Contract
from fastoffice.extensions import db
from fastoffice.workspaces.models import Office


def index_offices(client_ids: Sequence[int]) -> None:
    """Refresh the office codes in the clients' search texts; call it after contracts of theirs changed."""
    if not client_ids:
        return
    db.session.flush()
    codes: dict[int, list[str]] = defaultdict(list, {number: [] for number in client_ids})
    query = sa.select(Contract.client_id, Office.code).join(Office, Office.id == Contract.office_id).where(
        Contract.state != "ended").order_by(Contract.id)
    for row in bulk.rows_in(query, Contract.client_id, list(codes)):
        codes[row.client_id].append(row.code)
    clients.set_places(codes)
