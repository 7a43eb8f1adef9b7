"""Entries of the log in people's words."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice.audit.models import AuditEntry
from fastoffice.locale import date_long, moment_local
from fastoffice.money import display

TITLES: dict[str, tuple[Any, str, str]] = {
    "client.created": (_l("File opened"), "user-plus", "ok"),
    "client.changed": (_l("Data changed"), "pencil", ""),
    "client.archived": (_l("File archived"), "archive", ""),
    "client.reopened": (_l("File taken out of the archive"), "archive", ""),
    "client.imported": (_l("Brought by an import"), "file-spreadsheet", ""),
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
FIELDS: dict[str, Any] = {
    "legal_name": _l("Legal name"), "trade_name": _l("Trade name"), "tax_id": _l("Tax ID (RFC)"),
    "tax_regime": _l("Tax regime"), "cfdi_use": _l("CFDI use"), "fiscal_postal_code": _l("Fiscal postal code"),
    "address": _l("Postal address"), "language": _l("Language"), "group": _l("Group"), "notes": _l("Notes"),
    "contacts": _l("Contacts"), "office_id": _l("Office"), "channels": _l("Delivery"), "deposit": _l("Deposit"),
    "meeting_minutes": _l("Meeting room hours"), "starts_on": _l("First day"),
}


def told(entry: AuditEntry, zone: str) -> dict[str, Any]:
    """An entry as `ui.timeline` draws it."""
    title, icon, tone = TITLES.get(entry.action, (entry.action, "history", ""))
    return {"when": moment_local(entry.at, zone), "title": str(title), "text": _text(entry.data), "who": entry.actor,
            "icon": icon, "tone": tone}


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
        parts.append(display(data["unit_price"]))
    return " · ".join(parts)
