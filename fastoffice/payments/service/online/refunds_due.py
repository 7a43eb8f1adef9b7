"""Refunds that somebody has to look after: never asked for, not answered, or still under way at the processor."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.models import CardRefund
from fastoffice.payments.service.online import refunding, taking

log = logging.getLogger(__name__)
UNDER_WAY = sa.text("card_refund.state IN ('created','pending')")  # the index's words
DUE = taking.Due(CardRefund, UNDER_WAY, CardRefund.next_check_at, CardRefund.checks,
                 longest_wait=timedelta(hours=6), values={"version": CardRefund.version + 1})


def count_due(now: datetime) -> int:
    """How many are to be looked at."""
    return taking.count(DUE, now)


def look(now: datetime) -> int:
    """Bring every due refund up to date; how many. While nothing can be known they wait, longer each time."""
    done = 0
    for portion in taking.portions(DUE, now):
        for taken in portion:
            try:
                refunding.send(taken.id, now)
                done += 1
            except (GatewayAway, GatewayRefused) as reason:
                log.warning("refund %s: %s", taken.id, type(reason).__name__)
    return done
