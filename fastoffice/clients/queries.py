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


def billing_contacts_called(email: str) -> list[Any]:
    """Contacts that receive documents at this address: id, client_id, branch_id, name, email, the client's language."""
    columns = (ClientContact.id, ClientContact.client_id, ClientContact.branch_id, ClientContact.name,
               ClientContact.email, Client.language)
    query = sa.select(*columns).join(Client).where(ClientContact.email == email, ClientContact.for_billing)
    return list(db.session.execute(query.order_by(ClientContact.id)))


def lock(ids: Sequence[int]) -> None:
    """Hold the clients' rows, in order of id, until the unit ends: one writer of a client's money at a time."""
    for part in bulk.slices(sorted(set(ids))):
        db.session.execute(sa.select(Client.id).where(Client.id.in_(part)).order_by(Client.id).with_for_update())


def of_branch(branch_id: int, *, lock_them: bool = False) -> list[Any]:
    """Every client of a branch, for comparing a list with: what `of_branch` of contracts is to contracts."""
    columns = (Client.id, Client.version, Client.legal_name, Client.name_key, Client.trade_name, Client.tax_id,
               Client.tax_regime, Client.cfdi_use, Client.fiscal_postal_code, Client.group, Client.archived_at)
    query = sa.select(*columns).where(Client.branch_id == branch_id).order_by(Client.id)
    return list(db.session.execute(query.with_for_update() if lock_them else query).all())


def contacts_of_branch(branch_id: int) -> dict[int, list[Any]]:
    """Every contact of a branch by client, in the order they were added."""
    columns = (ClientContact.id, ClientContact.client_id, ClientContact.name, ClientContact.email,
               ClientContact.phone, ClientContact.for_billing)
    query = sa.select(*columns).where(ClientContact.branch_id == branch_id).order_by(ClientContact.id)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.client_id].append(row)
    return found


def called(branch_id: int, word: str, limit: int = 500) -> list[Any]:
    """Clients in use with this folded word somewhere in their names or contacts: id, legal_name, trade_name."""
    columns = (Client.id, Client.legal_name, Client.trade_name)
    query = sa.select(*columns).where(
        Client.branch_id == branch_id, Client.archived_at.is_(None),
        Client.search_text.contains(word, autoescape=True))
    return list(db.session.execute(query.order_by(Client.id).limit(limit)))


def contacts_of(ids: Sequence[int]) -> dict[int, list[Any]]:
    """Every contact (id, client_id, name, email, phone) of these clients, in the order they were added."""
    columns = (ClientContact.id, ClientContact.client_id, ClientContact.name, ClientContact.email,
               ClientContact.phone)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in bulk.rows_in(sa.select(*columns).order_by(ClientContact.id), ClientContact.client_id, ids):
        found[row.client_id].append(row)
    return found


def group_of(client_id: int) -> str:
    """The name of a client's group; "" without one."""
    return db.session.scalar(sa.select(Client.group).where(Client.id == client_id)) or ""


def client_of(branch_id: int, client_id: int) -> Client | None:
    """A client of a branch that is not in the archive."""
    return db.session.scalar(sa.select(Client).where(
        Client.id == client_id, Client.branch_id == branch_id, Client.archived_at.is_(None)))
