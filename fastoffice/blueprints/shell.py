"""The frame of staff pages: navigation, branch, languages, account. Only what exists and is permitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice.identity import access

LANGUAGE_NAMES = {"es": "Español", "en": "English", "ro": "Română"}
ROLE_NAMES = {
    "receptionist": _l("Receptionist"), "manager": _l("Manager"), "accountant": _l("Accountant"),
    "network": _l("Network administrator"),
}


@dataclass(frozen=True)
class Entry:
    """A link of the navigation; shown when `endpoint` exists and `permission` is held.

    `also` are beginnings of other addresses that belong to it.
    """

    label: Any
    icon: str
    permission: str
    endpoint: str
    also: tuple[str, ...] = ()


GROUPS: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (None, (Entry(_l("My day"), "house", "day.view", "day.show"),)),
    (_l("Customers"), (
        Entry(_l("Clients"), "users", "clients.view", "clients.index"),
        Entry(_l("Contracts"), "file-text", "contracts.view", "contracts.index"),
        Entry(_l("Billing"), "receipt", "invoices.view", "billing.index", ("/staff/invoices/",)),
        Entry(_l("Payments"), "wallet", "payments.view", "payments.index"),
        Entry(_l("Requests"), "message-circle", "requests.view", "requests.index"),
        Entry(_l("Outbox"), "send", "outbox.view", "outbox.index", ("/staff/message-templates/",)),
        Entry(_l("Import"), "file-spreadsheet", "roster.import", "imports.index"),
    )),
    (_l("Front desk"), (
        Entry(_l("Visits"), "door-open", "visits.view", "visits.board"),
        Entry(_l("Mail room"), "package", "mailroom.view", "mail.index"),
        Entry(_l("Rooms"), "calendar-clock", "rooms.view", "rooms.index"),
    )),
    (_l("Administration"), (
        Entry(_l("Ledger"), "book-open", "ledger.view", "ledger.index"),
        Entry(_l("Audit"), "history", "audit.view", "audit.index"),
        Entry(_l("System"), "badge-check", "audit.view", "staff_health.show"),
        Entry(_l("Settings"), "settings", "settings.view", "settings.index"),
    )),
)


def navigation() -> list[dict[str, Any]]:
    """Groups of links as layouts/staff.html draws them."""
    groups = []
    for label, entries in GROUPS:
        links = [link for entry in entries if (link := _link(entry)) is not None]
        if links:
            groups.append({"label": label, "links": links})
    return groups


def _link(entry: Entry) -> dict[str, Any] | None:
    if entry.endpoint not in current_app.view_functions or not access.can(entry.permission):
        return None
    url = url_for(entry.endpoint)
    below = (url.rstrip("/") + "/", *entry.also) if url != access.START else entry.also
    here = request.path == url or request.path.startswith(below)
    return {"url": url, "label": entry.label, "icon": entry.icon, "badge": None, "active": here}


def shell() -> dict[str, Any]:
    """All that layouts/staff.html needs besides the page."""
    user = access.signed_in_user()
    if user is None:
        return {}
    branches = access.allowed_branches()
    branch = access.current_branch() if branches else None
    searches = "search.index" in current_app.view_functions
    return {
        "nav": navigation(), "home_url": access.START,
        "search_url": url_for("search.index") if searches else access.START,
        "branch": branch.name if branch else "", "branch_url": url_for("auth.choose_branch"),
        "branches": [{"code": each.code, "name": each.name, "active": each is branch} for each in branches],
        "user": {
            "name": user.full_name or user.email, "email": user.email,
            "role": ", ".join(str(ROLE_NAMES.get(name, name)) for name in access.role_names(user)),
            "links": [{"url": url_for("account.show"), "label": _("My account"), "icon": "user"}],
        },
        "sign_out_url": url_for("security.logout"), "language_url": url_for("auth.choose_language"),
        "languages": languages(),
    }


def languages() -> list[dict[str, Any]]:
    """The languages to choose from, by their own names."""
    chosen = get_locale()
    now = chosen.language if chosen else "es"
    return [{"code": code, "name": LANGUAGE_NAMES[code], "active": code == now}
            for code in current_app.config["LANGUAGES"]]


class _Lazily:
    """Built when a template first asks, so that fragments and mails pay nothing for it."""

    def __init__(self) -> None:
        self._values: dict[str, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        if self._values is None:
            self._values = shell()
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None


def init_app(app: Flask) -> None:
    """Offer `shell` to templates."""
    app.context_processor(lambda: {"shell": _Lazily()})
