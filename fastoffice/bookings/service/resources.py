"""Setting up what can be booked, and when not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.bookings.errors import BookingRefused, SlotTaken, StaleBooking
from fastoffice.bookings.models import Blackout, Booking, BookingPolicy, Resource, ResourcePart
from fastoffice.bookings.queries import resources as reading
from fastoffice.bookings.rules import slots, states
from fastoffice.bookings.rules.policy import Policy
from fastoffice.bookings.service import placing, room_rates
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.folding import clean_text

KINDS = ("room", "booth", "parking")
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


@dataclass(frozen=True, slots=True)
class ResourceData:
    """A resource as a form gives it; fields as in the model."""

    name: str
    kind: str = "room"
    capacity: int = 1
    description: str = ""
    equipment: tuple[str, ...] = ()
    photo_sha256: str | None = None
    opening: dict[str, Any] = field(default_factory=dict)
    open_on_holidays: bool = False
    buffer_before: int = 0
    buffer_after: int = 0
    min_minutes: int = 30
    max_minutes: int = 480
    step: int = 30
    needs_approval: bool = False
    for_guests: bool = False
    check_in: bool = True
    uses_hours: bool = True
    is_private: bool = False
    rate: int = 0
    tax_profile_id: int | None = None
    is_active: bool = True
    rates: tuple[room_rates.RateData, ...] = ()


def _check(branch: Branch, data: ResourceData, except_id: int) -> None:
    """Raises BookingRefused with the field that is wrong."""
    name = clean_text(data.name)
    if not name or len(name) > 80:
        raise BookingRefused(_l("Give it a name."), field="name")
    same = sa.select(Resource.id).where(
        Resource.branch_id == branch.id, sa.func.lower(Resource.name) == name.lower(), Resource.id != except_id)
    if db.session.scalar(same) is not None:
        raise BookingRefused(_l("Another one has this name."), field="name")
    if data.kind not in KINDS:
        raise BookingRefused(_l("Choose a kind."), field="kind")
    if not 1 <= data.capacity <= 1000:
        raise BookingRefused(_l("From 1 to 1,000 people."), field="capacity")
    if not 5 <= data.step <= 240:
        raise BookingRefused(_l("From 5 to 240 minutes."), field="step")
    if data.min_minutes % data.step or data.min_minutes <= 0:
        raise BookingRefused(_l("A multiple of the step."), field="min_minutes")
    if not data.min_minutes <= data.max_minutes <= 7 * 24 * 60:
        raise BookingRefused(_l("Not below the shortest, and a week at most."), field="max_minutes")
    for part in ("buffer_before", "buffer_after"):
        if not 0 <= getattr(data, part) <= 240:
            raise BookingRefused(_l("From 0 to 240 minutes."), field=part)
    if data.rate < 0:
        raise BookingRefused(_l("A price is not below zero."), field="rate")
    room_rates.check_rates(data.rates)
    check_opening(data.opening)


def check_opening(opening: dict[str, Any]) -> None:
    """Raises BookingRefused for hours that are no hours, end before they begin, or overlap."""
    for day, hours in opening.items():
        last = ""
        for begins, ends in sorted(hours):
            if not (_HOUR.fullmatch(begins) and _HOUR.fullmatch(ends)) or begins >= ends or begins < last:
                raise BookingRefused(_l("These opening hours do not fit together."), field=f"opening_{day}")
            last = ends


def save_resource(branch: Branch, resource: Resource | None, data: ResourceData, actor: audit.Actor, *,
                  seen: int | None = None) -> Resource:
    """Make a resource, or change one; bookings keep the buffers and prices they were made with.

    Raises BookingRefused with its field, StaleBooking.
    """
    if resource is not None and seen is not None and resource.version != seen:
        raise StaleBooking
    _check(branch, data, resource.id if resource else 0)
    values = {**asdict(data), "name": clean_text(data.name), "equipment": list(data.equipment)}
    values.pop("rates")
    action = "resource.changed" if resource else "resource.created"
    if resource is None:
        resource = Resource(branch_id=branch.id)
        db.session.add(resource)
    for name, value in values.items():
        setattr(resource, name, value)
    db.session.flush()
    room_rates.set_rates(resource, data.rates)
    audit.record(actor, action, ("resource", resource.id), {"name": resource.name, "rate": resource.rate},
                 branch_id=branch.id)
    placing.call_all_waiting(branch.id)
    return resource


def set_parts(branch: Branch, whole: Resource, part_ids: Sequence[int], actor: audit.Actor, now: datetime) -> None:
    """Say what a combined room is made of; its bookings to come take the parts too.

    Raises BookingRefused when a part is itself combined, or bookings to come would overlap.
    """
    parts = sorted(set(part_ids) - {whole.id})
    known = reading.parts_of(branch.id)
    rooms = {room.id for room in reading.resources(branch.id, active=False)}
    if not set(parts) <= rooms or any(part in known for part in parts):
        raise BookingRefused(_l("A part must be a simple room of this branch."), field="parts")
    if parts and any(whole.id in others for others in known.values()):
        raise BookingRefused(_l("This room is a part of another one."), field="parts")
    placing.lock_spaces(branch.id, [whole.id, *parts])
    db.session.execute(sa.delete(ResourcePart).where(ResourcePart.whole_id == whole.id))
    db.session.add_all(ResourcePart(whole_id=whole.id, part_id=part, branch_id=branch.id) for part in parts)
    db.session.flush()
    for booking in _to_come(whole, now):
        try:
            placing.occupy(branch, booking, whole, sorted({whole.id, *parts}))
        except SlotTaken as taken:
            raise BookingRefused(_l("Bookings to come would overlap, first on %(day)s.",
                                    day=booking.local_start[:10]), field="parts") from taken
    audit.record(actor, "resource.parts", ("resource", whole.id), {"parts": parts}, branch_id=branch.id)
    placing.call_all_waiting(branch.id)


def _to_come(resource: Resource, now: datetime) -> list[Booking]:
    query = sa.select(Booking).where(
        Booking.resource_id == resource.id, Booking.ends_at > now, Booking.state.in_(states.ACTIVE))
    return list(db.session.scalars(query.order_by(Booking.starts_at)))


def add_blackout(
    branch: Branch, resource: Resource | None, starts: datetime, ends: datetime, reason: str, actor: audit.Actor, *,
    request_key: str | None = None,
) -> tuple[Blackout, list[Booking]]:
    """Close a resource, or all of them, for a while (wall times, naive). The blackout, and the bookings in it, which
    stay until somebody moves or cancels them. The same `request_key` is the same blackout.
    """
    starts_at, ends_at = slots.to_utc(starts, branch.timezone), slots.to_utc(ends, branch.timezone)
    if ends_at <= starts_at:
        raise BookingRefused(_l("It must end after it starts."), field="ends")
    rooms = [resource.id] if resource else [room.id for room in reading.resources(branch.id)]
    placing.lock_spaces(branch.id, rooms)
    row = _blackout_by_key(branch.id, request_key)
    if row is None:
        row = Blackout(branch_id=branch.id, resource_id=resource.id if resource else None, starts_at=starts_at,
                       ends_at=ends_at, reason=clean_text(reason)[:200], request_key=request_key or None,
                       created_by=actor.name)
        db.session.add(row)
        db.session.flush()
        audit.record(actor, "blackout.added", ("blackout", row.id), {"resource": row.resource_id}, branch_id=branch.id)
    query = sa.select(Booking).where(
        Booking.branch_id == branch.id, Booking.resource_id.in_(rooms), Booking.state.in_(states.ACTIVE),
        Booking.starts_at < ends_at, Booking.ends_at > starts_at)
    return row, list(db.session.scalars(query.order_by(Booking.starts_at)))


def _blackout_by_key(branch_id: int, key: str | None) -> Blackout | None:
    query = sa.select(Blackout).where(Blackout.branch_id == branch_id, Blackout.request_key == key)
    return db.session.scalar(query) if key else None


def remove_blackout(row: Blackout, actor: audit.Actor) -> None:
    """Open again."""
    audit.record(actor, "blackout.removed", ("blackout", row.id), {"resource": row.resource_id},
                 branch_id=row.branch_id)
    db.session.delete(row)
    placing.call_all_waiting(row.branch_id)


def save_policy(branch: Branch, policy: Policy, actor: audit.Actor) -> None:
    """Set the branch's numbers; bookings made before keep the end of their free cancellation."""
    limits = {"free_cancel_hours": 720, "late_fee_percent": 100, "no_show_minutes": 240, "hold_minutes": 1440,
              "offer_minutes": 1440, "ahead_days": 1100}
    for name, most in limits.items():
        if not 0 <= getattr(policy, name) <= most:
            raise BookingRefused(_l("From 0 to %(count)s.", count=most), field=name)
    row = db.session.get(BookingPolicy, branch.id)
    if row is None:
        row = BookingPolicy(branch_id=branch.id)
        db.session.add(row)
    for name in limits:
        setattr(row, name, getattr(policy, name))
    audit.record(actor, "bookings.policy", ("branch", branch.id), asdict(policy), branch_id=branch.id)
