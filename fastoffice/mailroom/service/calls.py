"""Calls and messages taken for a client: logged, and the client told at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastoffice import audit
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.mailroom import errors
from fastoffice.mailroom.models import MailItem
from fastoffice.mailroom.rules import states
from fastoffice.mailroom.service import entering, loading, telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who called or came by, for whom, and what they said. kind: call or message. `passed`: it was put through, so
    that nobody needs to be told.
    """

    request_key: str
    kind: str
    caller: str
    phone: str
    note: str
    contact_id: int | None = None
    passed: bool = False


def log_call(branch: Branch, client_id: int, call: Call, actor: Actor, now: datetime) -> MailItem:
    """Log it and owe the message. Raises NoSuchClient, UnknownKind, NameMissing, MessageMissing."""
    known = entering.by_key(branch.id, call.request_key)
    if known is not None:
        return known
    if call.kind not in states.SPOKEN:
        raise errors.UnknownKind
    client = loading.client(branch, client_id)
    caller, note = clean_text(call.caller)[:120], _paragraphs(call.note)
    if not caller:
        raise errors.NameMissing
    if not note and not call.passed:
        raise errors.MessageMissing
    contact = next((each for each in clients.contacts_of([client.id]).get(client.id, ())
                    if each.id == call.contact_id), None)
    item = MailItem(
        branch_id=branch.id, request_key=call.request_key[:64], kind=call.kind, client_id=client.id,
        state="received" if call.passed else "notified", contact_id=contact.id if contact else None,
        addressee=(contact.name if contact else client.display_name)[:200], sender=caller,
        phone=clean_text(call.phone)[:40], note=note, received_at=now, received_by=actor.name, closed_at=now,
        closed_by=actor.name)
    db.session.add(item)
    db.session.flush()
    audit.record(actor, "mail.call_logged", ("mail_item", item.id),
                 {"client": client.id, "kind": call.kind, "passed": call.passed}, branch_id=branch.id)
    if not call.passed:
        telling.call(branch, item)
    return item


def _paragraphs(text: str) -> str:
    lines = [clean_text(line) for line in text[:2000].splitlines()]
    return "\n".join(line for line in lines if line)
