"""Bookings as people look for them: by client, guest, room or title, of the months around today."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.queries.bookings import SHOWN
from fastoffice.clients.models import Client
from fastoffice.clients.rules import search_words
from fastoffice.extensions import db

BEFORE, AFTER = timedelta(days=120), timedelta(days=400)
_PLAIN = str.maketrans("áéíóúüñÁÉÍÓÚÜÑăâîșțĂÂÎȘȚ", "aeiouunaeiouunaaistaaist")


def find_bookings(branch_id: int, text: str, limit: int, now: datetime) -> list[Any]:
    """Bookings that hold every word, what is nearest to come first: id, room, who, starts_at, state, title.

    The title of a private one is neither searched nor told.
    """
    words = search_words(text)
    if not words:
        return []
    told = sa.case((Booking.private, ""), else_=Booking.title).label("title")
    who = sa.func.coalesce(sa.func.nullif(Client.trade_name, ""), Client.legal_name, Booking.guest_name).label("who")
    looked_in = _folded(told + " " + Booking.guest_name + " " + Booking.guest_email + " " + Resource.name)
    query = sa.select(Booking.id, Resource.name.label("room"), who, Booking.starts_at, Booking.state, told).join(
        Resource, Resource.id == Booking.resource_id).outerjoin(Client, Client.id == Booking.client_id).where(
        Booking.branch_id == branch_id, Booking.starts_at > now - BEFORE, Booking.starts_at < now + AFTER,
        Booking.state.in_(SHOWN))
    for word in words:
        query = query.where(sa.or_(looked_in.contains(word, autoescape=True),
                                   sa.func.coalesce(Client.search_text, "").contains(word, autoescape=True)))
    to_come = sa.case((Booking.ends_at > now, 0), else_=1)
    nearest = (sa.case((Booking.ends_at > now, Booking.starts_at)), Booking.starts_at.desc())
    return list(db.session.execute(query.order_by(to_come, *nearest, Booking.id).limit(limit)))


def _folded(column: Any) -> Any:
    """Without accents and case as both databases can say it."""
    for accented, plain in _PLAIN.items():
        column = sa.func.replace(column, chr(accented), chr(plain))
    return sa.func.lower(column, type_=sa.Text)
