"""Who may open what of the mail room: the rows and samples that access_table.py takes over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.documents.files import files
from fastoffice.extensions import db
from fastoffice.mailroom import service
from fastoffice.mailroom.models import MailAlias, MailRequest
from fastoffice.mailroom.service import aliases
from tests.factories.mail import MARIANA, make_item, make_nominee, make_request
from tests.factories.people import Cast
from tests.web import portal_access

TABLE: dict[str, str] = {
    **dict.fromkeys((
        "mail.index", "mail.show", "mail.photo", "mail.handover", "mail.signature", "mail.requests", "mail.scan",
        "mail.client"), "mailroom.view"),
    **dict.fromkeys((
        "mail.guess", "mail.log_item", "mail.announce", "mail.assign", "mail.unassign", "mail.undo", "mail.give_back",
        "mail.undo_give_back", "mail.new_handover", "mail.hand_over", "mail.undo_handover", "mail.complete", "mail.undo_completion",
        "mail.refuse", "mail.calls", "mail.new_call", "mail.log_call", "mail.save_client", "mail.add_alias",
        "mail.remove_alias", "mail.add_nominee", "mail.end_nominee"), "mailroom.handle"),
    "mail.policy": "settings.view",
    "mail.save_policy": "settings.edit",
    **dict.fromkeys((
        "portal.mail", "portal.ask_about_mail", "portal.withdraw_mail_request", "portal.mail_scan", "portal.mail_photo",
        "portal.name_collector", "portal.end_collector"), "portal:mail"),
}


def an_item(cast: Cast) -> int:
    """A letter with a photo for Polanco's client."""
    photo = files().put(b"a photo", "image/jpeg").sha256
    return make_item(cast.polanco, "x", portal_access.its_client(cast), kind="letter", photo_sha256=photo).id


def a_handover(cast: Cast) -> int:
    """A letter that somebody signed for."""
    client_id, item_id, branch_id = portal_access.its_client(cast).id, an_item(cast), cast.polanco.id
    signature = files().put(b"a name", "image/png").sha256
    taking = service.Taking(request_key="access", taken_by="Ana", authorised_by="Laura", signature_sha256=signature)
    return transaction.run(lambda: service.hand_over(
        db.session.get_one(Branch, branch_id), client_id, [item_id], taking, MARIANA, clock.now()).id)


def a_wish(cast: Cast) -> int:
    """A scan that was asked for, and its file."""
    photo = files().put(b"%PDF-1.4 a scan", "application/pdf").sha256
    item = make_item(cast.polanco, "x", portal_access.its_client(cast), kind="letter")
    key = make_request(item).id

    def unit() -> None:
        found = db.session.get_one(MailRequest, key)
        found.file_sha256, found.filename, found.media_type = photo, "carta.pdf", "application/pdf"

    transaction.run(unit)
    return key


def a_nominee(cast: Cast) -> int:
    """Somebody who may collect for Polanco's client."""
    return make_nominee(portal_access.its_client(cast)).id


def an_alias(cast: Cast) -> int:
    """Another name of Polanco's client."""
    branch_id, client_id = cast.polanco.id, portal_access.its_client(cast).id
    transaction.run(lambda: aliases.add(
        db.session.get_one(Branch, branch_id), db.session.get_one(Client, client_id), "Otro nombre", MARIANA,
        clock.now()))
    return int(db.session.scalars(sa.select(MailAlias.id)).one())


SAMPLES: dict[str, Callable[[Cast], Any]] = {
    "item_id": an_item, "handover_id": a_handover, "wish_id": a_wish, "nominee_id": a_nominee, "alias_id": an_alias,
    **{f"mail.{name}:client_id": lambda cast: portal_access.its_client(cast).id
       for name in ("end_nominee", "remove_alias")},
}
