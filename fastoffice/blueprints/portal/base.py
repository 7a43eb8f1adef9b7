"""What all pages of the portal share: the frame, private answers, and that looking over a shoulder changes nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, g, request
from flask_babel import gettext as _
from werkzeug.local import LocalProxy

from fastoffice import clock, transaction
from fastoffice.blueprints.errors import error_page
from fastoffice.branches import queries as branches
from fastoffice.branches.models import BankAccount, Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.identity import access, portal
from fastoffice.identity.portal import Visitor, viewing

log = logging.getLogger(__name__)
blueprint = Blueprint("portal", __name__, url_prefix="/portal")


@dataclass(frozen=True)
class Frame:
    """What the head of each page says: whose file this is, at which branch, and which others there are.

    `account` is where the branch asks to be paid, if it has one.
    """

    visitor: Visitor
    client: Client
    branch: Branch
    account: BankAccount | None
    others: list[Client]


@blueprint.before_request
def end_what_is_over() -> None:
    """A view as client whose hour or permission is gone ends in the log too, as soon as that is noticed."""
    view = viewing.kept()
    if view is not None and access.signed_in_user() is not None and viewing.under_way() is None:
        transaction.run(viewing.note, access.current_actor(), view, None)
        viewing.remember(None, clock.now())


@blueprint.before_request
def only_look() -> Response | None:
    """Staff that view as a client read: whatever would change something is refused, and said to the log."""
    visitor = portal.find()
    if visitor is None or not visitor.is_read_only or request.method in {"GET", "HEAD", "OPTIONS"}:
        return None
    log.info("refused while viewing as client %s: %s %s", visitor.client_id, request.method, request.path)
    return error_page(
        403, _("You are only looking"),
        _("You see the portal as the client does, so nothing can be changed or paid from here."),
        way_on=access.PORTAL, label=_("Back"))


@blueprint.after_request
def private(response: Response) -> Response:
    """Nobody but this browser keeps these pages, and no address of theirs leaves the house."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.context_processor
def for_templates() -> dict[str, Any]:
    """`visitor` and `frame`, read when a template asks; false on the pages before somebody came in."""
    return {"visitor": LocalProxy(portal.find), "frame": LocalProxy(frame)}


def frame() -> Frame | None:
    """The frame of whoever looks, if anybody does."""
    visitor = portal.find()
    return frame_of(visitor) if visitor else None


def frame_of(visitor: Visitor) -> Frame:
    """The client, the branch with its bank account and the others to choose from, in one statement."""
    if "portal_frame" not in g:
        wanted = {visitor.client_id, *portal.seen_clients()}
        rows = db.session.execute(
            sa.select(Client, Branch, BankAccount).join(Branch, Branch.id == Client.branch_id)
            .outerjoin(BankAccount, BankAccount.id == branches.primary_account_id(Branch.id))
            .where(Client.id.in_(wanted)))
        files = {client.id: (client, branch, account) for client, branch, account in rows}
        others = sorted((each[0] for each in files.values()), key=lambda client: client.display_name)
        g.portal_frame = Frame(visitor, *files[visitor.client_id], others if len(others) > 1 else [])
    found: Frame = g.portal_frame
    return found
