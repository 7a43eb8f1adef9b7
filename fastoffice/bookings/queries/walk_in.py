"""What somebody who stands in the lobby can have at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastoffice.bookings.models import Resource
from fastoffice.bookings.queries import free
from fastoffice.bookings.queries import resources as reading
from fastoffice.bookings.rules import slots
from fastoffice.branches.models import Branch

SHORTEST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class WalkIn:
    """`rooms`: how many there are; `until` (UTC): how long the one that is free longest stays so, None when none is."""

    rooms: int
    until: datetime | None


def walk_in(branch: Branch, kinds: Collection[str], now: datetime) -> WalkIn:
    """Rooms of these kinds that are open and free from now on, in a fixed number of statements."""
    known = free.around(branch, now, now + SHORTEST)
    rooms = [room for room in known.rooms if room.kind in kinds]
    found = [until for room in rooms if (until := _until(known, room, now)) is not None]
    return WalkIn(len(rooms), max(found, default=None))


def _until(known: free.Day, room: Resource, now: datetime) -> datetime | None:
    """Until when it could be had from now on; None when it is shut, taken, or too soon wanted."""
    if not known.is_free(room, now, now + SHORTEST):
        return None
    today = slots.to_wall(now, known.branch.timezone).date()
    terms = reading.terms_of(room, known.branch, known.closed)
    closes = next((end for start, end in slots.open_spans(terms, today - slots.DAY, today + slots.DAY)
                   if start <= now and now + SHORTEST <= end), None)
    if closes is None:
        return None
    after = timedelta(minutes=room.buffer_after)
    return min([closes, *(start - after for start, _end in known.busy(room) if start > now)])
