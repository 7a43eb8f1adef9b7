"""What stands in a calendar: bookings of a room, or of a client, with what a calendar needs to know of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice.bookings.models import Booking, CalendarFeed, Resource
from fastoffice.bookings.rules import states
from fastoffice.clients.models import Client
from fastoffice.extensions import db

PAST, AHEAD = timedelta(days=60), timedelta(days=400)
IN_CALENDARS = (states.PENDING, states.CONFIRMED, states.CHECKED_IN, states.DONE, states.CANCELLED, states.NO_SHOW)


def columns() -> Any:
    """The statement that reads rows for a calendar."""
    return (
        sa.select(Booking.id, Booking.uid, Booking.sequence, Booking.title, Booking.private, Booking.guest_name,
                  Booking.starts_at, Booking.ends_at, Booking.zone, Booking.state, Booking.changed_at,
                  Booking.created_at, Booking.organiser_name, Booking.organiser_email, Booking.attendees,
                  Resource.name.label("room"), Resource.is_private.label("room_is_private"),
                  sa.func.coalesce(sa.func.nullif(Client.trade_name, ""), Client.legal_name, "").label("client_name"))
        .join(Resource, Resource.id == Booking.resource_id).outerjoin(Client, Client.id == Booking.client_id)
    )


def of_feed(feed: CalendarFeed, now: datetime) -> list[Any]:
    """The bookings of an address around now, cancelled ones too, so that calendars take them out."""
    query = columns().where(
        Booking.branch_id == feed.branch_id, Booking.state.in_(IN_CALENDARS), Booking.starts_at > now - PAST,
        Booking.starts_at < now + AHEAD)
    if feed.resource_id is not None:
        query = query.where(Booking.resource_id == feed.resource_id)
    else:
        query = query.where(Booking.client_id == feed.client_id)
        if feed.email:
            query = query.where(Booking.organiser_email == feed.email)
    return list(db.session.execute(query.order_by(Booking.starts_at, Booking.id)))


def of_booking(booking_id: int) -> Any:
    """One booking as a calendar reads it."""
    return db.session.execute(columns().where(Booking.id == booking_id)).one()
