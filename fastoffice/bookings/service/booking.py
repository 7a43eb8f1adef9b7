"""Making a booking: its price first, then the booking itself, once."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.bookings.errors import BookingRefused, PriceChanged, SlotTaken
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.queries import free
from fastoffice.bookings.queries import resources as reading
from fastoffice.bookings.rules import policy as policy_rules
from fastoffice.bookings.rules import slots, states
from fastoffice.bookings.rules.pricing import Price
from fastoffice.bookings.service import charging, hours, placing, telling
from fastoffice.bookings.service.hours import Spent
from fastoffice.bookings.service.wishes import (
    GUEST,
    PANEL,
    STAFF,
    Quote,
    Wish,
    check,
    price_of,
    readable_allowances,
    resource_of,
)
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.contracts import queries as contracts
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.folding import clean_text


def quote(branch: Branch, wish: Wish, now: datetime, *, instead_of: Booking | None = None,
          moving: Collection[int] = (), spent: Spent | None = None) -> Quote:
    """Price, hours left and any refusal of a wish, before confirming. Writes nothing.

    `instead_of`: the booking that this would change; its own room and hours count as free, and at the door it may
    have begun. Of a series `moving` are the bookings that move with it, `spent` what dates before it take of hours.
    """
    policy = reading.policy_of(branch.id)
    try:
        resource = resource_of(branch, wish.resource_id)
        parts = reading.parts_of(branch.id)
        spaces = reading.space_ids(resource.id, parts)
        starts_at, ends_at = check(branch, resource, wish, spaces, policy, now,
                                   under_way=instead_of is not None and wish.origin == PANEL)
    except Refusal as why:
        return Quote(None, None, None, 0, False, None, why)
    allowances = readable_allowances(branch, wish, now)
    if instead_of is not None:
        allowances = hours.with_own(allowances, instead_of, wish.starts.date())
    if spent:
        allowances = hours.less(allowances, spent, wish.starts.date())
    price, _profile = price_of(branch, resource, wish, starts_at, ends_at, allowances)
    known = free.around(branch, starts_at, ends_at, apart_from={*moving, *([instead_of.id] if instead_of else [])})
    refusal: Refusal | None = None
    if not known.is_free(resource, starts_at, ends_at):
        refusal = SlotTaken(free.alternatives(
            branch, resource, starts_at, ends_at, now=now, people=wish.people))
    left = sum(item.left for item in allowances) if resource.uses_hours else 0
    return Quote(starts_at, ends_at, price, left, needs_approval(resource, wish),
                 policy_rules.free_until(starts_at, policy), refusal)


def needs_approval(resource: Resource, wish: Wish) -> bool:
    """Whether the staff has a say before it is confirmed; what they book themselves is."""
    return resource.needs_approval and wish.origin != STAFF


def known_by_key(branch_id: int, key: str | None) -> Booking | None:
    """The booking that a form made already."""
    if not key:
        return None
    return db.session.scalar(sa.select(Booking).where(Booking.branch_id == branch_id, Booking.request_key == key))


def book(branch: Branch, wish: Wish, actor: audit.Actor, now: datetime, *, series_id: int | None = None,
         hold_until: datetime | None = None) -> Booking:
    """Book it. With `hold_until` it is only held until then: no hours, no charge before `confirm_hold`.

    Raises SlotTaken with alternatives, PriceChanged, BookingRefused. The same `request_key` is the same booking.
    """
    known = known_by_key(branch.id, wish.request_key)
    if known is not None:
        return known
    resource = resource_of(branch, wish.resource_id)
    _check_people(branch, resource, wish)
    parts = placing.lock_spaces(branch.id, [resource.id])
    spaces = reading.space_ids(resource.id, parts)
    placing.let_expired_go(branch.id, now, spaces)
    policy = reading.policy_of(branch.id)
    starts_at, ends_at = check(branch, resource, wish, spaces, policy, now)
    booking = _new(branch, resource, wish, (starts_at, ends_at), policy_rules.free_until(starts_at, policy), actor, now)
    booking.series_id = series_id
    if hold_until is not None:
        booking.state, booking.hold_until = states.HELD, hold_until
    db.session.add(booking)
    db.session.flush()
    _occupy(branch, booking, resource, spaces, wish, now)
    agree(branch, booking, wish, actor, now)
    audit.record(actor, "booking.made", ("booking", booking.id),
                 {"resource": resource.id, "starts": booking.local_start, "ends": booking.local_end,
                  "included": booking.included, "subtotal": booking.subtotal}, branch_id=branch.id)
    if series_id is None and booking.state == states.CONFIRMED:
        telling.tell(branch, booking, telling.BOOKED)
    return booking


def _check_people(branch: Branch, resource: Resource, wish: Wish) -> None:
    """Raises BookingRefused for a client of elsewhere, a guest without a name, a room that is not for guests."""
    if wish.client_id is not None:
        if clients.client_of(branch.id, wish.client_id) is None:
            raise BookingRefused(_l("There is no such client."), field="client")
        if wish.origin != STAFF and not contracts.in_force_of_client(wish.client_id, wish.starts.date()):
            raise BookingRefused(_l("Your contract is not in force on that day."), field="starts")
    elif wish.origin == GUEST and not resource.for_guests:
        raise BookingRefused(_l("This room is for our clients."), field="resource")
    elif wish.origin not in (PANEL, STAFF) and not wish.guest_name.strip():
        raise BookingRefused(_l("Tell us who books."), field="guest_name")
    if wish.people < 1:
        raise BookingRefused(_l("At least one person."), field="people")


def _new(
    branch: Branch, resource: Resource, wish: Wish, span: slots.Span, charge_at: datetime, actor: audit.Actor,
    now: datetime,
) -> Booking:
    return Booking(
        branch_id=branch.id, resource_id=resource.id, client_id=wish.client_id,
        guest_name=clean_text(wish.guest_name)[:120], guest_email=wish.guest_email.strip()[:254],
        guest_phone=clean_text(wish.guest_phone)[:40], organiser_name=clean_text(wish.organiser_name)[:120],
        organiser_email=wish.organiser_email.strip()[:254], attendees=list(wish.attendees),
        title=clean_text(wish.title)[:120], notes=wish.notes.strip(), private=wish.private, people=wish.people,
        starts_at=span[0], ends_at=span[1], zone=branch.timezone, local_start=wall_text(wish.starts),
        local_end=wall_text(wish.ends), charge_at=charge_at,
        state=states.PENDING if needs_approval(resource, wish) else states.CONFIRMED, origin=wish.origin,
        uid=f"{secrets.token_hex(12)}@{branch.code.lower()}.fastoffice", request_key=wish.request_key,
        created_at=now, created_by=actor.name, changed_at=now)


def wall_text(wall: datetime) -> str:
    """"2026-12-03T16:00"."""
    return wall.isoformat(timespec="minutes")


def _occupy(
    branch: Branch, booking: Booking, resource: Resource, spaces: Sequence[int], wish: Wish, now: datetime
) -> None:
    try:
        placing.occupy(branch, booking, resource, spaces)
    except SlotTaken as taken:
        starts_at, ends_at = booking.starts_at, booking.ends_at
        raise SlotTaken(free.alternatives(
            branch, resource, starts_at, ends_at, now=now, people=wish.people)) from taken


def agree(branch: Branch, booking: Booking, wish: Wish, actor: audit.Actor, now: datetime) -> Price:
    """Settle what the booking costs: hours from its contracts, the rest in money. Raises PriceChanged."""
    resource, allowances = booking.resource, []
    if wish.client_id is not None:
        allowances = hours.allowances(branch, wish.client_id, wish.starts.date(), wish.contract_id, actor, now)
        booking.contract_id = allowances[0].contract_id if allowances else None
    price, profile_id = price_of(branch, resource, wish, booking.starts_at, booking.ends_at, allowances)
    if wish.shown is not None and wish.shown != (price.included, price.subtotal):
        left = sum(item.left for item in allowances)
        raise PriceChanged(Quote(booking.starts_at, booking.ends_at, price, left, needs_approval(resource, wish),
                                 booking.charge_at, None))
    booking.minutes, booking.included, booking.rate = price.minutes, price.included, price.rate
    booking.subtotal, booking.tax, booking.tax_profile_id = price.subtotal, price.tax, profile_id
    booking.price_lines = [
        [wall_text(slots.to_wall(line.starts_at, branch.timezone))[11:], line.minutes, line.rate, line.amount]
        for line in price.lines]
    if booking.state != states.HELD:
        hours.use(booking, price.covered, wish.starts.date(), actor, now)
        booking.owed, booking.hours_kept = price.subtotal, price.included
        charging.settle(branch, booking, actor, now)
    return price


def book_any(branch: Branch, wish: Wish, kind: str, actor: audit.Actor, now: datetime) -> Booking:
    """Book the smallest free resource of a kind for the wish's people, whatever its `resource_id` says.

    Raises SlotTaken with nothing to offer when there is none.
    """
    known = known_by_key(branch.id, wish.request_key)
    if known is not None:
        return known
    starts_at, ends_at = slots.to_utc(wish.starts, branch.timezone), slots.to_utc(wish.ends, branch.timezone)
    rooms = [room.id for room in reading.resources(branch.id, kind=kind)]
    placing.lock_spaces(branch.id, rooms)
    placing.let_expired_go(branch.id, now)
    offers = free.find_free(branch, starts_at, ends_at, people=wish.people, kind=kind)
    if not offers:
        raise SlotTaken
    return book(branch, replace(wish, resource_id=offers[0].resource_id), actor, now)


def hold(branch: Branch, wish: Wish, actor: audit.Actor, now: datetime) -> Booking:
    """Keep the room while somebody pays; it is free again when the branch's minutes run out."""
    minutes = reading.policy_of(branch.id).hold_minutes
    return book(branch, wish, actor, now, hold_until=now + timedelta(minutes=minutes))


