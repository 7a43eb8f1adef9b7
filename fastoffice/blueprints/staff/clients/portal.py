"""Who of the client comes into the portal and what they see there; looking at it as they do."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask import url_for as to
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx, transaction
from fastoffice.blueprints.staff.clients.base import blueprint, client_of_branch
from fastoffice.blueprints.staff.clients.file import page_of_file
from fastoffice.blueprints.unit import writes
from fastoffice.bookings.service import feeds
from fastoffice.clients.models import Client, ClientContact
from fastoffice.errors import NotFound
from fastoffice.identity import access
from fastoffice.identity.models import PortalAccess
from fastoffice.identity.portal import WHAT, granting, queries, viewing
from fastoffice.identity.portal.viewing import ClientView

WHAT_NAMES: dict[str, Any] = {
    "invoices": _l("Invoices and statement"), "pay": _l("Pay online"), "contracts": _l("Contracts"),
    "data": _l("Data and contacts"), "requests": _l("Write to the branch"), "mail": _l("Mail and parcels"),
    "visitors": _l("Visitors"), "rooms": _l("Rooms"),
}


@blueprint.get("/<int:client_id>/portal")
@access.require("portal.manage")
def portal(client_id: int) -> Response:
    """The client's contacts with what each may see."""
    client = client_of_branch(client_id)
    return page_of_file("portal", client, known=queries.of_client(client.id), what=WHAT_NAMES, everything=WHAT)


@blueprint.post("/<int:client_id>/portal/<int:contact_id>")
@access.require("portal.manage")
@writes
def give_access(client_id: int, contact_id: int) -> Response:
    """Invite the contact, or change what they may see."""
    client = client_of_branch(client_id)
    contact, now = _contact(client, contact_id), clock.now()
    invited = granting.invite(access.current_actor(), _door(client, contact), request.form.getlist("may"), now)
    again = bool(request.form.get("again"))
    if again and invited.invited_at != now:
        granting.send_invitation(invited, _door(client, contact), now)
    if again or invited.invited_at == now:
        htmx.toast(_("The invitation is on its way to %(email)s.", email=contact.email))
    else:
        htmx.toast(_("Saved."))
    return _back(client)


@blueprint.post("/<int:client_id>/portal/<int:contact_id>/revocation")
@access.require("portal.manage")
@writes
def revoke_access(client_id: int, contact_id: int) -> Response:
    """Let the contact in no more; their calendar address is over, and the client's own, which they may have."""
    client, actor, now = client_of_branch(client_id), access.current_actor(), clock.now()
    row, branch = _access(client, contact_id), access.current_branch()
    granting.revoke(actor, row, now)
    feeds.end_own(branch, row.user_id, actor, now, client_id=client.id)
    feeds.end_feed(branch, actor, now, client_id=client.id)
    htmx.toast(_("The access is revoked and its sessions ended."))
    return _back(client)


@blueprint.post("/<int:client_id>/portal-view")
@access.require("portal.manage")
def begin_portal_view(client_id: int) -> Response:
    """Look at the portal as this client sees it, without changing anything."""
    client = client_of_branch(client_id)
    _look_at(ClientView(client.id, client.branch_id))
    return htmx.redirect(access.PORTAL)


@blueprint.post("/portal-view/end")
@access.require("portal.manage")
def end_portal_view() -> Response:
    """Stop looking, and go back to the client's file."""
    view = viewing.kept()
    _look_at(None)
    return htmx.redirect(to("clients.show", client_id=view.client_id) if view else access.START)


def _look_at(view: ClientView | None) -> None:
    """Noted first, so that nobody looks without a word in the log."""
    before = viewing.kept()
    transaction.run(viewing.note, access.current_actor(), before, view)
    viewing.remember(view, clock.now())


def _contact(client: Client, contact_id: int) -> ClientContact:
    found = next((each for each in client.contacts if each.id == contact_id), None)
    if found is None:
        raise NotFound(_l("There is no such contact in the client's file."))
    return found


def _access(client: Client, contact_id: int) -> PortalAccess:
    _contact(client, contact_id)
    found = queries.of_client(client.id).get(contact_id)
    if found is None:
        raise NotFound(_l("This contact has no access."))
    row: PortalAccess = found.PortalAccess
    return row


def _door(client: Client, contact: ClientContact) -> granting.Door:
    return granting.Door(client.id, client.branch_id, contact.id, contact.email, contact.name, client.language)


def _back(client: Client) -> Response:
    return htmx.redirect(to("clients.portal", client_id=client.id))
