"""What others read of clients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk
from fastoffice.clients.models import Client, ClientContact
from fastoffice.extensions import db


def billing_rows(ids: Sequence[int]) -> list[Any]:
    """The client's side of a document: names, tax data, address, language."""
    columns = (Client.id, Client.legal_name, Client.trade_name, Client.tax_id, Client.tax_regime, Client.cfdi_use,
               Client.fiscal_postal_code, Client.address, Client.language)
    return bulk.rows_in(sa.select(*columns), Client.id, ids)


def billing_contacts(ids: Sequence[int]) -> dict[int, list[Any]]:
    """Contacts that receive the documents (name, email, phone), by client, in the order they were added."""
    columns = (ClientContact.client_id, ClientContact.name, ClientContact.email, ClientContact.phone)
    query = sa.select(*columns).where(ClientContact.for_billing).order_by(ClientContact.id)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in bulk.rows_in(query, ClientContact.client_id, ids):
        found[row.client_id].append(row)
    return found


def lock(ids: Sequence[int]) -> None:
    """Hold the clients' rows, in order of id, until the unit ends: one writer of a client's money at a time."""
    for part in bulk.slices(sorted(set(ids))):
        db.session.execute(sa.select(Client.id).where(Client.id.in_(part)).order_by(Client.id).with_for_update())
