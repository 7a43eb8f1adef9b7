"""What comes with time: holds that run out, no-shows, endings, charges, offers; and the end of a month's hours."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice.audit import Actor
from fastoffice.bookings.models import Booking
from fastoffice.bookings.rules import states
from fastoffice.bookings.service import changing, charging, hours, placing, presence, waiting
from fastoffice.branches.models import Branch
from fastoffice.extensions import db

PORTION = 500


def unsettled(now: datetime) -> tuple[sa.ColumnElement[bool] | sa.TextClause, ...]:
    """Conditions on bookings past their free cancellation whose charge does not stand yet."""
    differs = sa.text("booking.charged <> booking.owed")  # as its partial index says it
    return (differs, Booking.charge_at <= now, Booking.client_id.is_not(None),
            Booking.state.not_in((states.HELD, states.PENDING, states.RELEASED)))  # of the few that the index finds


def uncharged(branch_id: int, now: datetime, limit: int = PORTION) -> list[Booking]:
    """Bookings past their free cancellation whose charge does not stand yet."""
    query = sa.select(Booking).where(
        Booking.branch_id == branch_id, *unsettled(now))
    return list(db.session.scalars(query.order_by(Booking.id).limit(limit)))


def attend(branch_id: int, now: datetime) -> None:
    """Do what is due of a branch; again without harm."""
    branch, actor = db.session.get_one(Branch, branch_id), Actor.system()
    placing.let_expired_go(branch.id, now)
    presence.release_no_shows(branch, actor, now)
    presence.finish(branch, actor, now)
    for booking in uncharged(branch.id, now):
        changing.hold_row(booking)  # somebody may be cancelling it
        charging.settle(branch, booking, actor, now)
    waiting.offer_waiting(branch, actor, now)


def end_months(branch_id: int, now: datetime) -> None:
    """Hours of months that are over end with them; again without harm."""
    hours.expire(db.session.get_one(Branch, branch_id), Actor.system(), now)
