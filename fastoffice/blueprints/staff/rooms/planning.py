"""What a change, or staying longer, would cost: shown before anybody confirms it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastoffice import clock
from fastoffice.blueprints.rooming import as_shown
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings import service
from fastoffice.bookings.errors import SlotTaken
from fastoffice.bookings.models import Booking
from fastoffice.bookings.queries.free import Offer
from fastoffice.bookings.rules import states
from fastoffice.bookings.service import Occurrence, Quote, Wish, previews, series
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal
from fastoffice.identity import access

LONGER = (30, 60)


@dataclass(frozen=True, slots=True)
class Plan:
    """A change as it would be: one date's `quote`, or `dates` of a series with what they cost together."""

    quote: Quote | None
    dates: tuple[Occurrence, ...]
    included: int
    subtotal: int
    alternatives: tuple[Offer, ...] = ()

    @property
    def taken(self) -> bool:
        return self.quote is not None and isinstance(self.quote.refusal, SlotTaken)

    @property
    def refused(self) -> list[Occurrence]:
        return [item for item in self.dates if item.quote.refusal]


@dataclass(frozen=True, slots=True)
class Longer:
    """Minutes more: what they add to the price (minor units) and take of included hours, or why not."""

    minutes: int
    quote: Quote
    more: int
    hours: int

    @property
    def taken(self) -> bool:
        return isinstance(self.quote.refusal, SlotTaken)


def moves(found: Booking, wish: Wish) -> bool:
    """Whether a wish is of another room or time than the booking has."""
    now = service.wish_of(found)
    return (now.resource_id, now.starts, now.ends) != (wish.resource_id, wish.starts, wish.ends)


def plan_of(found: Booking, form: Typed, wish: Wish) -> Plan | None:
    """What the change would cost, noted on the form as what was shown; None when neither room nor time change."""
    if not moves(found, wish):
        form.values["shown"] = ""
        return None
    branch, now, scope = access.current_branch(), clock.now(), form.text("scope")
    if scope not in series.SCOPES or scope == series.THIS or found.series_id is None:
        plan = _of_one(service.quote(branch, wish, now, instead_of=found))
    else:
        dates = previews.preview_change(branch, found, wish, scope, now)
        plan = Plan(None, tuple(dates), *previews.total_shown(dates))
    form.values["shown"] = as_shown((plan.included, plan.subtotal))
    return plan


def _of_one(quote: Quote) -> Plan:
    included, subtotal = quote.shown or (0, 0)
    offers = tuple(quote.refusal.alternatives) if isinstance(quote.refusal, SlotTaken) else ()
    return Plan(quote, (), included, subtotal, offers)


def longer(branch: Branch, found: Booking, now: datetime) -> list[Longer]:
    """What staying longer would cost those who are in the room now."""
    if found.state not in (states.CONFIRMED, states.CHECKED_IN) or not found.starts_at <= now < found.ends_at:
        return []
    rows = []
    for minutes in LONGER:
        try:
            quote = service.quote_longer(branch, found, minutes, now)
        except Refusal as refusal:
            quote = Quote(None, None, None, 0, False, None, refusal)
        price = quote.price
        rows.append(Longer(minutes, quote, price.subtotal - found.subtotal if price else 0,
                           price.included - found.included if price else 0))
    return rows
