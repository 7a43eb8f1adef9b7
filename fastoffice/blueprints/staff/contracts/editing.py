"""Writing a contract and editing what needs no new agreement."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.billing.queries import contracts as billing
from fastoffice.blueprints.staff.contracts.base import blueprint, contract_of_branch, done, today
from fastoffice.blueprints.staff.contracts.fields import contract_data, hours, line_count, minutes
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.branches import queries as branches
from fastoffice.clients import lists as clients
from fastoffice.clients.errors import IsArchived
from fastoffice.clients.models import Client
from fastoffice.contracts.errors import ContractChanged, InvalidContract, OfficeTaken, SameContract
from fastoffice.contracts.models import Contract
from fastoffice.contracts.service.contracts import ContractChanges, create_contract, edit_contract
from fastoffice.errors import Refusal
from fastoffice.identity import access
from fastoffice.money import plain
from fastoffice.sent import whole
from fastoffice.workspaces import queries as workspaces

FOUND = 12
NEW, EDIT = "staff/contracts/new.html", "staff/contracts/edit.html"


@blueprint.get("/new")
@access.require("contracts.edit")
def choose() -> Response:
    """With which client? `?q=` searches; `?office=` is kept for the contract."""
    text, office = Typed(request.args).text("q").strip()[:120], Typed(request.args).text("office").strip()[:20]
    found = [row for row in clients.find(access.current_branch().id, text, FOUND) if row.archived_at is None]
    return htmx.page_or_fragment("staff/contracts/choose.html", "staff/contracts/_choose.html", found=found, q=text,
                                 office=office)


@blueprint.get("/new/<int:client_id>")
@access.require("contracts.edit")
def new(client_id: int) -> Response:
    """An empty contract for a client."""
    client = _active_client(client_id)
    policy = branches.policy_of(access.current_branch())
    typed = Typed({"starts_on": today().isoformat(), "lines": 1, "prorate-0": "y",
                   "channels[]": list(policy.default_channels),
                   "office": Typed(request.args).text("office").strip()[:20]})
    return _new_form(typed, client, 1)


@blueprint.post("/new/<int:client_id>")
@access.require("contracts.edit")
@writes
def create(client_id: int) -> Response:
    """Agree the contract."""
    client, typed = _active_client(client_id), Typed.sent()
    if typed.on("more") or any(name.startswith("remove-") for name in typed.values):
        return _new_form(*_rows_asked(typed, client))
    data = contract_data(typed)
    if data is None or typed.errors:
        return _new_form(typed, client, line_count(typed), status=422)
    try:
        contract = create_contract(
            access.current_actor(), access.current_branch(), client.id, data, clock.now(),
            shared_office=typed.on("shared_office"), another=typed.on("another"))
    except SameContract as same:
        return _new_form(typed, client, line_count(typed), status=422, same=same)
    except OfficeTaken as taken:
        return _new_form(typed, client, line_count(typed), status=422, others=taken.others)
    except InvalidContract as refusal:
        typed.refuse(refusal)
        return _new_form(typed, client, line_count(typed), status=422)
    htmx.toast(_("Contract %(code)s is agreed.", code=contract.code))
    return htmx.redirect(url_for("contracts.show", contract_id=contract.id))


@blueprint.get("/<int:contract_id>/edit")
@access.require("contracts.edit")
def edit(contract_id: int) -> Response:
    """Office, delivery, deposit, hours and notes."""
    contract = contract_of_branch(contract_id)
    return _edit_form(_typed(contract), contract)


@blueprint.post("/<int:contract_id>")
@access.require("contracts.edit")
@writes
def save(contract_id: int) -> Response:
    """Save the form, unless somebody saved another one meanwhile."""
    contract, typed = contract_of_branch(contract_id), Typed.sent()
    changes = _changes(typed, contract)
    if typed.errors:
        return _edit_form(typed, contract, status=422)
    try:
        changed = edit_contract(
            access.current_actor(), contract, changes, typed.number("version"), day=today(),
            shared_office=typed.on("shared_office"))
    except ContractChanged as conflict:
        saved = _typed(contract)
        typed.values["version"] = contract.version
        return _edit_form(typed, contract, status=409, conflict=conflict.message, saved=saved)
    except OfficeTaken as taken:
        return _edit_form(typed, contract, status=422, others=taken.others)
    except Refusal as refusal:
        typed.refuse(refusal)
        return _edit_form(typed, contract, status=422)
    return done(contract, _("Saved.") if changed else _("Nothing had changed."))


def _active_client(client_id: int) -> Client:
    client = access.scoped(Client, client_id)
    if client.archived_at is not None:
        raise IsArchived(client.display_name)
    return client


def _rows_asked(typed: Typed, client: Client) -> tuple[Typed, Client, int]:
    """With a service more or less; the rows after one that goes move up."""
    count = line_count(typed)
    if typed.on("more"):
        typed.values[f"prorate-{count}"] = "y"
        return typed, client, count + 1
    gone = next((whole(name[7:], count) for name in typed.values if name.startswith("remove-")), count)
    names = ("description", "prompt_price", "list_price", "tax_profile_id", "prorate")
    for place in range(gone, count):
        for name in names:
            typed.values[f"{name}-{place}"] = typed.values.get(f"{name}-{place + 1}", "")
    return typed, client, max(1, count - 1)


def _changes(typed: Typed, contract: Contract) -> ContractChanges:
    starts_on = None
    if not billing.was_billed(contract.id):
        starts_on = typed.day("starts_on")
    deposit, meeting = typed.money("deposit", required=False), minutes(typed)
    return ContractChanges(typed.text("office"), typed.several("channels"), deposit, meeting,
                           typed.text("notes"), starts_on)


def _typed(contract: Contract) -> Typed:
    return Typed({
        "version": contract.version, "office": contract.office.code if contract.office else "",
        "channels[]": list(contract.channels), "deposit": plain(contract.deposit) if contract.deposit else "",
        "meeting_hours": hours(contract.meeting_minutes), "notes": contract.notes,
        "starts_on": contract.starts_on.isoformat(),
    })


def _shared(typed: Typed) -> dict[str, Any]:
    branch = access.current_branch()
    return {"form": typed, "currency": branch.currency, "offices": workspaces.offices(branch.id),
            "profiles": branches.tax_profiles(branch.id)}


def _new_form(typed: Typed, client: Client, count: int, *, status: int = 200, **context: Any) -> Response:
    return htmx.page_or_fragment(NEW, NEW, status=status, client=client, count=count, **_shared(typed), **context)


def _edit_form(typed: Typed, contract: Contract, *, status: int = 200, **context: Any) -> Response:
    return htmx.page_or_fragment(
        EDIT, EDIT, status=status, contract=contract, client=contract.client,
        billed=billing.was_billed(contract.id), **_shared(typed), **context)
