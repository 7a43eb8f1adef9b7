"""Words of the lobby for screens and messages."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

KINDS: dict[str, Any] = {
    "visit": _l("Visit"), "interview": _l("Job interview"), "supplier": _l("Supplier"), "delivery": _l("Drop-off"),
    "authority": _l("Authority"),
}
STATES: dict[str, Any] = {
    "waiting": _l("waiting for an answer"), "coming": _l("the host is coming"), "wait": _l("asked to wait"),
    "refused": _l("not today"), "in": _l("inside"), "out": _l("left"),
}
TONES = {"waiting": "warn", "coming": "ok", "wait": "info", "refused": "bad", "in": "ok", "out": "mute"}
LEFT_BY: dict[str, Any] = {
    "qr": _l("by the badge's code"), "name": _l("by name"), "host": _l("by the host"),
    "reception": _l("by reception"), "automatic": _l("closed automatically"), "delivery": _l("delivered"),
}
REASONS: dict[str, Any] = {
    "help": _l("asks for help"), "no_host": _l("the host is not known or no tenant now"),
    "invitation": _l("an invitation that does not count"), "escalated": _l("nobody answered in two minutes"),
    "blocked": _l("on the block list"), "away": _l("the host is away"), "authority": _l("an authority"),
    "delivery": _l("a delivery"), "badge": _l("a badge to print"),
}
CHANNELS: dict[str, Any] = {"email": _l("E-mail"), "whatsapp": _l("WhatsApp"), "portal": _l("Portal")}
RULES: dict[str, Any] = {"rules": _l("House rules"), "nda": _l("Confidentiality agreement")}
INVITATIONS: dict[str, Any] = {
    "expected": _l("expected"), "arrived": _l("arrived"), "cancelled": _l("cancelled"),
}
INVITATION_TONES = {"expected": "info", "arrived": "ok", "cancelled": "mute"}
STANDINGS: dict[str, Any] = {
    "early": _l("too early"), "late": _l("too late"), "cancelled": _l("called off"), "used": _l("used already"),
    "elsewhere": _l("of another branch"), "unknown": _l("not known"),
}
DETAILS: dict[str, Any] = {
    "purpose": _l("Matter"), "position": _l("Position"), "vehicle": _l("License plate"), "authority": _l("Authority"),
    "identification": _l("Official identification"), "document": _l("Document number"), "note": _l("Note"),
}
