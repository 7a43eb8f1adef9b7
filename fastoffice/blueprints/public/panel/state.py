"""How the door stands, as words and wall times: nothing that the corridor may not know."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from fastoffice import clock, money
from fastoffice.bookings.models import Resource
from fastoffice.bookings.queries import free
from fastoffice.bookings.queries import panel as reading
from fastoffice.bookings.rules import slots, states
from fastoffice.bookings.service import Wish
from fastoffice.bookings.service.wishes import PANEL, stretches_for
from fastoffice.branches.models import Branch

LENGTHS = (15, 30, 45, 60)
LONGER = (15, 30)


def state_of(branch: Branch, room: Resource, now: datetime) -> dict[str, Any]:
    """The door as JSON. `free`: booking it costs nobody anything, so that it is taken without a PIN."""
    door, zone = reading.door(branch, room, now), branch.timezone
    on, kind, text = door.now, *_how(door, room)
    own = on is not None and on.resource_id == room.id
    lengths = _lengths(branch, room, door, now)
    return {
        "kind": kind, "text": text, "clock": hour(now, zone),
        "title": reading.title_of(on) if on is not None else "",
        "until": hour(on.ends_at if on is not None else door.free_until, zone),
        "booking": on.id if own else 0,
        "next": [{"title": reading.title_of(row), "from": hour(row.starts_at, zone), "to": hour(row.ends_at, zone)}
                 for row in door.next],
        "lengths": lengths, "free": costs_nothing(room),
        "terms": _terms(branch, room, lengths[0], now) if lengths else "",
        "may_end": own and on.state in (states.CONFIRMED, states.CHECKED_IN),
        "may_check_in": own and kind == "waiting",
    }


def costs_nothing(room: Resource) -> bool:
    """Whether nobody ever pays for it, in money or in hours."""
    return room.rate == 0 and not room.rates


def now_for(branch: Branch, room: Resource, minutes: int, now: datetime, **values: Any) -> Wish:
    """What the door books: from this minute on."""
    starts_at = now.replace(second=0, microsecond=0)
    return Wish(room.id, slots.to_wall(starts_at, branch.timezone),
                slots.to_wall(starts_at + timedelta(minutes=minutes), branch.timezone), origin=PANEL, **values)


def hour(moment: datetime | None, zone: str) -> str:
    return f"{clock.local(moment, zone):%H:%M}" if moment else ""


def _how(door: reading.Door, room: Resource) -> tuple[str, str]:
    if door.now is None:
        return ("free", _("Free")) if door.open else ("closed", _("Closed"))
    if door.now.state == states.CONFIRMED and room.check_in:
        return "waiting", _("Waiting for check-in")
    return "busy", _("Occupied")


def _lengths(branch: Branch, room: Resource, door: reading.Door, now: datetime) -> list[int]:
    """How long it could be booked now, the minutes before and after other meetings left alone."""
    if door.now is not None or not door.open:
        return []
    starts_at = now.replace(second=0, microsecond=0)
    ends = {minutes: starts_at + timedelta(minutes=minutes) for minutes in LENGTHS if minutes <= room.max_minutes}
    known = free.around(branch, starts_at, starts_at + timedelta(minutes=LENGTHS[-1]))
    return [minutes for minutes, ends_at in ends.items()
            if (door.free_until is None or ends_at <= door.free_until) and known.is_free(room, starts_at, ends_at)]


def _terms(branch: Branch, room: Resource, minutes: int, now: datetime) -> str:
    """Who pays what, before anybody presses."""
    if costs_nothing(room):
        return _("Free of charge.")
    starts_at = now.replace(second=0, microsecond=0)
    first = stretches_for(room, now_for(branch, room, minutes, now), starts_at, starts_at + timedelta(minutes=minutes),
                          branch.timezone)[0]
    rate = money.display(first.rate, branch.currency)
    if room.uses_hours:
        return _("For our clients, with their PIN: your included hours, then %(price)s an hour plus tax.", price=rate)
    return _("For our clients, with their PIN: %(price)s an hour plus tax.", price=rate)
