"""What somebody wants booked, whether it may be, and what it would cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from fastoffice import clock
from fastoffice.bookings.errors import BookingRefused
from fastoffice.bookings.models import Resource, ResourceRate
from fastoffice.bookings.queries import hours as hours_reading
from fastoffice.bookings.queries import resources as reading
from fastoffice.bookings.queries.once import once
from fastoffice.bookings.rules import pricing, rates, slots
from fastoffice.bookings.rules.policy import Policy
from fastoffice.bookings.rules.pricing import Allowance, Price
from fastoffice.bookings.rules.rates import Stretch, Tariff
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.contracts import queries as contracts
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.folding import fold

STAFF, PORTAL, KIOSK, PANEL, GUEST = ORIGINS = ("staff", "portal", "kiosk", "panel", "guest")
GRACE = timedelta(minutes=5)  # a page stays open while the minute passes
STAFF_BACK = timedelta(hours=12)  # the desk may note what began already today


@dataclass(frozen=True, slots=True)
class Wish:
    """`starts`, `ends`: wall times of the branch, naive. Without a client it is a guest's.

    `shown`: (included minutes, subtotal) that whoever confirms saw; another price is refused with the new one.
    `request_key`: the form's own; sent twice it is one booking.
    """

    resource_id: int
    starts: datetime
    ends: datetime
    client_id: int | None = None
    contract_id: int | None = None
    people: int = 1
    title: str = ""
    notes: str = ""
    private: bool = False
    guest_name: str = ""
    guest_email: str = ""
    guest_phone: str = ""
    organiser_name: str = ""
    organiser_email: str = ""
    attendees: tuple[str, ...] = ()
    origin: str = STAFF
    request_key: str | None = None
    shown: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What is shown before confirming. `left`: minutes of included hours before this booking; `refusal` says why it
    cannot be had, None when it can; `needs_approval` and `free_until` (UTC) are what follows from it.
    """

    starts_at: datetime | None
    ends_at: datetime | None
    price: Price | None
    left: int
    needs_approval: bool
    free_until: datetime | None
    refusal: Refusal | None

    @property
    def left_after(self) -> int:
        return self.left - (self.price.included if self.price else 0)

    @property
    def shown(self) -> tuple[int, int] | None:
        """What a form carries as `Wish.shown`."""
        return (self.price.included, self.price.subtotal) if self.price else None


def resource_of(branch: Branch, resource_id: int) -> Resource:
    """A resource of the branch that can be booked. Raises BookingRefused."""
    resource = db.session.get(Resource, resource_id)
    if resource is None or resource.branch_id != branch.id or not resource.is_active:
        raise BookingRefused(_l("There is no such room."), field="resource")
    return resource


def check(
    branch: Branch, resource: Resource, wish: Wish, spaces: list[int], policy: Policy, now: datetime, *,
    under_way: bool = False,
) -> slots.Span:
    """The wish's moments, if the rules of room and branch allow them; one that is `under_way` may have begun.

    Raises BookingRefused.
    """
    starts_at, ends_at = slots.to_utc(wish.starts, branch.timezone), slots.to_utc(wish.ends, branch.timezone)
    begun = starts_at < now - (STAFF_BACK if wish.origin == STAFF else GRACE) and not under_way
    if begun or ends_at <= now:
        raise BookingRefused(_l("That time is over."), field="starts")
    if starts_at > now + timedelta(days=policy.ahead_days):
        raise BookingRefused(_l("At most %(count)s days ahead.", count=policy.ahead_days), field="starts")
    if wish.people > resource.capacity:
        raise BookingRefused(_l("%(room)s holds %(count)s people.", room=resource.name, count=resource.capacity),
                             field="people")
    closed = reading.closed_days(branch, {wish.starts.year, wish.ends.year})
    terms = reading.terms_of(resource, branch, closed)
    slots.check_span(terms, starts_at, ends_at, any_minute=wish.origin == PANEL)
    rows = reading.blackouts(branch.id, starts_at, ends_at)
    for _span, reason in reading.blacked_out(rows, spaces):
        why = reason or _l("out of use")
        raise BookingRefused(_l("Not bookable then: %(reason)s.", reason=why), field="starts")
    return starts_at, ends_at


def stretches_for(resource: Resource, wish: Wish, starts_at: datetime, ends_at: datetime, zone: str
                  ) -> tuple[Stretch, ...]:
    """What an hour costs whoever wishes, and when: of the room's prices, their plan's and their group's."""
    who: set[rates.Who] = set()
    if wish.client_id is not None and any(row.basis != "all" for row in resource.rates):
        client_id = wish.client_id
        lines = once(("lines", client_id), lambda: contracts.lines_of_client(client_id))
        names = contracts.services_among(hours_reading.contracts_of(client_id), lines, wish.starts.date())
        who = {("plan", fold(name)) for name in names}
        who.add(("group", fold(once(("group", client_id), lambda: clients.group_of(client_id)))))
    return rates.stretches(resource.rate, [tariff_of(row) for row in resource.rates], who, starts_at, ends_at, zone)


def tariff_of(row: ResourceRate) -> Tariff:
    """A price of a room as the rules read it."""
    return Tariff((row.basis, row.name_key), row.rate, row.weekdays, row.from_minute, row.until_minute)


def price_of(
    branch: Branch, resource: Resource, wish: Wish, starts_at: datetime, ends_at: datetime,
    allowances: list[Allowance],
) -> tuple[Price, int]:
    """(price, tax profile's id) of a wish, with what contracts have left."""
    profile_id, taxes = reading.taxes_of(resource.branch_id, resource.tax_profile_id)
    minutes = pricing.billed_minutes(starts_at, ends_at, resource.step)
    given = allowances if resource.uses_hours else []
    stretches = stretches_for(resource, wish, starts_at, ends_at, branch.timezone)
    return pricing.price(minutes, given, stretches, taxes), profile_id


def list_price(branch: Branch, resource: Resource, starts_at: datetime, ends_at: datetime) -> int:
    """What anybody without a plan or hours pays for it, without tax."""
    tariffs = [tariff_of(row) for row in resource.rates]
    found = rates.stretches(resource.rate, tariffs, (), starts_at, ends_at, branch.timezone)
    minutes = pricing.billed_minutes(starts_at, ends_at, resource.step)
    return pricing.price(minutes, (), found, (0, 0, 0)).subtotal


def readable_allowances(branch: Branch, wish: Wish, now: datetime) -> list[Allowance]:
    """What the client has left, read without holding anything."""
    if wish.client_id is None:
        return []
    today = clock.local_date(now, branch.timezone)
    rows = hours_reading.hours(wish.client_id, wish.starts.date(), today, wish.contract_id)
    return [Allowance(row.contract_id, max(row.left, 0), row.beyond) for row in rows]
