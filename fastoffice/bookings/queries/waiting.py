"""The waiting list as those who wait see it."""

from __future__ import annotations

from dataclasses import dataclass

from fastoffice.bookings.models import WaitingEntry
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.rules.slots import overlaps


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody who waits, and how many are asked before them, themselves included: 1 is the next."""

    entry: WaitingEntry
    number: int


def places(branch_id: int, client_id: int) -> list[Place]:
    """Where a client stands in each line, in one statement: behind those who wait for the same room, or any, then."""
    rows = reading.waiting(branch_id)
    return [Place(row, 1 + sum(1 for other in rows[:number] if _rivals(row, other)))
            for number, row in enumerate(rows) if row.client_id == client_id]


def _rivals(one: WaitingEntry, other: WaitingEntry) -> bool:
    same = one.resource_id == other.resource_id or (None in (one.resource_id, other.resource_id)
                                                    and one.kind == other.kind)
    return same and overlaps((one.starts_at, one.ends_at), (other.starts_at, other.ends_at))
