"""Why a delivery is where it is: "code: detail" in the table, a sentence on the screen."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

REASONS: dict[str, Any] = {
    "no_address": _l("There is no e-mail address"),
    "no_phone": _l("There is no mobile number that WhatsApp could use"),
    "bad_address": _l("The address cannot be used"),
    "pdf_waiting": _l("Waiting for its PDF"),
    "pdf_failed": _l("PDF failed"),
    "no_longer_true": _l("Not sent: it was no longer true when its turn came"),
    "refused": _l("The mail server refused it for good"),
    "refused_some": _l("Some addresses were refused"),
    "later": _l("The mail server asked to try again later"),
    "unreachable": _l("The mail server could not be reached"),
    "sender": _l("The mail server does not accept us as sender"),
    "gave_up": _l("Given up after three days"),
    "template": _l("The message could not be written"),
    "check": _l("It could not be checked whether it is still true"),
    "storage": _l("A file could not be read or written"),
    "interrupted": _l("The sender was interrupted; the message may have arrived"),
    "withdrawn": _l("Withdrawn by a person"),
}
LENGTH = 500


def reason(code: str, detail: object = "") -> str:
    """The text to store. `code` is one of REASONS."""
    if code not in REASONS:
        raise KeyError(code)
    text = " ".join(str(detail).split())
    return (f"{code}: {text}" if text else code)[:LENGTH]


def explain(stored: str) -> tuple[Any, str]:
    """(sentence in the reader's language, detail as the machine said it) of a stored reason."""
    code, _colon, detail = stored.partition(": ")
    if code in REASONS:
        return REASONS[code], detail
    return stored, ""
