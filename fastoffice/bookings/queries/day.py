"""The rest of the day in the rooms, and what the staff still has a say about: one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.queries.bookings import LONGEST
from fastoffice.bookings.rules import states
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db

MOST = 40


@dataclass(frozen=True, slots=True)
class Day:
    """Rows by hour: id, room, kind, who, title, starts_at, ends_at, state, included (minutes), subtotal."""

    to_come: list[Any]
    to_approve: list[Any]


def rest_of_day(branch: Branch, now: datetime) -> Day:
    """What is on in the rooms or comes today, and bookings of any day that wait for approval."""
    end = clock.end_of_day(clock.local_date(now, branch.timezone), branch.timezone)
    who = sa.func.coalesce(sa.func.nullif(Client.trade_name, ""), Client.legal_name, Booking.guest_name).label("who")
    today = sa.and_(Booking.state.in_((states.CONFIRMED, states.CHECKED_IN)), Booking.starts_at < end,
                    Booking.starts_at > now - LONGEST, Booking.ends_at > now)
    asked = sa.and_(Booking.state == states.PENDING, Booking.starts_at > now)
    query = sa.select(
        Booking.id, Resource.name.label("room"), Resource.kind, who, Booking.title, Booking.starts_at, Booking.ends_at,
        Booking.state, Booking.included, Booking.subtotal).join(Resource, Resource.id == Booking.resource_id).outerjoin(
        Client, Client.id == Booking.client_id).where(Booking.branch_id == branch.id, sa.or_(today, asked))
    rows = db.session.execute(query.order_by(Booking.starts_at, Booking.id).limit(MOST)).all()
    return Day([row for row in rows if row.state != states.PENDING],
               [row for row in rows if row.state == states.PENDING])
