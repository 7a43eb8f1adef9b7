"""What clients are told about documents: values for the templates, as text in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from fastoffice import clock, locale, money
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.notifications import service as outbox

LAST_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Told:
    """An issued document as a notice shows it; amounts in minor units."""

    id: int
    client_id: int
    channels: Sequence[str]
    number: str
    reference: str
    period: str
    currency: str
    total: int
    list_total: int
    balance: int
    due_on: date
    closes_at: datetime | None
    client_data: dict[str, Any]


Item = tuple[Told, dict[str, str], list[tuple[str, int, str]]]  # document, further values, files


@lru_cache(maxsize=4096)
def _date(day: date, language: str) -> str:
    return locale.date_long(day, language)


@lru_cache(maxsize=512)
def _month(period: str, language: str) -> str:
    return locale.month_name(period, language)


def values(branch: Branch, data: dict[str, Any], told: Told) -> dict[str, str]:
    """The placeholders that every notice about an invoice can use, except the pay link (made when sending)."""
    language = told.client_data.get("language") or branch.language
    end = clock.local(told.closes_at, branch.timezone) - LAST_MINUTE if told.closes_at else None
    return {
        "client_name": told.client_data.get("trade_name") or told.client_data.get("legal_name", ""),
        "invoice_number": told.number, "period": _month(told.period, language),
        "total": money.display(told.total, told.currency), "list_total": money.display(told.list_total, told.currency),
        "balance": money.display(told.balance, told.currency), "due_date": _date(told.due_on, language),
        "due_time": end.strftime("%H:%M") if end else "23:59", "reference": told.reference,
        "clabe": _grouped(data["clabe"]), "bank": data["bank"], "beneficiary": data["beneficiary"],
        "branch_name": f"Fast Office {branch.name}", "branch_phone": branch.phone, "branch_email": branch.email,
    }


def _grouped(clabe: str) -> str:
    return " ".join(clabe[start:start + 4] for start in range(0, len(clabe), 4))


def owe(
    branch: Branch, kind: str, items: Sequence[Item],
    data: dict[str, Any], *, occasion: str = "",
) -> int:
    """Owe each client one notice of `kind`: (document, further values, files that go with it). How many are new."""
    contacts = clients.billing_contacts([told.client_id for told, _more, _files in items])
    specs = []
    for told, more, files in items:
        people = contacts.get(told.client_id, [])
        language = told.client_data.get("language") or branch.language
        specs.append(outbox.NoticeSpec(
            branch_id=branch.id, kind=kind, subject=("invoice", told.id), occasion=occasion,
            party_id=told.client_id, party_name=told.client_data.get("legal_name", ""), language=language,
            context={**values(branch, data, told), "contact_name": people[0].name if people else "", **more},
            documents=files, channels=tuple(told.channels),
            emails=tuple(dict.fromkeys(person.email for person in people if person.email)),
            phone=next((person.phone for person in people if person.phone), ""),
            address=address_lines(told.client_data),
        ))
    return outbox.owe_notices(specs)


def address_lines(data: dict[str, Any]) -> tuple[str, ...]:
    """Where post goes, under the name: address, postal code; empty lines left out."""
    street = [part.strip() for part in str(data.get("address", "")).split("\n")]
    code = data.get("postal_code", "")
    return tuple(line for line in (*street, f"C.P. {code}" if code else "") if line)
