"""Letters and prepared messages that wait for a person's hand, and meanwhile stopped being true.

A mail is asked just before it goes; what a person prints or sends has to leave the tray before they reach for it.
"""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from fastoffice import transaction
from fastoffice.extensions import db
from fastoffice.notifications import registry
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.notifications.reasons import reason

IN_HAND = sa.text("delivery.channel <> 'email' AND delivery.state = 'queued'")  # the index's words
CHUNK = 500


def withdraw() -> int:
    """Cancel what waits by post or WhatsApp and no longer holds (a reminder of a paid invoice); how many."""
    withdrawn, last = 0, 0
    while rows := _waiting(last):
        last = rows[-1][0]
        untrue = _untrue(rows)
        db.session.rollback()  # the reading is over
        if untrue:
            withdrawn += transaction.run(_cancel, untrue)
    return withdrawn


def _waiting(after_id: int) -> list[tuple[int, int, str]]:
    """(delivery id, notice id, kind) of the next ones."""
    query = sa.select(Delivery.id, Notice.id, Notice.kind).join(Notice, Notice.id == Delivery.notice_id).where(
        IN_HAND, Notice.kind.in_(registry.checked_kinds()), Delivery.id > after_id).order_by(Delivery.id).limit(CHUNK)
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def _untrue(rows: list[tuple[int, int, str]]) -> list[int]:
    by_kind: dict[str, dict[int, int]] = defaultdict(dict)
    for delivery_id, notice_id, kind in rows:
        by_kind[kind][delivery_id] = notice_id
    untrue = []
    for kind, notices in by_kind.items():
        holding = registry.still_true(kind, list(notices.values()))
        untrue += [delivery_id for delivery_id, notice_id in notices.items() if notice_id not in holding]
    return untrue


def _cancel(ids: list[int]) -> int:
    """Those that nobody took in hand meanwhile."""
    statement = sa.update(Delivery).where(Delivery.id.in_(ids), IN_HAND).values(
        state="cancelled", error=reason("no_longer_true"), fence=Delivery.fence + 1)
    return int(db.session.connection().execute(statement).rowcount)