def confirm_hold(branch: Branch, booking: Booking, actor: audit.Actor, now: datetime) -> Booking:
    """What was held is booked: paid, or accepted. Again without harm.

    Raises NoLongerPossible when the hold ran out and was released.
    """
    db.session.refresh(booking, with_for_update={"of": Booking})
    if booking.state in (states.PENDING, states.CONFIRMED):
        return booking
    wanted = states.PENDING if booking.resource.needs_approval and booking.origin != STAFF else states.CONFIRMED
    states.check_step(booking.state, wanted)
    booking.state, booking.hold_until, booking.changed_at = wanted, None, now
    agree(branch, booking, wish_of(booking), actor, now)
    audit.record(actor, "booking.confirmed", ("booking", booking.id), branch_id=branch.id)
    if wanted == states.CONFIRMED:
        telling.tell(branch, booking, telling.BOOKED)
    return booking


def wish_of(booking: Booking) -> Wish:
    """A booking as it could be wished again."""
    return Wish(
        booking.resource_id, datetime.fromisoformat(booking.local_start), datetime.fromisoformat(booking.local_end),
        client_id=booking.client_id, contract_id=booking.contract_id, people=booking.people, title=booking.title,
        notes=booking.notes, private=booking.private, guest_name=booking.guest_name, guest_email=booking.guest_email,
        guest_phone=booking.guest_phone, organiser_name=booking.organiser_name,
        organiser_email=booking.organiser_email, attendees=tuple(booking.attendees), origin=booking.origin)
