"""What must hold of papers and mails, however many of those who made and sent them were killed."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from fastoffice.documents.files import files
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.notifications.models import Delivery
from fastoffice.notifications.sending import GROUP
from tests.doubles.smtp_server import SmtpPeer


def documents_and_files_match() -> None:
    rows = db.session.execute(sa.select(Document.state, Document.sha256)).all()
    assert {row.state for row in rows} == {"ready"}
    assert {row.sha256 for row in rows} <= set(files().hashes())


def every_mail_went_out(peer: SmtpPeer, kills: int) -> None:
    states = Counter(db.session.scalars(sa.select(Delivery.state)))
    assert set(states) <= {"sent", "cancelled"}
    copies = Counter(peer.ids())
    sent = set(db.session.scalars(sa.select(Delivery.message_id).where(Delivery.state == "sent")))
    assert sent <= set(copies)
    assert sum(copies.values()) - len(copies) <= kills * GROUP
    rows = db.session.execute(sa.select(Delivery.message_id, Delivery.attempts))
    attempts = {row.message_id: row.attempts for row in rows}
    assert all(number <= attempts[key] for key, number in copies.items())
