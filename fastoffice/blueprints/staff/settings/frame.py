"""What all settings pages share: the blueprint and the row of tabs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from fastoffice import htmx
from fastoffice.identity import access

blueprint = Blueprint("settings", __name__, url_prefix="/staff/settings")

TABS: tuple[tuple[str, Any, str], ...] = (
    ("settings.branch", _l("Branch"), "settings.view"),
    ("settings.issuer", _l("Fiscal issuer"), "settings.view"),
    ("settings.bank", _l("Bank account"), "settings.view"),
    ("settings.online", _l("Online payments"), "settings.view"),
    ("settings.policy", _l("Billing policy"), "settings.view"),
    ("settings.holidays", _l("Holidays"), "settings.view"),
    ("settings.series", _l("Series"), "settings.view"),
    ("settings.taxes", _l("Taxes"), "settings.view"),
    ("settings.people", _l("Users"), "users.manage"),
    ("settings.devices_page", _l("Devices"), "devices.manage"),
    ("settings.network", _l("Network"), "network.manage"),
)


@blueprint.get("/")
@access.require("settings.view")
def index() -> Response:
    """Settings begin with the branch itself."""
    return htmx.redirect(url_for("settings.branch"))


def tabs() -> list[dict[str, Any]]:
    """The tabs that this person may open."""
    here = request.path
    return [
        {"label": label, "url": url, "active": here == url or here.startswith(url + "/")}
        for endpoint, label, permission in TABS if access.can(permission)
        for url in (url_for(endpoint).rstrip("/"),)
    ]


def page(name: str, *, status: int = 200, **context: Any) -> Response:
    """A settings page; `name` is its template without folder and ending."""
    html = render_template(f"staff/settings/{name}.html", tabs=tabs(), branch=access.current_branch(), **context)
    return Response(html, status, mimetype="text/html")
