"""Whose a piece is by its addressee: exact names, trade names, other names and people; or nobody's."""

from __future__ import annotations

import sqlalchemy as sa

from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailAlias
from fastoffice.mailroom.rules import matching


def whose(branch_id: int, text: str) -> int | None:
    """The one client that is named in full by `text` (what stands on the piece); None for the unassigned tray."""
    aliases = _by_alias(branch_id, text)
    if len(aliases) == 1:
        return aliases.pop()
    rows = {row.id: row for word in matching.longest_words(text) for row in clients.called(branch_id, word[:60])}
    people = clients.contacts_of(list(rows))
    known = [matching.Known(
        row.id, frozenset(filter(None, (matching.key(row.legal_name), matching.key(row.trade_name)))),
        frozenset(matching.key(each.name) for each in people.get(row.id, ()) if each.name)) for row in rows.values()]
    return matching.whose(text, known)


def _by_alias(branch_id: int, text: str) -> set[int]:
    keys = [matching.key(part) for part in matching.parts(text)]
    if not keys:
        return set()
    query = sa.select(MailAlias.client_id).where(MailAlias.branch_id == branch_id, MailAlias.alias_key.in_(keys))
    return set(db.session.scalars(query))
