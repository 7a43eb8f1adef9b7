"""The client's own data and contacts: what we have, and what should read otherwise."""

from __future__ import annotations

from flask import Response

from fastoffice import clock
from fastoffice.blueprints.portal import own, sending
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.shell import LANGUAGE_NAMES
from fastoffice.blueprints.typed import Typed
from fastoffice.clients.catalogues import CFDI_USES, REGIMES
from fastoffice.clients.checks import MOST_CONTACTS, ContactData
from fastoffice.identity import portal
from fastoffice.receivables import changes, service
from fastoffice.receivables.changes import FIELDS, Wanted


@blueprint.get("/data")
@portal.require("data")
def data() -> Response:
    """The file as it is, to be corrected."""
    client = own.client()
    values = {name: getattr(client, name) or "" for name in FIELDS}
    return _form(sending.blank(**values), [*changes.data_of(client).contacts, ContactData()])


@blueprint.post("/data")
@own.at_most("20 per hour")
@portal.require("data")
def send_data() -> Response:
    """Ask to correct it; the branch looks at each change."""
    form, actor, now = Typed.sent(), portal.current_actor(), clock.now()
    contacts = _contacts(form)
    wanted = Wanted({name: form.text(name) for name in FIELDS if name in form.values}, tuple(contacts))
    if sending.send(form, lambda branch, asked: service.correct_data(branch, asked, wanted, actor, now)):
        return sending.sent()
    return _form(form, contacts)


def _contacts(form: Typed) -> list[ContactData]:
    count = min(form.number("contacts"), MOST_CONTACTS)
    return [ContactData(form.text(f"name-{n}"), form.text(f"email-{n}"), form.text(f"phone-{n}"),
                        form.on(f"for_billing-{n}"), form.number(f"contact-{n}") or None) for n in range(count)]


def _form(form: Typed, contacts: list[ContactData]) -> Response:
    choices = {name: [(code, f"{code} · {label}") for code, label in catalogue.items()]
               for name, catalogue in (("regimes", REGIMES), ("uses", CFDI_USES))}
    return sending.form_page("data.html", form, contacts=contacts, choices=choices,
                             languages=list(LANGUAGE_NAMES.items()))
