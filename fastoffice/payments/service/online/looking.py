"""Attempts that somebody has to look after: never answered, page over, price over, or simply not heard of."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.models import PayAttempt
from fastoffice.payments.service.online import outcomes, syncing, taking

log = logging.getLogger(__name__)
UNDER_WAY = sa.text("pay_attempt.state IN ('created','open','processing')")  # the index's words
DUE = taking.Due(PayAttempt, UNDER_WAY, PayAttempt.next_check_at, PayAttempt.checks,
                 longest_wait=timedelta(minutes=15))


def count_due(now: datetime) -> int:
    """How many are to be looked at."""
    return taking.count(DUE, now)


def look(now: datetime) -> int:
    """Bring every due attempt up to date; how many. While the processor is away they are tried again, later each
    time, and the deadline goes on waiting for them."""
    return sum(_look(portion, now) for portion in taking.portions(DUE, now))


def _look(portion: Sequence[taking.Taken], now: datetime) -> int:
    found = []
    for taken in portion:
        try:
            found.append(syncing.ask(taken.id, now))
        except (GatewayAway, GatewayRefused) as reason:
            log.warning("attempt %s: %s", taken.id, reason.detail or type(reason).__name__)
    return len(found) - len(outcomes.write_all(found, now))
