"""What stands on a room's door: now, next, and until when it is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from fastoffice.bookings.models import Resource
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules import slots, states
from fastoffice.branches.models import Branch

SHOWN = timedelta(hours=16)


@dataclass(frozen=True, slots=True)
class Door:
    """`now` and `next` are rows of `bookings.between`; `free_until` (UTC) is None when nothing comes today."""

    now: Any
    next: list[Any]
    free_until: datetime | None
    open: bool


def door(branch: Branch, room: Resource, now: datetime) -> Door:
    """The meeting that is on (begun yesterday or today), those that follow, and how long it is free."""
    parts = setup.parts_of(branch.id)
    ids = [room.id, *parts.get(room.id, ()), *(whole for whole, its in parts.items() if room.id in its)]
    rows = [row for row in reading.between(branch.id, now, now + SHOWN, resource_ids=ids, states_shown=states.ACTIVE)
            if row.state != states.HELD or row.hold_until > now]
    current = next((row for row in rows if row.starts_at <= now < row.ends_at), None)
    later = [row for row in rows if row.starts_at > now]
    wall = slots.to_wall(now, branch.timezone)
    terms = setup.terms_of(room, branch, setup.closed_days(branch, {wall.year}))
    shut = [span for span, _why in setup.blacked_out(setup.blackouts(branch.id, now, now + SHOWN), ids)]
    closes = next((end for start, end in slots.open_spans(terms, wall.date() - slots.DAY, wall.date() + slots.DAY)
                   if start <= now < end), None)
    is_open = closes is not None and slots.is_free((now, now + slots.MINUTE), shut)
    ends = [moment for moment in (later[0].starts_at if later else None, closes, *(start for start, _end in shut
                                                                                   if start > now)) if moment]
    return Door(current, later[:4], min(ends) if ends and current is None else None, is_open)


def title_of(row: Any) -> str:
    """What the corridor may read of a booking."""
    if row.private or row.resource_is_private:
        return str(_("Booked"))
    return str(row.title or row.client_name or row.guest_name or _("Booked"))
