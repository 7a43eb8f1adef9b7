"""How requests and their states are called on screens and in mails."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

KINDS: dict[str, Any] = {
    "dispute": _l("Question about an invoice"), "instalments": _l("Payment in instalments"),
    "transfer": _l("Notice of a transfer"), "data": _l("Correction of data"),
}
STATES: dict[str, Any] = {
    "new": _l("we are looking at it"), "accepted": _l("agreed to"), "rejected": _l("not accepted"),
    "withdrawn": _l("taken back"),
}
STAFF_STATES: dict[str, Any] = {**STATES, "new": _l("to be answered")}
TONES = {"new": "warn", "accepted": "ok", "rejected": "bad", "withdrawn": "mute"}
FIELDS: dict[str, Any] = {
    "legal_name": _l("Legal name"), "trade_name": _l("Trade name"), "tax_id": _l("RFC"),
    "tax_regime": _l("Tax regime"), "cfdi_use": _l("Use of the CFDI"),
    "fiscal_postal_code": _l("Fiscal postal code"), "address": _l("Address"), "language": _l("Language"),
}


def kind_in(kind: str, language: str) -> str:
    """The kind of request in the reader's language."""
    with force_locale(language):
        return str(KINDS[kind])


def state_in(state: str, language: str) -> str:
    """What became of it in the reader's language."""
    with force_locale(language):
        return str(STATES[state])


def change_of(key: str) -> str:
    """What a proposed correction is about: a field's name, or a contact."""
    if key in FIELDS:
        return str(FIELDS[key])
    return str(_l("A new contact") if key.startswith("contact-new-") else _l("A contact"))


def value_of(value: Any) -> str:
    """A field's text, or a contact in one line."""
    if not isinstance(value, dict):
        return str(value or "—")
    told = (value["name"], value["email"], value["phone"], _l("gets the invoices") if value["for_billing"] else "")
    return " · ".join(str(text) for text in told if text)
