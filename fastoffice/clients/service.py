"""A client's file, one at a time, as staff write it; `service_many` brings many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from fastoffice import audit, bulk
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.clients import rules
from fastoffice.clients.checks import ClientData, ContactData, check_client
from fastoffice.clients.errors import ClientChanged, DuplicateTaxId, InvalidClient, SameName
from fastoffice.clients.models import Client, ClientContact
from fastoffice.extensions import db

FIELDS = ("legal_name", "trade_name", "tax_regime", "cfdi_use", "fiscal_postal_code", "address", "language",
          "group", "notes")


def create_client(
    actor: audit.Actor, branch: Branch, data: ClientData, now: datetime, *, same_name: bool = False
) -> Client:
    """Open a file. Raises InvalidClient (all that is wrong, by field), DuplicateTaxId or, unless `same_name`,
    SameName: the second press of a button opens no second file.
    """
    data = _checked(branch, data)
    branches.lock_for_billing(branch.id)  # one writer at a time: who was there first is seen and named
    _refuse_duplicate(branch.id, data.tax_id)
    if not same_name:
        _refuse_same_name(branch.id, data.legal_name)
    client = Client(branch_id=branch.id, created_at=now)
    db.session.add(client)
    _write(client, data)
    client.contacts = [_contact(branch.id, contact) for contact in data.contacts]
    client.search_text = own_words(data)
    db.session.flush()
    _note(actor, "client.created", client, {"name": client.legal_name})
    return client


def edit_client(
    actor: audit.Actor, branch: Branch, client: Client, data: ClientData, version: int
) -> list[str]:
    """Change a file that was read at `version`; the names of the fields that changed.

    Raises ClientChanged when somebody was faster, InvalidClient or DuplicateTaxId.
    """
    locked = db.session.scalar(sa.select(Client.version).where(Client.id == client.id).with_for_update())
    if locked != client.version or locked != version:
        raise ClientChanged
    data = _checked(branch, data, [contact.phone for contact in client.contacts])
    if data.tax_id and data.tax_id != client.tax_id:
        branches.lock_for_billing(branch.id)
        _refuse_duplicate(branch.id, data.tax_id, client.id)
    before = _fields(client)
    _write(client, data)
    contacts_changed = _write_contacts(client, data.contacts)
    changed = [name for name, value in _fields(client).items() if before[name] != value]
    changed += ["contacts"] if contacts_changed else []
    if changed:
        client.search_text = rules.with_places(own_words(data), [rules.places_of(client.search_text)])
        flag_modified(client, "search_text")  # contacts alone count as a new version too
        db.session.flush()
        _note(actor, "client.changed", client, {"fields": changed})
    return changed


def archive_client(actor: audit.Actor, client: Client, now: datetime) -> None:
    """Put the file away; the edge has checked that nothing is in force or owed."""
    if client.archived_at is None:
        client.archived_at = now
        _note(actor, "client.archived", client)


def reopen_client(actor: audit.Actor, client: Client) -> None:
    """Take the file out of the archive."""
    if client.archived_at is not None:
        client.archived_at = None
        _note(actor, "client.reopened", client)


def set_places(places: Mapping[int, Iterable[str]]) -> None:
    """Make clients findable by the codes of their offices: client id -> codes."""
    rows = bulk.rows_in(sa.select(Client.id, Client.search_text), Client.id, sorted(places))
    texts = [(row, rules.with_places(row.search_text, places[row.id])) for row in rows]
    changed = [{"id": row.id, "search_text": text} for row, text in texts if text != row.search_text]
    bulk.update(Client, changed)  # not a change of what people wrote: the version stays
    for client in list(db.session.identity_map.values()):
        if isinstance(client, Client) and client.id in places:
            db.session.expire(client, ["search_text"])


def own_words(data: ClientData) -> str:
    """The search text of a client without its offices."""
    words = [data.legal_name, data.trade_name, data.tax_id]
    for contact in data.contacts:
        words += [contact.name, contact.email, contact.phone]
    return rules.search_text(words)


def _note(actor: audit.Actor, action: str, client: Client, data: dict[str, Any] | None = None) -> None:
    audit.record(actor, action, ("client", client.id), data, branch_id=client.branch_id)


def _checked(branch: Branch, data: ClientData, known_phones: Sequence[str] = ()) -> ClientData:
    data, errors = check_client(data, branch.country, known_phones)
    if errors:
        raise InvalidClient(errors)
    return data


def _refuse_duplicate(branch_id: int, tax_id: str, own_id: int | None = None) -> None:
    if not tax_id:
        return
    query = sa.select(Client.id, Client.legal_name).where(
        Client.branch_id == branch_id, Client.tax_id == tax_id, Client.id != (own_id or 0))
    with db.session.no_autoflush:
        other = db.session.execute(query).first()
    if other:
        raise DuplicateTaxId(tax_id, other.id, other.legal_name)


def _refuse_same_name(branch_id: int, legal_name: str) -> None:
    query = sa.select(Client.id, Client.legal_name).where(
        Client.branch_id == branch_id, Client.name_key == rules.name_key(legal_name))
    other = db.session.execute(query.order_by(Client.id).limit(1)).first()
    if other:
        raise SameName(other.id, other.legal_name)


def _fields(client: Client) -> dict[str, Any]:
    return {name: getattr(client, name) for name in (*FIELDS, "tax_id")}


def _write(client: Client, data: ClientData) -> None:
    for name in FIELDS:
        setattr(client, name, getattr(data, name))
    client.tax_id = data.tax_id or None
    client.name_key = rules.name_key(data.legal_name)


def _contact(branch_id: int, data: ContactData) -> ClientContact:
    return ClientContact(branch_id=branch_id, name=data.name, email=data.email, phone=data.phone,
                         for_billing=data.for_billing)


def _write_contacts(client: Client, contacts: Sequence[ContactData]) -> bool:
    """Change, add and take away; whether anything did."""
    known = {contact.id: contact for contact in client.contacts}
    before = {key: (each.name, each.email, each.phone, each.for_billing) for key, each in known.items()}
    kept = []
    for data in contacts:
        contact = known.get(data.id or 0) or _contact(client.branch_id, data)
        contact.name, contact.email, contact.phone = data.name, data.email, data.phone
        contact.for_billing = data.for_billing
        kept.append(contact)
    client.contacts = kept
    after = {each.id: (each.name, each.email, each.phone, each.for_billing) for each in kept}
    return before != after or len(kept) != len(known)
