"""What is free: "6 people at 16:00", and what else could be had when a slot is taken."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastoffice.bookings.errors import BookingRefused
from fastoffice.bookings.models import Blackout, Resource
from fastoffice.bookings.queries import bookings
from fastoffice.bookings.queries import resources as reading
from fastoffice.bookings.rules import slots
from fastoffice.bookings.rules.slots import Span
from fastoffice.branches.models import Branch

NEAR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Offer:
    """A resource that can be had from `starts_at` to `ends_at` (UTC)."""

    resource_id: int
    name: str
    capacity: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of a branch around a span, read once for all its resources."""

    branch: Branch
    rooms: list[Resource]
    parts: dict[int, tuple[int, ...]]
    closed: frozenset[date]
    blackouts: list[Blackout]
    taken: dict[int, list[Span]]

    def busy(self, resource: Resource) -> list[Span]:
        """What keeps a resource from being had: its spaces' bookings and blackouts."""
        spaces = reading.space_ids(resource.id, self.parts)
        spans = [span for space in spaces for span in self.taken.get(space, ())]
        return spans + [span for span, _reason in reading.blacked_out(self.blackouts, spaces)]

    def refusal(self, resource: Resource, starts_at: datetime, ends_at: datetime) -> BookingRefused | None:
        """Why a resource cannot be booked then, taken times apart; None when it can."""
        try:
            slots.check_span(reading.terms_of(resource, self.branch, self.closed), starts_at, ends_at)
        except BookingRefused as refusal:
            return refusal
        return None

    def is_free(self, resource: Resource, starts_at: datetime, ends_at: datetime) -> bool:
        span = slots.occupied(starts_at, ends_at, resource.buffer_before, resource.buffer_after)
        return slots.is_free(span, self.busy(resource))


def around(branch: Branch, starts_at: datetime, ends_at: datetime, *, apart_from: Collection[int] = ()) -> Day:
    """Read what `find_free` and `alternatives` need, in a fixed number of statements; some bookings count as gone."""
    rooms = reading.resources(branch.id)
    first, last = starts_at - NEAR, ends_at + NEAR
    taken: dict[int, list[Span]] = {}
    for row in bookings.taken([room.id for room in rooms], first, last):
        if row.booking_id not in apart_from:
            taken.setdefault(row.resource_id, []).append((row.starts_at, row.ends_at))
    return Day(branch, rooms, reading.parts_of(branch.id),
               reading.closed_days(branch, {first.year, last.year}),
               reading.blackouts(branch.id, first, last), taken)


def find_free(
    branch: Branch, starts_at: datetime, ends_at: datetime, *, people: int = 1, kind: str | None = "room",
    equipment: Sequence[str] = (), day: Day | None = None,
) -> list[Offer]:
    """Resources that can be had for all of a span, the smallest that is large enough first."""
    known = day or around(branch, starts_at, ends_at)
    return [
        Offer(room.id, room.name, room.capacity, starts_at, ends_at)
        for room in sorted(known.rooms, key=lambda room: (room.capacity, room.rate, room.name))
        if room.capacity >= people and (kind is None or room.kind == kind) and set(equipment) <= set(room.equipment)
        and known.refusal(room, starts_at, ends_at) is None and known.is_free(room, starts_at, ends_at)
    ]


def alternatives(
    branch: Branch, resource: Resource, starts_at: datetime, ends_at: datetime, *, now: datetime, people: int = 1,
    limit: int = 6,
) -> list[Offer]:
    """Other resources at the same time, then the same one at the nearest times of that day."""
    known = around(branch, starts_at, ends_at)
    others = [offer for offer in find_free(branch, starts_at, ends_at, people=people, kind=resource.kind, day=known)
              if offer.resource_id != resource.id]
    length = ends_at - starts_at
    terms = reading.terms_of(resource, branch, known.closed)
    starts = slots.free_starts(
        terms, slots.to_wall(starts_at, branch.timezone).date(), int(length.total_seconds()) // 60,
        known.busy(resource), resource.buffer_before, resource.buffer_after, now)
    near = sorted(starts, key=lambda moment: (abs(moment - starts_at), moment))
    times = [Offer(resource.id, resource.name, resource.capacity, moment, moment + length) for moment in near]
    half = limit // 2
    chosen = others[:max(half, limit - len(times))]
    return chosen + times[:limit - len(chosen)]
