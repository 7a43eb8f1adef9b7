"""What stands in a calendar: bookings of a room, a client or a person, with what a calendar needs to know of each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice.bookings import calendars
from fastoffice.bookings.models import Booking, CalendarFeed, PersonFeed, Resource
from fastoffice.bookings.rules import states
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.identity.models import User
from fastoffice.identity.portal import queries as portal

PAST, AHEAD = timedelta(days=60), timedelta(days=400)
IN_CALENDARS = (states.PENDING, states.CONFIRMED, states.CHECKED_IN, states.DONE, states.CANCELLED, states.NO_SHOW)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What an open address gives now: its name (empty: the branch's), language, bookings, and whose titles."""

    key: str
    name: str
    branch: Branch
    language: str
    which: tuple[sa.ColumnElement[bool], ...]
    may_read: Callable[[Any], bool]


def columns() -> Any:
    """The statement that reads rows for a calendar."""
    return (
        sa.select(Booking.id, Booking.uid, Booking.sequence, Booking.title, Booking.private, Booking.guest_name,
                  Booking.starts_at, Booking.ends_at, Booking.ended_at, Booking.zone, Booking.state,
                  Booking.changed_at, Booking.created_at, Booking.organiser_name, Booking.organiser_email,
                  Booking.attendees, Resource.name.label("room"), Resource.is_private.label("room_is_private"),
                  Branch.name.label("place"),
                  sa.func.coalesce(sa.func.nullif(Client.trade_name, ""), Client.legal_name, "").label("client_name"))
        .join(Resource, Resource.id == Booking.resource_id).join(Branch, Branch.id == Booking.branch_id)
        .outerjoin(Client, Client.id == Booking.client_id)
    )


def is_theirs(email: str) -> sa.ColumnElement[bool]:
    """A condition: this reader organises the booking, or is invited."""
    invited = sa.func.lower(sa.cast(Booking.attendees, sa.Text)).contains(json.dumps(email.lower()), autoescape=True)
    return sa.or_(sa.func.lower(Booking.organiser_email) == email.lower(), invited)


def subscription(found: CalendarFeed | PersonFeed) -> Subscription | None:
    """What an address gives, as far as whoever has it may see it still; None when nothing is open to them."""
    branch = db.session.get_one(Branch, found.branch_id)
    if isinstance(found, PersonFeed):
        return _of_person(found, branch)
    if found.resource_id is not None:
        room = db.session.get_one(Resource, found.resource_id)
        return Subscription(f"room-{found.id}", room.name, branch, branch.language,
                            (Booking.branch_id == branch.id, Booking.resource_id == room.id), calendars.public_titles)
    if _is_archived(found.client_id):
        return None
    return Subscription(f"client-{found.id}", "", branch, branch.language,
                        (Booking.branch_id == branch.id, Booking.client_id == found.client_id),
                        calendars.titles_for(""))


def _of_person(found: PersonFeed, branch: Branch) -> Subscription | None:
    user = db.session.get_one(User, found.user_id)
    which = _of_contact(found, user) if found.client_id is not None else _of_staff(user)
    if which is None or not user.active:
        return None
    return Subscription(f"person-{found.id}", "", branch, user.language or branch.language, which,
                        calendars.titles_for(user.email))


def _of_contact(found: PersonFeed, user: User) -> tuple[sa.ColumnElement[bool], ...] | None:
    """The client's bookings, while their portal shows rooms to this person."""
    may = any(row.client_id == found.client_id and "rooms" in row.may for row in portal.accesses_of(user))
    if not may or _is_archived(found.client_id):
        return None
    which: tuple[sa.ColumnElement[bool], ...] = (
        Booking.branch_id == found.branch_id, Booking.client_id == found.client_id)
    return (*which, is_theirs(user.email)) if found.own_only else which


def _of_staff(user: User) -> tuple[sa.ColumnElement[bool], ...] | None:
    """What they organise or attend in the branches that they work in."""
    branches = [branch.id for branch in access.branches_of(user)]
    if access.is_client(user) or not branches:
        return None
    return (Booking.branch_id.in_(branches), is_theirs(user.email))


def _is_archived(client_id: int | None) -> bool:
    return db.session.scalar(sa.select(Client.archived_at).where(Client.id == client_id)) is not None


def of_feed(given: Subscription, now: datetime) -> list[Any]:
    """The bookings of an address around now, cancelled ones too, so that calendars take them out."""
    query = columns().where(
        *given.which, Booking.state.in_(IN_CALENDARS), Booking.starts_at > now - PAST, Booking.starts_at < now + AHEAD)
    return list(db.session.execute(query.order_by(Booking.starts_at, Booking.id)))


def of_booking(booking_id: int) -> Any:
    """One booking as a calendar reads it."""
    return db.session.execute(columns().where(Booking.id == booking_id)).one()


def of_person(user_id: int, client_id: int | None) -> PersonFeed | None:
    """The open address of a person, for a client's file or as staff."""
    return db.session.scalar(sa.select(PersonFeed).where(
        PersonFeed.user_id == user_id, PersonFeed.client_id == client_id, PersonFeed.ended_at.is_(None)))


def of_company(client_id: int) -> CalendarFeed | None:
    """The open address of all of a client's bookings, of the time when there was one for all."""
    return db.session.scalar(sa.select(CalendarFeed).where(
        CalendarFeed.client_id == client_id, CalendarFeed.ended_at.is_(None)))
