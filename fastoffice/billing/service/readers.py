"""Who reads a message that is about no single document: the client as their file is now, and where messages go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastoffice.billing.service import stage
from fastoffice.billing.service.notices import address_lines
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.notifications.service import NoticeSpec


@dataclass(frozen=True, slots=True)
class Reader:
    """`emails` and `phone` of those who receive the client's documents; `values` are the placeholders that every
    message has."""

    branch_id: int
    client_id: int
    name: str
    language: str
    emails: tuple[str, ...]
    phone: str
    address: tuple[str, ...]
    values: Mapping[str, str]

    def notice(self, kind: str, subject: tuple[str, int], values: Mapping[str, str], **more: Any) -> NoticeSpec:
        """What to owe them, with `values` of its own; `more` as in NoticeSpec."""
        return NoticeSpec(
            branch_id=self.branch_id, kind=kind, subject=subject, party_id=self.client_id, party_name=self.name,
            language=self.language, context={**self.values, **values}, emails=self.emails, phone=self.phone,
            address=self.address, **more)


def reader_of(branch: Branch, client_id: int) -> Reader:
    """The client of the branch as the reader of a message."""
    [row] = clients.billing_rows([client_id])
    client = stage.client_data([row])[row.id]
    people = clients.billing_contacts([client_id]).get(client_id, [])
    return Reader(
        branch.id, client_id, client["legal_name"], client["language"] or branch.language,
        emails=tuple(dict.fromkeys(person.email for person in people if person.email)),
        phone=next((person.phone for person in people if person.phone), ""), address=address_lines(client),
        values={"client_name": client["trade_name"] or client["legal_name"],
                "contact_name": people[0].name if people else "", "branch_name": f"Fast Office {branch.name}",
                "branch_phone": branch.phone, "branch_email": branch.email})
