"""Rows of clients for exports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from fastoffice import clock
from fastoffice.clients.models import Client
from fastoffice.extensions import db

SLICE = 500


def client_rows(branch_id: int, zone: str) -> Iterator[dict[str, Any]]:
    """Every client, archived ones too, oldest first; moments on the wall clock of `zone`."""
    last_id = 0
    while True:
        query = sa.select(Client).where(Client.branch_id == branch_id, Client.id > last_id)
        clients = db.session.scalars(
            query.options(selectinload(Client.contacts)).order_by(Client.id).limit(SLICE)).all()
        if not clients:
            return
        for client in clients:
            yield _client(client, zone)
        last_id = clients[-1].id


def _client(client: Client, zone: str) -> dict[str, Any]:
    return {
        "id": client.id, "legal_name": client.legal_name, "trade_name": client.trade_name,
        "tax_id": client.tax_id or "", "tax_regime": client.tax_regime, "cfdi_use": client.cfdi_use,
        "postal_code": client.fiscal_postal_code, "address": client.address, "language": client.language,
        "group": client.group, "notes": client.notes,
        "contacts": [{"name": each.name, "email": each.email, "phone": each.phone, "for_billing": each.for_billing}
                     for each in client.contacts],
        "created_at": clock.local(client.created_at, zone).isoformat(),
        "archived_at": clock.local(client.archived_at, zone).isoformat() if client.archived_at else None,
    }
