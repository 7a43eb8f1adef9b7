"""Clients as screens list and find them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fastoffice.clients.models import Client
from fastoffice.clients.rules import search_words
from fastoffice.extensions import db
from fastoffice.folding import fold


def groups(branch_id: int) -> list[str]:
    """The names of groups in use."""
    query = sa.select(Client.group).where(Client.branch_id == branch_id, Client.group != "").distinct()
    return sorted(db.session.scalars(query), key=fold)


def find(branch_id: int, text: str, limit: int) -> list[Any]:
    """Clients whose names, RFC, contacts or offices hold every word; first those whose name
    begins with it, then those whose name holds it."""
    words = search_words(text)
    if not words:
        return []
    query = sa.select(Client.id, Client.legal_name, Client.trade_name, Client.tax_id, Client.archived_at).where(
        Client.branch_id == branch_id)
    for word in words:
        query = query.where(Client.search_text.contains(word, autoescape=True))
    named = sa.and_(*(Client.name_key.contains(word, autoescape=True) for word in words))
    begins = sa.case((Client.name_key.startswith(words[0], autoescape=True), 0), (named, 1), else_=2)
    query = query.order_by(Client.archived_at.is_not(None), begins, Client.name_key, Client.id)
    return list(db.session.execute(query.limit(limit)).all())
