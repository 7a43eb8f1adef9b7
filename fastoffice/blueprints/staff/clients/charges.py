"""Charges that wait for the client's next draft."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx
from fastoffice.billing.service import final_bill
from fastoffice.blueprints.quantities import read_quantity
from fastoffice.blueprints.staff.clients.base import blueprint, client_of_branch, today
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.branches import queries as branches
from fastoffice.charges import service
from fastoffice.charges.models import PendingCharge
from fastoffice.clients.models import Client
from fastoffice.contracts.lists import running_of_clients
from fastoffice.errors import NotFound, Refusal
from fastoffice.folding import clean_text
from fastoffice.identity import access

PAGE, FRAGMENT = "staff/clients/charge.html", "staff/clients/_charge.html"


@blueprint.get("/<int:client_id>/charges/new")
@access.require("invoices.adjust")
def new_charge(client_id: int) -> Response:
    """The form."""
    client = client_of_branch(client_id)
    typed = Typed({"quantity": "1", "charged_on": today().isoformat(), "key": secrets.token_hex(12)})
    return htmx.page_or_fragment(PAGE, FRAGMENT, **_context(client, typed))


@blueprint.post("/<int:client_id>/charges")
@access.require("invoices.adjust")
@writes
def add_charge(client_id: int) -> Response:
    """Note the charge; the form's key makes a second press of the button harmless."""
    client, typed = client_of_branch(client_id), Typed.sent()
    context = _context(client, typed)
    charged_on, unit = typed.day("charged_on"), typed.money("unit_price")
    quantity = read_quantity(typed)
    description = clean_text(typed.text("description"))
    if not description:
        typed.errors["description"] = _("Say what the charge is for: it goes on the invoice.")
    if unit <= 0 and "unit_price" not in typed.errors:
        typed.errors["unit_price"] = _("Write an amount above zero.")
    profile, contract_id = typed.number("tax_profile_id"), typed.number("contract_id") or None
    if profile not in {row.id for row in context["profiles"]}:
        typed.errors["tax_profile_id"] = _("Choose one of the list.")
    if contract_id is not None and contract_id not in {row.id for row in context["contracts"]}:
        typed.errors["contract_id"] = _("Choose one of the list.")
    if typed.errors or charged_on is None:
        return htmx.invalid(PAGE, FRAGMENT, **context)
    key = typed.text("key")[:40] or secrets.token_hex(12)
    try:
        service.add_charge(
            access.current_branch(), client.id, contract_id, description, charged_on, quantity, unit, profile,
            f"manual:{key}", access.current_actor(), clock.now())
    except Refusal as refusal:
        typed.refuse(refusal)
        return htmx.invalid(PAGE, FRAGMENT, **context)
    htmx.toast(_("Noted: it goes on the next draft."))
    return htmx.redirect(url_for("clients.show", client_id=client.id))


@blueprint.post("/<int:client_id>/charges/<int:charge_id>/removal")
@access.require("invoices.adjust")
@writes
def drop_charge(client_id: int, charge_id: int) -> Response:
    """Forget a charge that is on no document yet."""
    client = client_of_branch(client_id)
    charge = access.scoped(PendingCharge, charge_id)
    if charge.client_id != client.id:
        raise NotFound(_l("There is no such record in this branch."))
    service.drop_charge(charge, access.current_actor(), clock.now())
    htmx.toast(_("The charge was dropped."))
    return htmx.redirect(url_for("clients.show", client_id=client.id))


@blueprint.post("/<int:client_id>/charges/invoice")
@access.require("invoices.draft")
@writes
def bill_charges(client_id: int) -> Response:
    """Put what waits on a document of its own: the client has no contract whose draft would take it."""
    client = client_of_branch(client_id)
    try:
        draft = final_bill.bill_charges(access.current_branch(), client.id, access.current_actor(), clock.now())
    except Refusal as refusal:
        htmx.toast(refusal.message, "warning")
        return htmx.redirect(url_for("clients.show", client_id=client.id))
    htmx.toast(_("Draft made: check it and issue it."))
    return htmx.redirect(url_for("invoices.show", invoice_id=draft.id))


def _context(client: Client, typed: Typed) -> dict[str, Any]:
    profiles = branches.tax_profiles(client.branch_id)
    contracts = running_of_clients([client.id], today()).get(client.id, [])
    choices = {"profiles": [(row.id, row.name) for row in profiles],
               "contracts": [(row.id, f"{row.code} {row.office or ''}".strip()) for row in contracts]}
    return {"client": client, "form": typed, "profiles": profiles, "contracts": contracts, "choices": choices,
            "currency": access.current_branch().currency}
