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
    "new": _l("we are looking at it"), "accepted": _l("accepted"), "rejected": _l("not accepted"),
    "withdrawn": _l("withdrawn"),
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
