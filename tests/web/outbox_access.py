"""Rows of the outbox and of the message texts in the table of who may open what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from fastoffice import transaction
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.notifications.models import Delivery, Notice
from tests.doubles import outbox as box
from tests.factories.people import Cast

NOBODYS = 900_001  # the invoice that the mail speaks of: none that the table's other samples issue
_TEXTS = ("edit", "save", "show_preview", "preview_in_force", "reset", "send_test")

TABLE: dict[str, str] = {
    **dict.fromkeys((
        "outbox.index", "outbox.show", "outbox.message", "outbox.document", "outbox.print_queue", "outbox.letters",
    ), "outbox.view"),
    **dict.fromkeys((
        "outbox.send_again", "outbox.withdraw", "outbox.confirm_whatsapp", "outbox.render_again",
        "outbox.mark_mailed",
    ), "outbox.send"),
    "message_templates.index": "templates.edit",
    **{f"message_templates.{name}": "templates.edit" for name in _TEXTS},
}


def a_delivery(cast: Cast) -> int:
    """A mail of Polanco with its PDF; made once."""
    lauras = sa.select(Notice.id).where(Notice.party_id == box.PARTY)
    found = db.session.scalar(sa.select(Delivery.id).where(
        Delivery.branch_id == cast.polanco.id, Delivery.notice_id.in_(lauras)))
    if found is None:
        branch_id, key = cast.polanco.id, box.ready_document(NOBODYS)
        transaction.run(lambda: db.session.execute(sa.update(Document).where(
            Document.subject_id == NOBODYS).values(branch_id=branch_id)))
        found = box.owe(box.spec(NOBODYS, branch_id=branch_id, documents=[key]))[-1].id
    return int(found)


def a_document(cast: Cast) -> int:
    """The PDF that goes with that mail."""
    a_delivery(cast)
    return int(db.session.scalars(sa.select(Document.id).where(Document.subject_id == NOBODYS)).one())


SAMPLES: dict[str, Callable[[Cast], Any]] = {
    "delivery_id": a_delivery,
    "outbox.document:document_id": a_document,
    "outbox.render_again:document_id": a_document,
    **{f"message_templates.{name}:kind": lambda _cast: "invoice_issued" for name in _TEXTS},
    **{f"message_templates.{name}:channel": lambda _cast: "email" for name in _TEXTS},
    **{f"message_templates.{name}:language": lambda _cast: "es" for name in _TEXTS},
}
EVERYBODYS = {f"message_templates.{name}" for name in _TEXTS}
