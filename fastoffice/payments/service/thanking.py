"""The message that brings the receipt: values for its template, as text in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from fastoffice import locale, money
from fastoffice.billing.service.notices import address_lines
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.notifications import service as outbox
from fastoffice.payments import names
from fastoffice.payments.queries import figures
from fastoffice.payments.rules import PaymentSpec

KIND = "payment_receipt"


@dataclass(frozen=True, slots=True)
class Thanks:
    """A receipt to be sent: `data` is what it says, `paid` the allocations (queries.allocations)."""

    payment_id: int
    spec: PaymentSpec
    number: str
    data: dict[str, Any]
    paid: Sequence[Any]


@lru_cache(maxsize=1024)
def _date(day: date, language: str) -> str:
    return locale.date_long(day, language)


def owe(branch: Branch, items: Sequence[Thanks]) -> None:
    """Owe each client one message with the receipt."""
    client_ids = sorted({item.spec.client_id for item in items})
    contacts = clients.billing_contacts(client_ids)
    owed = {currency: figures.clients_money(client_ids, currency)
            for currency in sorted({item.spec.currency for item in items})}
    specs = []
    for item in items:
        known = owed[item.spec.currency].get(item.spec.client_id)
        specs.append(_spec(branch, item, contacts.get(item.spec.client_id, []), known.open if known else 0))
    outbox.owe_notices(specs)


def _spec(branch: Branch, item: Thanks, people: Sequence[Any], owed: int) -> outbox.NoticeSpec:
    client = item.data["client"]
    emails = tuple(dict.fromkeys(person.email for person in people if person.email))
    values = _values(branch, item, owed)
    return outbox.NoticeSpec(
        branch_id=branch.id, kind=KIND, subject=("payment", item.payment_id), party_id=item.spec.client_id,
        party_name=client["legal_name"], language=item.data["language"],
        context={**values, "contact_name": people[0].name if people else ""},
        documents=[("payment", item.payment_id, "receipt")], channels=channels(item.paid, emails), emails=emails,
        phone=next((person.phone for person in people if person.phone), ""), address=address_lines(client))


def _values(branch: Branch, item: Thanks, owed: int) -> dict[str, str]:
    spec, client, language = item.spec, item.data["client"], item.data["language"]
    return {
        "client_name": client["trade_name"] or client["legal_name"], "branch_name": f"Fast Office {branch.name}",
        "branch_phone": branch.phone, "branch_email": branch.email, "receipt_number": item.number,
        "payment_amount": money.display(spec.amount, spec.currency), "payment_date": _date(spec.value_date, language),
        "payment_method": names.method_in(spec.method, language),
        "invoice_number": ", ".join(dict.fromkeys(row.number for row in item.paid)) or "—",
        "credit_left": money.display(item.data["credit_left"], spec.currency),
        "balance": money.display(owed, spec.currency),
    }


def channels(paid: Sequence[Any], emails: Sequence[str]) -> tuple[str, ...]:
    """By mail where there is an address; else as the documents it paid travel; else a mail that fails visibly."""
    if emails:
        return ("email",)
    others = dict.fromkeys(channel for row in paid for channel in row.channels if channel != "email")
    return tuple(others) or ("email",)
