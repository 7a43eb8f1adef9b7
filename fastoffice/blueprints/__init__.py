"""HTTP by audience. Each module here offers `blueprint`; the list below is all there is."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from fastoffice.blueprints import errors, headers, shell, words
from fastoffice.blueprints.webhooks import short_way

MODULES: list[str] = [
    "staff.outbox",
    "staff.message_templates",
    "auth",
    "staff.account",
    "staff.settings",
    "staff.audit",
    "staff.imports",
    "staff.billing",
    "staff.invoices",
    "staff.pay_links",
    "staff.ledger",
    "staff.exports",
    "staff.payments",
    "staff.requests",
    "staff.visits",
    "staff.mail",
    "staff.rooms",
    "staff.day",
    "staff.clients",
    "staff.contracts",
    "staff.search",
    "public.pay",
    "public.visits",
    "public.calendars",
    "public.guests",
    "public.guest_page",
    "public.panel",
    "portal",
    "webhooks.stripe",
    "public.health",
    "staff.health",
]


class RecordNumber(IntegerConverter):
    """An id in an address, as large as the database's; beyond it there is no page (404)."""

    def __init__(self, url_map: Map, *, largest: int = 2**63 - 1) -> None:
        super().__init__(url_map, max=largest)


def register(app: Flask) -> None:
    """Attach every audience's pages."""
    app.url_map.converters["int"] = RecordNumber
    errors.init_app(app)
    headers.init_app(app)
    shell.init_app(app)
    words.init_app(app)
    for name in MODULES:
        app.register_blueprint(import_module(f"fastoffice.blueprints.{name}").blueprint)
    short_way.init_app(app)
