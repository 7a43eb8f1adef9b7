"""Rows of the outbox for exports: one per notice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from fastoffice import clock
from fastoffice.extensions import db
from fastoffice.notifications.kinds import PRIVATE
from fastoffice.notifications.models import Delivery, Notice

SLICE = 500
WORST_FIRST = ("failed", "bounced", "sending", "queued", "cancelled", "sent")


def notice_rows(
    branch_id: int, zone: str, moments: tuple[datetime, datetime] | None = None
) -> Iterator[dict[str, Any]]:
    """Every notice with its deliveries, oldest first; with `moments` those owed from the first up to the second.

    Messages that hold a secret of their reader (a recovery link) are left out, as on the screen.
    """
    where = [Notice.branch_id == branch_id, Notice.kind.not_in(PRIVATE)]
    if moments:
        where += [Notice.created_at >= moments[0], Notice.created_at < moments[1]]
    last_id = 0
    while True:
        query = sa.select(Notice).where(*where, Notice.id > last_id).options(selectinload(Notice.deliveries))
        notices = db.session.scalars(query.order_by(Notice.id).limit(SLICE)).all()
        if not notices:
            return
        for notice in notices:
            yield _notice(notice, zone)
        last_id = notices[-1].id


def state_of(states: list[str]) -> str:
    """The state of a notice: the worst of its deliveries."""
    return next((state for state in WORST_FIRST if state in states), "queued")


def _notice(notice: Notice, zone: str) -> dict[str, Any]:
    context = notice.context
    return {
        "id": notice.id, "kind": notice.kind, "occasion": notice.occasion,
        "subject": f"{notice.subject_type}:{notice.subject_id}",
        "number": context.get("invoice_number") or context.get("receipt_number"),
        "old_number": context.get("old_number"), "client": notice.party_name, "language": notice.language,
        "created_at": clock.local(notice.created_at, zone).isoformat(),
        "state": state_of([each.state for each in notice.deliveries]),
        "deliveries": [_delivery(each, zone) for each in notice.deliveries],
    }


def _delivery(delivery: Delivery, zone: str) -> dict[str, Any]:
    return {
        "channel": delivery.channel, "state": delivery.state, "recipients": list(delivery.recipients),
        "attempts": delivery.attempts, "message_id": delivery.message_id,
        "sent_at": clock.local(delivery.sent_at, zone).isoformat() if delivery.sent_at else None,
        "error": delivery.error,
    }
