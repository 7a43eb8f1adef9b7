"""How deliveries read on the screens of the outbox."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import escape

from fastoffice.blueprints.words import CHANNELS
from fastoffice.notifications import kinds, preview, reasons
from fastoffice.notifications.models import Delivery, DeliveryAttempt, Notice
from fastoffice.notifications.queries import STATES, Filter

CHANNEL_NAMES = CHANNELS
STATE_NAMES = {
    "queued": _l("Queued"), "sending": _l("Being sent"), "sent": _l("Sent"), "failed": _l("Failed"),
    "bounced": _l("Bounced"), "cancelled": _l("Not sent"),
}
OUTCOMES = {
    "sent": (_l("Sent"), "ok", "circle-check"),
    "partly": (_l("Sent to some of the addresses"), "warn", "circle-alert"),
    "later": (_l("Could not be sent; it is tried again"), "warn", "rotate-ccw"),
    "failed": (_l("Failed"), "bad", "circle-x"),
    "cancelled": (_l("Not sent"), "mute", "ban"),
    "interrupted": (_l("Interrupted; it may have arrived"), "warn", "triangle-alert"),
    "readdressed": (_l("Addresses changed"), "info", "pencil"),
}
SUBJECT_PAGES = {
    "invoice": ("invoices.show", "invoice_id"), "payment": ("payments.show", "payment_id"),
    "request": ("requests.show", "request_id"),
}


def kind_name(kind: str) -> str:
    """A kind as people call it."""
    known = kinds.KINDS.get(kind)
    return str(known.label) if known else kind


def state_of(delivery: Delivery) -> tuple[str, str | None]:
    """(state for the pill, its words where they are not the usual): an envelope is mailed, a message waits."""
    if delivery.channel == "post" and delivery.state == "sent":
        return "mailed", _("mailed")
    if delivery.channel == "post" and delivery.state == "queued":
        return "waiting", _("to print")
    if delivery.channel == "whatsapp" and delivery.state == "queued":
        return "waiting", _("to send")
    return delivery.state, _("not sent") if delivery.state == "cancelled" else None


def why(stored: str) -> str:
    """A stored reason as one sentence, with the machine's words behind it."""
    if not stored:
        return ""
    sentence, detail = reasons.explain(stored)
    return f"{sentence}: {detail}" if detail else str(sentence)


def subject_number(notice: Notice) -> str:
    """The number by which people know what it is about."""
    context = notice.context
    return str(context.get("invoice_number") or context.get("receipt_number") or "")


def subject_url(notice: Notice) -> str | None:
    """The page of what it is about, where there is one."""
    endpoint, argument = SUBJECT_PAGES.get(notice.subject_type, ("", ""))
    values: dict[str, Any] = {argument: notice.subject_id}
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def chips(counts: dict[str, int], wanted: Filter) -> list[dict[str, Any]]:
    """Filters by state; the finished ones carry no count."""
    items = [{"label": _("All"), "state": "", "count": None}]
    items += [{"label": str(STATE_NAMES[state]), "state": state, "count": counts.get(state)} for state in STATES
              if state != "sending" or counts.get(state)]
    return [{"label": item["label"], "count": item["count"], "active": wanted.state == item["state"],
             "url": list_url(wanted, state=item["state"])} for item in items]


def list_url(wanted: Filter, page: int = 1, **changes: Any) -> str:
    """The list with these filters."""
    values: dict[str, Any] = {
        "state": wanted.state, "channel": wanted.channel, "kind": wanted.kind, "q": wanted.q,
        "page": page if page > 1 else None, **changes,
    }
    return url_for("outbox.index", **{key: value for key, value in values.items() if value})


def history(attempts: list[DeliveryAttempt], when: Any) -> list[dict[str, Any]]:
    """The attempts for a timeline, newest first."""
    items = []
    for attempt in reversed(attempts):
        title, tone, icon = OUTCOMES.get(attempt.outcome, (attempt.outcome, "mute", "clock"))
        number = _("Attempt %(number)s", number=attempt.number) if attempt.number else ""
        text = attempt.detail if attempt.outcome == "readdressed" else why(attempt.detail)
        items.append({"title": title, "tone": tone, "icon": icon, "text": text, "when": when(attempt.at),
                      "who": number})
    return items


def frame(message: preview.Message) -> str:
    """What the preview's frame shows: the mail's own HTML, or the text of a message as a page."""
    if message.html:
        return message.html
    return (f"<!doctype html><meta charset=utf-8><title>{escape(message.subject)}</title>"
            f"<pre style='font:15px/23px sans-serif;white-space:pre-wrap;padding:1rem;margin:0'>"
            f"{escape(message.text)}</pre>")
