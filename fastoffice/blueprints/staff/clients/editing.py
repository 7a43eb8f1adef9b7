"""Opening, editing and archiving a client's file."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from fastoffice import clock, htmx
from fastoffice.billing.queries import clients as billing
from fastoffice.blueprints.shell import LANGUAGE_NAMES
from fastoffice.blueprints.staff.clients.base import blueprint, client_of_branch, today
from fastoffice.blueprints.staff.clients.history import FIELDS
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.unit import writes
from fastoffice.clients import lists, service
from fastoffice.clients.catalogues import CFDI_USES, REGIMES
from fastoffice.clients.checks import MOST_CONTACTS, ClientData, ContactData
from fastoffice.clients.errors import (
    ClientChanged,
    DuplicateTaxId,
    HasContractsInForce,
    InvalidClient,
    OwesMoney,
    SameName,
)
from fastoffice.clients.models import Client
from fastoffice.contracts.lists import running_of_clients
from fastoffice.identity import access
from fastoffice.money import display

PAGE = "staff/clients/edit.html"
TEXTS = ("legal_name", "trade_name", "tax_id", "tax_regime", "cfdi_use", "fiscal_postal_code", "address", "language",
         "group", "notes")


@blueprint.get("/new")
@access.require("clients.edit")
def new() -> Response:
    """An empty file; `?name=` fills in what was searched for."""
    typed = Typed({"legal_name": request.args.get("name", "")[:200], "language": access.current_branch().language})
    return _form(typed, [ContactData()])


@blueprint.post("/")
@access.require("clients.edit")
@writes
def create() -> Response:
    """Open the file."""
    typed = Typed.sent()
    if rows := _rows_asked(typed):
        return _form(typed, rows)
    try:
        client = service.create_client(
            access.current_actor(), access.current_branch(), _data(typed), clock.now(),
            same_name=typed.on("same_name"))
    except InvalidClient as refusal:
        return _refused(typed, refusal)
    htmx.toast(_("The file of %(name)s is open.", name=client.display_name))
    return htmx.redirect(url_for("clients.show", client_id=client.id))


@blueprint.get("/<int:client_id>/edit")
@access.require("clients.edit")
def edit(client_id: int) -> Response:
    """The file as a form."""
    client = client_of_branch(client_id)
    return _form(_typed(client), _known_contacts(client) or [ContactData()], client)


@blueprint.post("/<int:client_id>")
@access.require("clients.edit")
@writes
def save(client_id: int) -> Response:
    """Save the form, unless somebody saved another one meanwhile."""
    client, typed = client_of_branch(client_id), Typed.sent()
    if rows := _rows_asked(typed):
        return _form(typed, rows, client)
    try:
        changed = service.edit_client(
            access.current_actor(), access.current_branch(), client, _data(typed), typed.number("version"))
    except ClientChanged as conflict:
        return _outrun(typed, client, conflict)
    except InvalidClient as refusal:
        return _refused(typed, refusal, client)
    htmx.toast(_("Saved.") if changed else _("Nothing had changed."), "success" if changed else "info")
    return htmx.redirect(url_for("clients.show", client_id=client.id))


@blueprint.post("/<int:client_id>/archiving")
@access.require("clients.edit")
@writes
def archive(client_id: int) -> Response:
    """Put the file away, when nothing runs and nothing is owed."""
    client = client_of_branch(client_id)
    running = running_of_clients([client.id], today()).get(client.id, [])
    if running:
        raise HasContractsInForce(len(running))
    currency = access.current_branch().currency
    owed = billing.client_figures([client.id], today(), currency)[client.id].open
    if owed:
        raise OwesMoney(display(owed, currency))
    service.archive_client(access.current_actor(), client, clock.now())
    htmx.toast(_("%(name)s is in the archive.", name=client.display_name))
    return htmx.redirect(url_for("clients.index"))


@blueprint.post("/<int:client_id>/reopening")
@access.require("clients.edit")
@writes
def reopen(client_id: int) -> Response:
    """Take the file out of the archive."""
    client = client_of_branch(client_id)
    service.reopen_client(access.current_actor(), client)
    htmx.toast(_("%(name)s is active again.", name=client.display_name))
    return htmx.redirect(url_for("clients.show", client_id=client.id))


def _data(typed: Typed) -> ClientData:
    return ClientData(**{name: typed.text(name) for name in TEXTS}, contacts=tuple(_contacts(typed)))


def _contacts(typed: Typed) -> list[ContactData]:
    """The rows of contacts as they were typed."""
    count = min(typed.number("contacts"), MOST_CONTACTS + 1)
    return [
        ContactData(typed.text(f"name-{n}"), typed.text(f"email-{n}"), typed.text(f"phone-{n}"),
                    typed.on(f"for_billing-{n}"), typed.number(f"contact-{n}") or None)
        for n in range(count) if not typed.on(f"remove-{n}")
    ]


def _rows_asked(typed: Typed) -> list[ContactData]:
    """With a row more or less, when that is the button that was pressed: nothing is saved yet."""
    if typed.on("more"):
        return [*_contacts(typed), ContactData()]
    if any(name.startswith("remove-") for name in typed.values):
        return _contacts(typed) or [ContactData()]
    return []


def _typed(client: Client) -> Typed:
    values: dict[str, Any] = {name: getattr(client, name) or "" for name in TEXTS}
    return Typed({**values, "version": client.version})


def _known_contacts(client: Client) -> list[ContactData]:
    return [ContactData(each.name, each.email, each.phone, each.for_billing, each.id) for each in client.contacts]


def _form(typed: Typed, contacts: list[ContactData], client: Client | None = None, *, status: int = 200,
          **context: Any) -> Response:
    choices = {name: [(code, f"{code} · {label}") for code, label in catalogue.items()]
               for name, catalogue in (("regimes", REGIMES), ("uses", CFDI_USES))}
    return htmx.page_or_fragment(
        PAGE, PAGE, status=status, form=typed, contacts=contacts, client=client, choices=choices, labels=FIELDS,
        languages=list(LANGUAGE_NAMES.items()), groups=lists.groups(access.current_branch().id), **context)


def _refused(typed: Typed, refusal: InvalidClient, client: Client | None = None) -> Response:
    """The form as typed. Rows that stay keep their places, so that messages are beside their fields."""
    typed.refuse(refusal)
    twin = refusal if isinstance(refusal, DuplicateTaxId | SameName) else None
    return _form(typed, _contacts(typed) or [ContactData()], client, status=422, twin=twin,
                 namesake=isinstance(refusal, SameName))


def _outrun(typed: Typed, client: Client, conflict: ClientChanged) -> Response:
    """What was typed, beside what the other person saved; saving again is a decision then."""
    saved = _typed(client)
    differing = [(name, saved[name]) for name in TEXTS if saved[name] != typed[name]]
    typed.values["version"] = client.version
    return _form(typed, _contacts(typed), client, status=409, conflict=conflict.message, saved=differing)
