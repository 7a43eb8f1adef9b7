"""Attempts that somebody has to look after: never answered, page over, price over, or simply not heard of."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from fastoffice import leases, transaction
from fastoffice.extensions import db
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.models import PayAttempt
from fastoffice.payments.service.online import syncing

log = logging.getLogger(__name__)
UNDER_WAY = sa.text("pay_attempt.state IN ('created','open','processing')")  # the index's words
PORTION = 50
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=15)


def count_due(now: datetime) -> int:
    """How many are to be looked at."""
    query = sa.select(sa.func.count()).select_from(PayAttempt).where(UNDER_WAY, PayAttempt.next_check_at <= now)
    return int(db.session.scalar(query) or 0)


def look(now: datetime) -> int:
    """Bring every due attempt up to date; how many. While the processor is away they are tried again, later each
    time, and the deadline goes on waiting for them."""
    done = 0
    while ids := transaction.run(_take, now):
        for attempt_id in ids:
            try:
                syncing.sync(attempt_id, now)
                done += 1
            except (GatewayAway, GatewayRefused) as reason:
                log.warning("attempt %s: %s", attempt_id, reason.detail or type(reason).__name__)
    return done


def _take(now: datetime) -> list[int]:
    """The next ones, put off so that nobody else takes them meanwhile."""
    query = sa.select(PayAttempt.id, PayAttempt.checks).where(
        UNDER_WAY, PayAttempt.next_check_at <= now).order_by(PayAttempt.next_check_at).limit(PORTION)
    rows = db.session.execute(leases.lock(query)).all()
    for row in rows:
        wait = min(SHORTEST_WAIT * 2 ** min(row.checks, 5), LONGEST_WAIT)
        db.session.execute(sa.update(PayAttempt).where(PayAttempt.id == row.id).values(
            next_check_at=now + wait, checks=PayAttempt.checks + 1).execution_options(synchronize_session=False))
    return [row.id for row in rows]
