"""Other names of a client, as staff learn them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.mailroom import errors
from fastoffice.mailroom.models import MailAlias
from fastoffice.mailroom.rules import matching


def add(branch: Branch, client: Client, alias: str, actor: Actor, now: datetime) -> None:
    """Mail to this name is the client's from now on. Raises NameMissing, AliasTaken (another client's)."""
    name = clean_text(alias)[:200]
    key = matching.key(name)
    if not key:
        raise errors.NameMissing
    known = db.session.scalar(sa.select(MailAlias).where(
        MailAlias.branch_id == branch.id, MailAlias.alias_key == key))
    if known is not None:
        if known.client_id != client.id:
            raise errors.AliasTaken(db.session.get_one(Client, known.client_id).display_name)
        return
    db.session.add(MailAlias(branch_id=branch.id, client_id=client.id, alias=name, alias_key=key, created_at=now,
                             created_by=actor.name))
    db.session.flush()
    audit.record(actor, "mail.alias_added", ("client", client.id), {"alias": name}, branch_id=branch.id)


def remove(client: Client, alias_id: int, actor: Actor) -> None:
    """Forget the name; one that is gone already is no fault."""
    known = db.session.get(MailAlias, alias_id)
    if known is not None and known.client_id == client.id:
        audit.record(actor, "mail.alias_removed", ("client", client.id), {"alias": known.alias},
                     branch_id=client.branch_id)
        db.session.delete(known)
