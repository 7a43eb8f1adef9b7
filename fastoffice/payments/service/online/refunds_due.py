"""Refunds that somebody has to look after: never asked for, not answered, or still under way at the processor."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from fastoffice import leases, transaction
from fastoffice.extensions import db
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.models import CardRefund
from fastoffice.payments.service.online import refunding

log = logging.getLogger(__name__)
UNDER_WAY = sa.text("card_refund.state IN ('created','pending')")  # the index's words
PORTION = 50
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


def count_due(now: datetime) -> int:
    """How many are to be looked at."""
    query = sa.select(sa.func.count()).select_from(CardRefund).where(UNDER_WAY, CardRefund.next_check_at <= now)
    return int(db.session.scalar(query) or 0)


def look(now: datetime) -> int:
    """Bring every due refund up to date; how many. While nothing can be known they wait, longer each time."""
    done = 0
    while ids := transaction.run(_take, now):
        for card_refund_id in ids:
            try:
                refunding.send(card_refund_id, now)
                done += 1
            except (GatewayAway, GatewayRefused) as reason:
                log.warning("refund %s: %s", card_refund_id, type(reason).__name__)
    return done


def _take(now: datetime) -> list[int]:
    """The next ones, put off so that nobody else takes them meanwhile."""
    query = sa.select(CardRefund.id, CardRefund.checks).where(
        UNDER_WAY, CardRefund.next_check_at <= now).order_by(CardRefund.next_check_at).limit(PORTION)
    rows = db.session.execute(leases.lock(query)).all()
    for row in rows:
        wait = min(SHORTEST_WAIT * 2 ** min(row.checks, 9), LONGEST_WAIT)
        db.session.execute(sa.update(CardRefund).where(CardRefund.id == row.id).values(
            next_check_at=now + wait, checks=CardRefund.checks + 1,
            version=CardRefund.version + 1).execution_options(synchronize_session=False))
    return [row.id for row in rows]
