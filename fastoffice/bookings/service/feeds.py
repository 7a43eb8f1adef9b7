"""Calendar addresses: made, made anew, ended, and found by their token."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.bookings.models import CalendarFeed, PersonFeed
from fastoffice.bookings.queries import feeds as reading
from fastoffice.branches.models import Branch
from fastoffice.extensions import db


def open_feed(branch: Branch, actor: audit.Actor, now: datetime, *, resource_id: int) -> str:
    """A new address for a room; the one before is over. Its token, shown once."""
    end_feed(branch, actor, now, resource_id=resource_id)
    token = secrets.token_urlsafe(24)
    row = CalendarFeed(branch_id=branch.id, resource_id=resource_id, token_hash=_hash(token), created_at=now,
                       created_by=actor.name)
    _keep(row, "calendar_feed", actor, {"resource": resource_id})
    return token


def open_own(
    branch: Branch, user_id: int, actor: audit.Actor, now: datetime, *, client_id: int | None = None,
    own_only: bool = True,
) -> str:
    """A new address of a person: of a client's file, or as staff without one. The one before is over.

    Its token, shown once.
    """
    end_own(branch, user_id, actor, now, client_id=client_id)
    token = secrets.token_urlsafe(24)
    row = PersonFeed(branch_id=branch.id, user_id=user_id, client_id=client_id, own_only=own_only,
                     token_hash=_hash(token), created_at=now)
    _keep(row, "person_feed", actor, {"client": client_id, "own_only": own_only})
    return token


def _keep(row: CalendarFeed | PersonFeed, kind: str, actor: audit.Actor, said: dict[str, object]) -> None:
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "calendar.opened", (kind, row.id), said, branch_id=row.branch_id)


def end_feed(
    branch: Branch, actor: audit.Actor, now: datetime, *, resource_id: int | None = None, client_id: int | None = None,
) -> None:
    """Nobody reads there any more: a room's address, or a client's own. Again without harm."""
    query = sa.select(CalendarFeed).where(
        CalendarFeed.branch_id == branch.id, CalendarFeed.ended_at.is_(None),
        CalendarFeed.resource_id == resource_id, CalendarFeed.client_id == client_id)
    for row in db.session.scalars(query.with_for_update()):
        row.ended_at = now
        audit.record(actor, "calendar.ended", ("calendar_feed", row.id), branch_id=branch.id)
    db.session.flush()


def end_own(
    branch: Branch, user_id: int, actor: audit.Actor, now: datetime, *, client_id: int | None = None,
) -> None:
    """Nobody reads a person's address any more. Again without harm."""
    row = reading.of_person(user_id, client_id)
    if row is not None:
        row.ended_at = now
        db.session.flush()
        audit.record(actor, "calendar.ended", ("person_feed", row.id), branch_id=branch.id)


def by_token(token: str) -> CalendarFeed | PersonFeed | None:
    """The address that is still open, or None."""
    if not 20 <= len(token) <= 64:
        return None
    own = sa.select(PersonFeed).where(PersonFeed.token_hash == _hash(token), PersonFeed.ended_at.is_(None))
    room = sa.select(CalendarFeed).where(CalendarFeed.token_hash == _hash(token), CalendarFeed.ended_at.is_(None))
    return db.session.scalar(own) or db.session.scalar(room)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
