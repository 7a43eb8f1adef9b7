"""A client's data as typed: cleaned, and what is wrong with it field by field. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l

from fastoffice.branches.rules import check_postal_code, check_tax_id
from fastoffice.clients.catalogues import CFDI_USES, REGIMES
from fastoffice.clients.rules import own_tax_id
from fastoffice.errors import Refusal
from fastoffice.folding import clean_text

LANGUAGES = ("es", "en", "ro")
MOST_CONTACTS = 20
LENGTHS = {"legal_name": 200, "trade_name": 200, "address": 300, "group": 80}


@dataclass(frozen=True, slots=True)
class ContactData:
    """A person or mailbox of a client; `id` is that of a contact which exists."""

    name: str = ""
    email: str = ""
    phone: str = ""
    for_billing: bool = True
    id: int | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.name.strip() or self.email.strip() or self.phone.strip())


@dataclass(frozen=True, slots=True)
class ClientData:
    """What staff say about a client."""

    legal_name: str
    trade_name: str = ""
    tax_id: str = ""
    tax_regime: str = ""
    cfdi_use: str = ""
    fiscal_postal_code: str = ""
    address: str = ""
    language: str = "es"
    group: str = ""
    notes: str = ""
    contacts: tuple[ContactData, ...] = ()


def check_client(
    data: ClientData, country: str = "MX", known_phones: Collection[str] = ()
) -> tuple[ClientData, dict[str, Any]]:
    """(the data cleaned, messages by field). `known_phones` are kept as they are, dialable or not.

    Fields of contacts carry their place: "email-0" is the first contact's.
    """
    errors: dict[str, Any] = {}
    texts = {name: _short(name, getattr(data, name), length, errors) for name, length in LENGTHS.items()}
    if not texts["legal_name"]:
        errors["legal_name"] = _l("Write the name that goes on the invoice.")
    tax_id = _try(errors, "tax_id", lambda: check_tax_id(data.tax_id, country) if data.tax_id.strip() else "")
    postal_code = _try(
        errors, "fiscal_postal_code", lambda: check_postal_code(data.fiscal_postal_code, country))
    for name, catalogue in (("tax_regime", REGIMES), ("cfdi_use", CFDI_USES)):
        if getattr(data, name) and getattr(data, name) not in catalogue:
            errors[name] = _l("Choose one of the list.")
    if data.language not in LANGUAGES:
        errors["language"] = _l("Choose one of the list.")
    contacts = _contacts(data.contacts, country, known_phones, errors)
    cleaned = replace(data, **texts, tax_id=own_tax_id(tax_id) or "", fiscal_postal_code=postal_code or "",
                      notes=_note(data.notes, errors), contacts=contacts)
    return cleaned, errors


def _short(name: str, text: str, length: int, errors: dict[str, Any]) -> str:
    cleaned = clean_text(text)
    if len(cleaned) > length:
        errors[name] = _l("At most %(count)s characters.", count=length)
    return cleaned


def _note(text: str, errors: dict[str, Any]) -> str:
    """Several lines, each cleaned."""
    cleaned = "\n".join(clean_text(line) for line in text.splitlines()).strip()
    if len(cleaned) > 4000:
        errors["notes"] = _l("At most %(count)s characters.", count=4000)
    return cleaned


def _try(errors: dict[str, Any], name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Refusal as refusal:
        errors[name] = refusal.message
        return ""


def _contacts(
    contacts: tuple[ContactData, ...], country: str, known_phones: Collection[str], errors: dict[str, Any]
) -> tuple[ContactData, ...]:
    if len(contacts) > MOST_CONTACTS:
        errors["contacts"] = _l("At most %(count)s contacts.", count=MOST_CONTACTS)
    kept = []
    for place, contact in enumerate(contacts[:MOST_CONTACTS]):
        if not contact.is_empty:
            kept.append(replace(
                contact, name=_short(f"name-{place}", contact.name, 120, errors),
                email=_email(f"email-{place}", contact.email, errors),
                phone=_phone(f"phone-{place}", contact.phone, country, known_phones, errors),
            ))
    return tuple(kept)


def _email(name: str, text: str, errors: dict[str, Any]) -> str:
    cleaned = clean_text(text)
    if not cleaned:
        return ""
    try:
        return validate_email(cleaned, check_deliverability=False, allow_smtputf8=False).normalized.lower()
    except EmailNotValidError:
        errors[name] = _l("“%(text)s” is not an e-mail address.", text=cleaned[:60])
        return ""


def _phone(name: str, text: str, country: str, known: Collection[str], errors: dict[str, Any]) -> str:
    """E.164, or what was there before."""
    cleaned = clean_text(text)
    if not cleaned or cleaned in known:
        return cleaned
    try:
        number = phonenumbers.parse(cleaned, country)
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        number = None
    errors[name] = _l("This number can't be dialled: 10 digits in Mexico, + and the country's code abroad.")
    return ""
