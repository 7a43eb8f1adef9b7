"""What happened to a document, in sentences: the audit log as the page shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from fastoffice import clock, locale, money
from fastoffice.audit.models import AuditEntry
from fastoffice.billing.models import Invoice, PortalActivity
from fastoffice.blueprints.words import actor_name, hold_name

Data = Mapping[str, Any]


class Teller:
    """Knows the document's currency, clock and neighbours."""

    def __init__(self, invoice: Invoice, zone: str) -> None:
        self._invoice, self._zone = invoice, zone

    def told(self, entry: AuditEntry) -> dict[str, Any]:
        """A line of ui.timeline."""
        icon, tone, write = _TOLD.get(entry.action, ("clock", "", lambda _teller, _data: (entry.action, "")))
        title, text = write(self, entry.data or {})
        who = actor_name(entry.actor)
        return {"when": locale.moment_local(entry.at, self._zone), "who": who, "icon": icon, "tone": tone,
                "title": title, "text": text, "link": None}

    def seen(self, sign: PortalActivity) -> dict[str, Any]:
        """A line of ui.timeline: the client opened or downloaded it."""
        by_link = sign.via == "link"
        opened, loaded = (_("The link was opened"), _("The PDF was downloaded by the link")) if by_link else (
            _("Opened in the portal"), _("The PDF was downloaded in the portal"))
        return {"when": locale.moment_local(sign.at, self._zone), "who": _("the client"), "tone": "", "text": "",
                "icon": "eye" if sign.kind == "opened" else "download", "link": None,
                "title": opened if sign.kind == "opened" else loaded}

    def amount(self, data: Data, name: str = "amount") -> str:
        value = data.get(name)
        return money.display(int(value), self._invoice.currency) if value is not None else ""

    def day(self, data: Data, name: str) -> str:
        text = str(data.get(name) or "")
        return locale.date_long(date.fromisoformat(text)) if text else ""

    def last_day(self, data: Data, name: str) -> str:
        """The day whose end is this moment."""
        text = str(data.get(name) or "")
        if not text:
            return ""
        local = clock.local(datetime.fromisoformat(text), self._zone)
        return locale.date_long(local.date() - date.resolution if local.hour == local.minute == 0 else local.date())

    @property
    def predecessor(self) -> str:
        return (self._invoice.replaces.number if self._invoice.replaces else "") or ""

    @property
    def successor(self) -> str:
        return (self._invoice.replaced_by.number if self._invoice.replaced_by else "") or ""


def _reason(data: Data) -> str:
    return str(data.get("reason") or "")


def _adjusted(teller: Teller, data: Data) -> tuple[str, str]:
    before = data.get("before") or {}
    text = f"{teller.amount(before, 'prompt_unit')} → {teller.amount(data, 'prompt_unit')}"
    return _("A line was adjusted"), text if before.get("prompt_unit") != data.get("prompt_unit") else ""


def _added(teller: Teller, data: Data) -> tuple[str, str]:
    return _("A line was added"), f"{data.get('description', '')} · {teller.amount(data, 'subtotal')}"


def _issued(teller: Teller, data: Data) -> tuple[str, str]:
    text = _("%(total)s, due %(day)s", total=teller.amount(data, "total"), day=teller.day(data, "due_on"))
    if data.get("replaces") and teller.predecessor:
        return _("Issued as %(number)s in place of %(old)s", number=data.get("number", ""),
                 old=teller.predecessor), text
    return _("Issued as %(number)s", number=data.get("number", "")), text


def _cancelled(teller: Teller, data: Data) -> tuple[str, str]:
    if data.get("kind") == "deadline":
        return _("Cancelled by the deadline and replaced by %(number)s", number=teller.successor), ""
    if data.get("kind") == "restored":
        return _("Cancelled: a payment was on time; the prompt price is back in %(number)s",
                 number=teller.successor), ""
    return _("Cancelled by hand"), _reason(data)


def _held(teller: Teller, data: Data) -> tuple[str, str]:
    title = _("Put on hold: %(kind)s", kind=hold_name(str(data.get("kind", ""))))
    until = teller.last_day(data, "until")
    return title, " · ".join(part for part in (_reason(data), _("until %(day)s", day=until) if until else "") if part)


def _applied(teller: Teller, data: Data) -> tuple[str, str]:
    return (_("%(amount)s was applied", amount=teller.amount(data)),
            _("Value date %(day)s", day=teller.day(data, "value_date")))


def _taken_back(teller: Teller, data: Data) -> tuple[str, str]:
    amount = teller.amount(data)
    return _("%(amount)s was taken back", amount=amount) if amount else _("A payment was taken back"), _reason(data)


Writer = Callable[[Teller, Data], tuple[str, str]]
_TOLD: dict[str, tuple[str, str, Writer]] = {
    "draft.made": ("file-text", "", lambda teller, data: (_("Draft made"), teller.amount(data, "total"))),
    "draft.failed": ("circle-alert", "bad", lambda _t, data: (_("The draft could not be made"),
                                                              str(data.get("error", "")))),
    "draft.line_adjusted": ("pencil", "", _adjusted),
    "draft.line_added": ("plus", "", _added),
    "draft.line_removed": ("trash-2", "", lambda _t, data: (_("A line was taken off"),
                                                            str(data.get("description", "")))),
    "draft.excluded": ("ban", "warn", lambda _t, data: (_("Excluded from the month"), _reason(data))),
    "draft.included": ("undo-2", "", lambda _t, _d: (_("Taken back into the month"), "")),
    "draft.refreshed": ("refresh-cw", "", lambda teller, data: (_("Made anew from the contract"),
                                                                teller.amount(data, "total"))),
    "invoice.issued": ("send", "info", _issued),
    "invoice.cancelled": ("circle-x", "bad", _cancelled),
    "invoice.written_off": ("archive", "bad", lambda teller, data: (
        _("%(amount)s was written off", amount=teller.amount(data)), _reason(data))),
    "invoice.held": ("pause", "warn", _held),
    "invoice.hold_released": ("play", "", lambda _t, data: (
        _("Hold released: %(kind)s", kind=hold_name(str(data.get("kind", "")))), "")),
    "invoice.money_applied": ("banknote", "ok", _applied),
    "invoice.money_taken_back": ("undo-2", "bad", _taken_back),
    "invoice.link_sent": ("link", "info", lambda _t, data: (
        _("Pay link by WhatsApp") if data.get("channel") == "whatsapp" else _("Pay link by mail"), "")),
    "invoice.link_ended": ("ban", "", lambda _t, _d: (_("The pay link that was sent opens nothing any more"), "")),
    "invoice.reminder_owed": ("bell", "", lambda _t, _d: (_("Reminder"), "")),
}
