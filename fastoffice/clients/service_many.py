"""Many clients at once, as an import brings them. Audit is the caller's: it knows where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastoffice import bulk
from fastoffice.clients.models import Client, ClientContact
from fastoffice.clients.rules import name_key, search_text

_SEARCHED = ("legal_name", "trade_name", "tax_id")


def add_clients(branch_id: int, language: str, clients: Sequence[dict[str, Any]], at: datetime) -> list[int]:
    """Ids of new clients, in order. Each has legal_name, trade_name, tax_id (or None), tax_regime, cfdi_use,
    fiscal_postal_code, group, and `words`: what else a search finds them by.
    """
    rows = [
        {
            **_columns(client),
            "branch_id": branch_id,
            "language": language,
            "created_at": at,
            "version": 1,
            "address": "",
            "notes": "",
        }
        for client in clients
    ]
    return bulk.insert_returning_ids(Client, rows)


def change_clients(clients: Sequence[dict[str, Any]]) -> None:
    """Give known clients ("id" and the version they had, the keys of `add_clients`) what they hold now."""
    bulk.update(
        Client,
        [
            {**_columns(client), "id": client["id"], "version": client["version"] + 1, "archived_at": None}
            for client in clients
        ],
    )


def _columns(client: dict[str, Any]) -> dict[str, Any]:
    texts = ("legal_name", "trade_name", "tax_id", "tax_regime", "cfdi_use", "fiscal_postal_code")
    words = [client[name] for name in _SEARCHED] + list(client["words"])
    return {
        **{name: client[name] for name in texts},
        "client_group": client["group"],
        "name_key": name_key(client["legal_name"]),
        "search_text": search_text(words),
    }


def add_contacts(branch_id: int, contacts: Sequence[dict[str, Any]]) -> None:
    """New contacts that receive documents: client_id, name, email, phone."""
    keys = ("client_id", "name", "email", "phone")
    bulk.insert(
        ClientContact,
        [
            {"branch_id": branch_id, "for_billing": True, **{key: contact[key] for key in keys}}
            for contact in contacts
        ],
    )


def change_contacts(contacts: Sequence[dict[str, Any]]) -> None:
    """Name and telephone of known contacts ("id", "name", "phone")."""
    bulk.update(
        ClientContact, [{key: contact[key] for key in ("id", "name", "phone")} for contact in contacts]
    )
