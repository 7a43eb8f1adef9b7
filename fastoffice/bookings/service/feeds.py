"""Calendar addresses: made, made anew, ended, and found by their token."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.bookings.models import CalendarFeed
from fastoffice.branches.models import Branch
from fastoffice.extensions import db


def open_feed(
    branch: Branch, actor: audit.Actor, now: datetime, *, resource_id: int | None = None,
    client_id: int | None = None, email: str = "",
) -> str:
    """A new address for a room or a client's bookings; the one before is over. Its token, shown once."""
    end_feed(branch, actor, now, resource_id=resource_id, client_id=client_id, email=email)
    token = secrets.token_urlsafe(24)
    row = CalendarFeed(branch_id=branch.id, resource_id=resource_id, client_id=client_id, email=email,
                       token_hash=_hash(token), created_at=now, created_by=actor.name)
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "calendar.opened", ("calendar_feed", row.id),
                 {"resource": resource_id, "client": client_id}, branch_id=branch.id)
    return token


def end_feed(
    branch: Branch, actor: audit.Actor, now: datetime, *, resource_id: int | None = None,
    client_id: int | None = None, email: str = "",
) -> None:
    """Nobody reads there any more. Again without harm."""
    query = sa.select(CalendarFeed).where(
        CalendarFeed.branch_id == branch.id, CalendarFeed.email == email, CalendarFeed.ended_at.is_(None),
        CalendarFeed.resource_id == resource_id, CalendarFeed.client_id == client_id)
    for row in db.session.scalars(query):
        row.ended_at = now
        audit.record(actor, "calendar.ended", ("calendar_feed", row.id), branch_id=branch.id)


def by_token(token: str) -> CalendarFeed | None:
    """The address that is still open, or None."""
    if not 20 <= len(token) <= 64:
        return None
    return db.session.scalar(sa.select(CalendarFeed).where(
        CalendarFeed.token_hash == _hash(token), CalendarFeed.ended_at.is_(None)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
