"""A client's file: summary, documents, payments, notices, history."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from fastoffice import htmx
from fastoffice.audit.history import entries_of
from fastoffice.billing.queries import clients as billing
from fastoffice.billing.queries import leftover
from fastoffice.billing.rules.amounts import line_subtotal
from fastoffice.blueprints.paging import neighbours, page_number
from fastoffice.blueprints.quantities import quantity_text
from fastoffice.blueprints.staff.clients.base import blueprint, client_of_branch, today
from fastoffice.blueprints.staff.clients.history import timeline
from fastoffice.branches import queries as branches
from fastoffice.charges import queries as charges
from fastoffice.clients.catalogues import CFDI_USES, REGIMES
from fastoffice.clients.models import Client
from fastoffice.contracts import lists, rules
from fastoffice.counting import Page
from fastoffice.identity import access
from fastoffice.notifications.kinds import KINDS
from fastoffice.notifications.parties import notices_to
from fastoffice.payments.names import ALL_METHODS, STATES, TONES
from fastoffice.payments.queries import online
from fastoffice.payments.queries.files import client_payments, latest_ids
from fastoffice.receivables import queries as receivables

HISTORY, MANY, TRIED = 60, 25, 5


def page_of_file(tab: str, client: Client, **context: Any) -> Response:
    """A tab of the client's file, with its name and figures above."""
    branch = access.current_branch()
    figures = billing.client_figures([client.id], today(), branch.currency)[client.id]
    template = f"staff/clients/{tab}.html"
    return htmx.page_or_fragment(
        template, template, client=client, figures=figures, currency=branch.currency, zone=branch.timezone,
        tabs=_tabs(client, tab), today=today(), **context)


def _tabs(client: Client, now: str) -> list[dict[str, Any]]:
    names = {"show": _("Summary"), "invoices": _("Invoices"), "payments": _("Payments and credit"),
             "desk": _("Front desk"), "notices": _("Notices"), "portal": _("Portal"), "history": _("History")}
    for tab, permission in (("portal", "portal.manage"), ("desk", "rooms.view")):
        if not access.can(permission):
            del names[tab]
    return [{"label": label, "url": url_for(f"clients.{name}", client_id=client.id), "active": name == now}
            for name, label in names.items()]


@blueprint.get("/<int:client_id>")
@access.require("clients.view")
def show(client_id: int) -> Response:
    """Who they are, their contracts and what waits for the next draft."""
    client = client_of_branch(client_id)
    contracts = lists.of_client(client.id)
    day = today()
    waiting = charges.pending_charges(client.id)
    return page_of_file(
        "show", client, contracts=contracts, prices=lists.monthly_prices([each.id for each in contracts], day),
        statuses={each.id: rules.status_on(each, day) for each in contracts},
        soon={each.id for each in contracts if rules.ends_soon(each, day)},
        charges=waiting, left_alone=bool(waiting) and leftover.is_left(client.id, day),
        subtotal=line_subtotal, quantity=quantity_text,
        regimes=REGIMES, uses=CFDI_USES,
        taxes={key: rate[0] for key, rate in branches.tax_rates(client.branch_id).items()})


@blueprint.get("/<int:client_id>/invoices")
@access.require("invoices.view")
def invoices(client_id: int) -> Response:
    """Documents, newest first, each with those it replaced."""
    client = client_of_branch(client_id)
    page = billing.client_invoices(client.id, page_number())
    return page_of_file("invoices", client, page=page, **neighbours(page, "clients.invoices", client_id=client.id))


@blueprint.get("/<int:client_id>/payments")
@access.require("payments.view")
def payments(client_id: int) -> Response:
    """What was received, what it paid and what is left."""
    client = client_of_branch(client_id)
    rows, paid, total = client_payments(client.id, page_number(), MANY)
    page = Page(rows, page_number(), total, MANY)
    tried = online.attempts_of_client(client.id, TRIED) if page.number == 1 else []
    return page_of_file(
        "payments", client, page=page, paid=paid, methods=ALL_METHODS, states=STATES, tones=TONES, tried=tried,
        numbers=online.numbers_of(tried), **neighbours(page, "clients.payments", client_id=client.id))


@blueprint.get("/<int:client_id>/notices")
@access.require("outbox.view")
def notices(client_id: int) -> Response:
    """Everything that was sent to them, with what became of it."""
    client = client_of_branch(client_id)
    rows, total = notices_to(client.branch_id, client.id, page_number(), MANY)
    page = Page(rows, page_number(), total, MANY)
    return page_of_file("notices", client, page=page, kinds=KINDS,
                        **neighbours(page, "clients.notices", client_id=client.id))


@blueprint.get("/<int:client_id>/history")
@access.require("clients.view")
def history(client_id: int) -> Response:
    """Who did what to the file, its contracts, documents and payments."""
    client = client_of_branch(client_id)
    subjects = {
        "client": [client.id], "contract": lists.ids_of_client(client.id),
        "invoice": billing.latest_ids(client.id), "payment": latest_ids(client.id),
        "request": receivables.latest_ids(client.id),
    }
    entries = entries_of(client.branch_id, subjects, limit=HISTORY)
    items = timeline(entries, access.current_branch().timezone)
    return page_of_file("history", client, items=items, more=len(entries) == HISTORY)
