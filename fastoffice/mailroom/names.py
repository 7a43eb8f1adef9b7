"""Words of the mail room for screens and messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

KINDS: dict[str, Any] = {
    "parcel": _l("Parcel"), "letter": _l("Letter"), "courier": _l("Courier"), "call": _l("Call"),
    "message": _l("Message"),
}
STATES: dict[str, Any] = {
    "received": _l("received"), "notified": _l("client told"), "scanned": _l("scanned"), "held": _l("kept"),
    "handed_over": _l("handed over"), "forwarded": _l("forwarded"), "destroyed": _l("destroyed"),
    "returned": _l("returned to sender"), "undone": _l("logged by mistake"),
}
TONES = {"received": "warn", "notified": "info", "scanned": "info", "held": "info", "handed_over": "ok",
         "forwarded": "ok", "destroyed": "mute", "returned": "mute", "undone": "mute"}
REQUESTS: dict[str, Any] = {
    "forward": _l("Forward it"), "scan": _l("Scan it"), "hold": _l("Keep it"), "destroy": _l("Destroy it"),
}
REQUEST_STATES: dict[str, Any] = {
    "asked": _l("asked"), "done": _l("done"), "refused": _l("not possible"), "withdrawn": _l("withdrawn"),
}
REQUEST_TONES = {"asked": "warn", "done": "ok", "refused": "bad", "withdrawn": "mute"}
PROOFS: dict[str, Any] = {"signature": _l("Signature"), "pin": _l("PIN")}
MOST_DETAILS = 10


def counted(kinds: Iterable[str]) -> str:
    """"2 parcels, 1 letter" in the language in force."""
    found = Counter(kinds)
    said = []
    for kind, number in found.most_common():
        if kind == "parcel":
            said.append(ngettext("%(num)d parcel", "%(num)d parcels", number))
        elif kind == "letter":
            said.append(ngettext("%(num)d letter", "%(num)d letters", number))
        else:
            said.append(ngettext("%(num)d courier delivery", "%(num)d courier deliveries", number))
    return ", ".join(said)


def details(items: Iterable[Any]) -> str:
    """"DHL 123 (from Amazon); letter from BBVA …": the first ten, so that fifty letters stay one short message."""
    rows = list(items)
    said = "; ".join(one(each) for each in rows[:MOST_DETAILS])
    more = len(rows) - MOST_DETAILS
    return _("%(list)s and %(count)s more", list=said, count=more) if more > 0 else said


def one(item: Any) -> str:
    """"Parcel DHL 1234 from Amazon" in the language in force."""
    words = [str(KINDS[item.kind]), item.carrier, item.tracking]
    if item.sender:
        words.append(_("from %(sender)s", sender=item.sender))
    return " ".join(word for word in words if word)


def in_language(language: str, what: Any) -> str:
    """A lazy word in another reader's language."""
    with force_locale(language):
        return str(what)
