"""Before a document is ended by hand: what can still be paid for it at the processor is closed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.gateway.sealing import SealBroken
from fastoffice.payments.models import PayAttemptPart
from fastoffice.payments.service.online import syncing

log = logging.getLogger(__name__)


def close_pages(invoice_ids: Sequence[int], now: datetime) -> None:
    """Close the pages on which these documents could be paid; what came meanwhile is booked. No unit is open here.

    A voucher that was given can't be taken back: what is paid with it is the client's credit. Raises PageStillOpen
    while the processor does not answer; an account that nobody can reach any more stops nothing.
    """
    query = sa.select(PayAttemptPart.attempt_id).where(
        PayAttemptPart.invoice_id.in_(invoice_ids), PayAttemptPart.active).order_by(PayAttemptPart.attempt_id)
    under_way = list(db.session.scalars(query.distinct()))
    db.session.rollback()
    for attempt_id in under_way:
        try:
            syncing.close(attempt_id, now)
        except (SealBroken, GatewayRefused) as reason:
            log.warning("the page of attempt %s could not be closed: %s", attempt_id, type(reason).__name__)
        except GatewayAway as away:
            raise errors.PageStillOpen from away
