"""Corrections that a client proposes of their own file: what differs, and the file once they are accepted. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastoffice.clients.checks import ClientData, ContactData, check_client
from fastoffice.clients.models import Client
from fastoffice.receivables import errors

FIELDS = ("legal_name", "trade_name", "tax_id", "tax_regime", "cfdi_use", "fiscal_postal_code", "address", "language")
CONTACT, NEW_CONTACT = "contact-", "contact-new-"
Change = dict[str, Any]  # {"key", "before", "after"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The file as the client would have it; `contacts` that exist carry their id, those of other files none."""

    fields: Mapping[str, str]
    contacts: tuple[ContactData, ...] = ()


def data_of(client: Client) -> ClientData:
    """The file as it is."""
    values = {name: getattr(client, name) or "" for name in FIELDS}
    contacts = tuple(ContactData(each.name, each.email, each.phone, each.for_billing, each.id)
                     for each in client.contacts)
    return ClientData(**values, group=client.group, notes=client.notes, contacts=contacts)


def between(client: Client, wanted: Wanted, country: str) -> list[Change]:
    """What would change. Raises WrongData with messages by field, NothingChanged."""
    now = data_of(client)
    known = {contact.id: contact for contact in now.contacts}
    contacts = [replace(each, id=each.id if each.id in known else None) for each in wanted.contacts]
    fields = {name: wanted.fields[name] for name in FIELDS if name in wanted.fields}
    checked, faults = check_client(replace(now, **fields, contacts=tuple(contacts)), country,
                                   [contact.phone for contact in now.contacts])
    if faults:
        raise errors.WrongData(faults)
    found = [{"key": name, "before": getattr(now, name), "after": getattr(checked, name)}
             for name in fields if getattr(now, name) != getattr(checked, name)]
    found += _contacts(known, checked.contacts)
    if not found:
        raise errors.NothingChanged
    return found


def _contacts(known: Mapping[int | None, ContactData], wanted: Sequence[ContactData]) -> list[Change]:
    found: list[Change] = []
    for contact in wanted:
        before = known.get(contact.id) if contact.id is not None else None
        if before == contact:
            continue
        key = f"{CONTACT}{contact.id}" if before else f"{NEW_CONTACT}{len(found)}"
        found.append({"key": key, "before": _plain(before) if before else None, "after": _plain(contact)})
    return found


def _plain(contact: ContactData) -> dict[str, Any]:
    return {"name": contact.name, "email": contact.email, "phone": contact.phone, "for_billing": contact.for_billing}


def applied(client: Client, proposed: Sequence[Change], accepted: Collection[str]) -> ClientData:
    """The file with the accepted changes in it; a contact that is gone meanwhile is left out."""
    now = data_of(client)
    chosen = {change["key"]: change["after"] for change in proposed if change["key"] in accepted}
    fields = {key: after for key, after in chosen.items() if key in FIELDS}
    contacts = [replace(contact, **chosen.get(f"{CONTACT}{contact.id}", {})) for contact in now.contacts]
    contacts += [ContactData(**after) for key, after in chosen.items() if key.startswith(NEW_CONTACT)]
    return replace(now, **fields, contacts=tuple(contacts))
