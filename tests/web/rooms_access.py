"""Who may open what of the rooms: the rows and samples that access_table.py takes over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.bookings import service
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.rules import slots
from fastoffice.bookings.service import changing
from fastoffice.bookings.service import resources as rooms
from fastoffice.documents.files import files
from fastoffice.extensions import db
from tests.factories.money import MARIANA, within
from tests.factories.people import Cast
from tests.factories.rooms import ALWAYS, attend, do, make_room, wish
from tests.web import portal_access

PANEL = "device:panel"
TABLE: dict[str, str] = {
    "rooms.forgive": "invoices.adjust",
    **dict.fromkeys(("rooms.index", "rooms.find", "rooms.show", "rooms.waiting", "rooms.hours", "rooms.photo"),
                    "rooms.view"),
    **dict.fromkeys((
        "rooms.new", "rooms.find_clients", "rooms.quote", "rooms.create", "rooms.create_series", "rooms.change",
        "rooms.cancel", "rooms.approve", "rooms.check_in", "rooms.end", "rooms.extend", "rooms.quote_change",
        "rooms.wait", "rooms.offer", "rooms.accept", "rooms.end_waiting"), "rooms.book"),
    **dict.fromkeys((
        "rooms.resources", "rooms.new_resource", "rooms.resource", "rooms.create_resource", "rooms.save_resource",
        "rooms.save_policy", "rooms.add_blackout", "rooms.remove_blackout", "rooms.open_feed", "rooms.end_feed",
        "rooms.save_photo"), "rooms.manage"),
    **dict.fromkeys((
        "portal.rooms", "portal.ask_room", "portal.book_room", "portal.wait_for_room", "portal.take_offer",
        "portal.leave_line", "portal.cancel_room", "portal.show_room", "portal.change_room", "portal.book_rooms",
        "portal.room_hours", "portal.room_photo", "portal.calendar", "portal.open_calendar",
        "portal.end_calendar"), "portal:rooms"),
    **dict.fromkeys(("calendars.feed", "calendars.free_busy", "panel.index", "panel.pair"), "public"),
    **dict.fromkeys(("panel.state", "panel.offer", "panel.book", "panel.check_in", "panel.end", "panel.longer",
                     "panel.extend"), PANEL),
}


def a_room(cast: Cast) -> int:
    """Polanco's room, always open; made once."""
    found = db.session.scalar(sa.select(Resource.id).where(Resource.branch_id == cast.polanco.id))
    return int(found or make_room(cast.polanco, opening=ALWAYS, open_on_holidays=True).id)


def a_booking(cast: Cast) -> int:
    """A booking of Polanco's client, tomorrow."""
    found = db.session.scalar(sa.select(Booking.id))
    if found is not None:
        return int(found)
    room, client, now = a_room(cast), portal_access.its_client(cast), clock.now()
    start = slots.to_wall(now, cast.polanco.timezone).replace(minute=0, second=0, microsecond=0)
    wanted = wish(room, start + slots.DAY, start + slots.DAY + 60 * slots.MINUTE, client)
    return int(within(cast.polanco, now, lambda row: service.book(row, wanted, MARIANA, now)).id)


def a_room_with_a_photo(cast: Cast) -> int:
    """Polanco's room, and what it looks like."""
    room = db.session.get_one(Resource, a_room(cast))
    room.photo_sha256 = files().put(b"a photo", "image/jpeg").sha256
    db.session.commit()
    return room.id


def a_closure(cast: Cast) -> int:
    """The room is painted."""
    room, now = a_room(cast), clock.now()
    start = slots.to_wall(now, cast.polanco.timezone)
    return int(within(cast.polanco, now, lambda row: rooms.add_blackout(
        row, db.session.get_one(Resource, room), start, start + slots.DAY, "Pintura", MARIANA)[0].id))


def an_offer(cast: Cast) -> int:
    """What Polanco's client waited for became free, and is held for them."""
    taken, now = db.session.get_one(Booking, a_booking(cast)), clock.now()
    wanted, its_client = service.wish_of(taken), portal_access.its_client(cast).id
    entry = within(cast.polanco, now, lambda row: service.join_waiting(
        row, replace(wanted, client_id=its_client), MARIANA, now)).id
    do(cast.polanco, now, changing.cancel, taken, waive=True)
    attend(cast.polanco, now)
    return int(entry)


SAMPLES: dict[str, Callable[[Cast], Any]] = {
    "booking_id": a_booking, "resource_id": a_room, "blackout_id": a_closure,
    "rooms.photo:resource_id": a_room_with_a_photo,
    **{f"rooms.{act}:entry_id": an_offer for act in ("offer", "accept", "end_waiting")},
    "portal.take_offer:entry_id": an_offer, "portal.leave_line:entry_id": an_offer,
    "portal.room_photo:resource_id": a_room_with_a_photo,
}
