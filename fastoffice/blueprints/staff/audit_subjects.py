"""What the entries of a page are about, by the names people know; one statement per kind on the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice.audit.models import AuditEntry
from fastoffice.billing.models import Invoice
from fastoffice.bookings.models import Resource
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.contracts.models import Contract
from fastoffice.extensions import db
from fastoffice.identity.models import User

_PAGES = {
    "invoice": ("invoices.show", "invoice_id"), "payment": ("payments.show", "payment_id"),
    "client": ("clients.show", "client_id"), "contract": ("contracts.show", "contract_id"),
    "delivery": ("outbox.show", "delivery_id"), "run": ("billing.show_run", "run_id"),
    "user": ("settings.person", "user_id"), "request": ("requests.show", "request_id"),
    "mail_item": ("mail.show", "item_id"),
    "pay_attempt": ("payments.attempt", "attempt_id"), "visit": ("visits.show", "visit_id"),
    "booking": ("rooms.show", "booking_id"), "resource": ("rooms.resource", "resource_id"),
}
KINDS = {
    "invoice": _l("Invoice"), "payment": _l("Payment"), "client": _l("Client"), "contract": _l("Contract"),
    "delivery": _l("Message"), "run": _l("Issue"), "user": _l("User"), "branch": _l("Branch"),
    "mail_item": _l("Mail"), "mail_batch": _l("Mail"),
    "request": _l("Request"), "pay_attempt": _l("Online payment"), "card_account": _l("Online payments"),
    "provider_difference": _l("Difference with Stripe"), "visit": _l("Visit"),
    "booking": _l("Booking"), "booking_series": _l("Bookings"), "waiting_entry": _l("Waiting list"),
    "resource": _l("Room"), "blackout": _l("Closure"), "calendar_feed": _l("Calendar"), "person_feed": _l("Calendar"),
    "bank_account": _l("Bank account"), "document": _l("Document"), "franchisee": _l("Franchisee"),
    "holiday": _l("Holiday"), "message_template": _l("Text"), "network": _l("Network"), "office": _l("Office"),
    "series": _l("Series"), "tax_profile": _l("Tax"),
}
_NAMES: dict[str, tuple[Any, Any]] = {
    "invoice": (Invoice.id, Invoice.number), "client": (Client.id, Client.legal_name),
    "contract": (Contract.id, Contract.code), "user": (User.id, User.full_name), "branch": (Branch.id, Branch.name),
    "resource": (Resource.id, Resource.name),
}
Subject = tuple[str, int]


def names_of(entries: Iterable[AuditEntry]) -> dict[Subject, str]:
    """(type, id) -> "PLC-000412", "Logística Güemes López, S.C." …, where there is a better name than the id.
    A document without a number stands under ("draft", id) as well, by its client."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.subject_type in _NAMES:
            wanted[entry.subject_type].add(entry.subject_id)
    names: dict[Subject, str] = {}
    for kind, ids in wanted.items():
        key, name = _NAMES[kind]
        query = sa.select(key, name, Client.legal_name).join(Client) if kind == "invoice" else sa.select(key, name)
        for row in db.session.execute(query.where(key.in_(ids))):
            names[kind, row[0]] = row[1] or row[-1] or str(row[0])
            if kind == "invoice" and not row[1]:
                names["draft", row[0]] = row[-1]
    return names


def label(entry: AuditEntry, names: dict[Subject, str]) -> str:
    """"Invoice PLC-000412", or the kind and its id."""
    if entry.subject_type == "invoice" and ("draft", entry.subject_id) in names:
        return _("Draft") + " · " + names["draft", entry.subject_id]
    kind = KINDS.get(entry.subject_type, entry.subject_type.replace("_", " "))
    return f"{kind} {names.get((entry.subject_type, entry.subject_id), entry.subject_id)}"


def page_of(entry: AuditEntry) -> str | None:
    """The address of what the entry is about, where it has a page."""
    endpoint, argument = _PAGES.get(entry.subject_type, ("", ""))
    if endpoint not in current_app.view_functions:
        return None
    values: dict[str, Any] = {argument: entry.subject_id}
    return url_for(endpoint, **values)
