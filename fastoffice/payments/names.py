"""How means of payment and states are called on screens and papers."""

from __future__ import annotations

from functools import lru_cache

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

METHODS = {
    "cash": _l("Cash"),
    "transfer": _l("Bank transfer"),
    "cheque": _l("Cheque"),
    "pos": _l("Card terminal (POS)"),
    "other": _l("Other"),
}
ONLINE = {"card": _l("Card online"), "oxxo": _l("Cash at OXXO"), "spei": _l("SPEI online")}
ALL_METHODS = METHODS | ONLINE
ATTEMPT_STATES = {
    "created": _l("being prepared"), "open": _l("the client is paying"), "processing": _l("under way"),
    "paid": _l("paid"), "failed": _l("failed"), "expired": _l("not finished"),
}
STATES = {
    "received": _l("received"),
    "pending": _l("cheque in process"),
    "bounced": _l("bounced"),
    "reversed": _l("reversed"),
}
CHEQUE_STATES = {
    "received": _l("cheque received"),
    "deposited": _l("cheque deposited"),
    "cleared": _l("cheque cleared"),
    "bounced": _l("cheque bounced"),
}
TONES = {"received": "ok", "pending": "warn", "bounced": "bad", "reversed": "bad"}


@lru_cache(maxsize=64)
def method_in(method: str, language: str) -> str:
    """The means of payment in the reader's language."""
    with force_locale(language):
        return str(ALL_METHODS.get(method, method))


@lru_cache(maxsize=8)
def void_word(language: str) -> str:
    """What is added to the file name of a void receipt."""
    with force_locale(language):
        return _("void")
