"""Entries of the log in people's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice.audit.models import AuditEntry
from fastoffice.blueprints.quantities import quantity_text
from fastoffice.blueprints.staff import audit_subjects
from fastoffice.blueprints.staff.audit_sentences import sentence
from fastoffice.blueprints.words import actor_name
from fastoffice.locale import date_long, moment_local
from fastoffice.money import display

TITLES: dict[str, tuple[Any, str, str]] = {
    "client.created": (_l("File opened"), "user-plus", "ok"),
    "client.changed": (_l("Data changed"), "pencil", ""),
    "client.archived": (_l("File archived"), "archive", ""),
    "client.reopened": (_l("File taken out of the archive"), "archive", ""),
    "contract.created": (_l("Contract agreed"), "file-text", "ok"),
    "contract.changed": (_l("Contract changed"), "pencil", ""),
    "contract.imported": (_l("Brought by an import"), "file-spreadsheet", ""),
    "contract.suspended": (_l("Contract suspended"), "clock", "warn"),
    "contract.resumed": (_l("Contract resumed"), "check", "ok"),
    "contract.ended": (_l("Last day agreed"), "calendar", "warn"),
    "contract.renewed": (_l("Contract renewed"), "check", "ok"),
    "contract.withdrawn": (_l("Contract withdrawn"), "x", "warn"),
    "contract.line_added": (_l("Service added"), "plus", ""),
    "contract.line_changed": (_l("Service changed"), "pencil", ""),
    "contract.line_ended": (_l("Service ends"), "calendar", ""),
    "contract.price_changed": (_l("New prices"), "receipt", "info"),
    "contract.price_dropped": (_l("Change of prices taken back"), "receipt", ""),
    "charge.added": (_l("Charge noted"), "plus", ""),
    "charge.dropped": (_l("Charge dropped"), "x", ""),
}
ICONS = {"invoice": ("receipt", "info"), "payment": ("wallet", "ok"), "request": ("message-circle", "warn")}
FIELDS: dict[str, Any] = {
    "legal_name": _l("Legal name"), "trade_name": _l("Trade name"), "tax_id": _l("Tax ID (RFC)"),
    "tax_regime": _l("Tax regime"), "cfdi_use": _l("CFDI use"), "fiscal_postal_code": _l("Fiscal postal code"),
    "address": _l("Postal address"), "language": _l("Language"), "group": _l("Group"), "notes": _l("Notes"),
    "contacts": _l("Contacts"), "office_id": _l("Office"), "channels": _l("Delivery"), "deposit": _l("Deposit"),
    "meeting_minutes": _l("Meeting room hours"), "starts_on": _l("First day"),
}


def timeline(entries: Sequence[AuditEntry], zone: str) -> list[dict[str, Any]]:
    """Entries as `ui.timeline` draws them. At most one statement per kind of subject."""
    names = audit_subjects.names_of(entries)
    return [_told(entry, zone, names) for entry in entries]


def _told(entry: AuditEntry, zone: str, names: dict[audit_subjects.Subject, str]) -> dict[str, Any]:
    item: dict[str, Any] = {"when": moment_local(entry.at, zone), "who": actor_name(entry.actor)}
    if entry.action in TITLES:
        title, icon, tone = TITLES[entry.action]
        return {**item, "title": str(title), "text": _text(entry.data), "icon": icon, "tone": tone}
    said = sentence(entry)
    icon, tone = ICONS.get(entry.subject_type, ("history", ""))
    url = audit_subjects.page_of(entry) if entry.subject_type in ICONS else None
    link = (url, audit_subjects.label(entry, names)) if url else None
    return {**item, "title": said[:1].upper() + said[1:], "icon": icon, "tone": tone, "link": link}


def _text(data: dict[str, Any]) -> str:
    """What the entry's data says, in one line."""
    parts: list[str] = []
    if data.get("code"):
        parts.append(str(data["code"]))
    if data.get("line"):
        parts.append(f"“{data['line']}”")
    if data.get("fields"):
        parts.append(", ".join(str(FIELDS.get(name, name)) for name in data["fields"]))
    if "prompt" in data:
        parts.append(_("%(prompt)s prompt, %(list)s list", prompt=display(data["prompt"]),
                       list=display(data.get("list", 0))))
    if data.get("last_day"):
        parts.append(_("until %(day)s", day=date_long(date.fromisoformat(data["last_day"]))))
    if data.get("from") and "to" not in data:
        parts.append(_("from %(day)s", day=date_long(date.fromisoformat(data["from"]))))
    if "to" in data:
        end = data["to"]
        parts.append(_("until %(day)s", day=date_long(date.fromisoformat(end))) if end else _("without a last day"))
    if "unit_price" in data:
        milli = data.get("quantity_milli", 1000)
        parts.append(display(data["unit_price"]) if milli == 1000 else
                     f"{quantity_text(milli)} × {display(data['unit_price'])}")
    return " · ".join(parts)
