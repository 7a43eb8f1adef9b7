"""Series before they are confirmed: every date with its price, and why it cannot be had. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from fastoffice.bookings.errors import BookingRefused, NoLongerPossible
from fastoffice.bookings.models import Booking
from fastoffice.bookings.queries import hours as reading
from fastoffice.bookings.queries.free import Offer
from fastoffice.bookings.queries.hours import month_of
from fastoffice.bookings.queries.once import reading_once
from fastoffice.bookings.rules import recurrence, slots
from fastoffice.bookings.rules.pricing import Price
from fastoffice.bookings.rules.recurrence import Recurrence
from fastoffice.bookings.service import booking as making
from fastoffice.bookings.service.hours import Spent
from fastoffice.bookings.service.series import Choice, Occurrence, moves, part_of_series, wishes
from fastoffice.bookings.service.wishes import Wish, price_of, readable_allowances, resource_of
from fastoffice.branches.models import Branch

MARGIN = timedelta(days=3)


def preview(
    branch: Branch, first: Wish, rule: Recurrence, now: datetime, choices: Mapping[date, Choice] | None = None
) -> list[Occurrence]:
    """Every date with its price and why it cannot be had, before anything is booked. Writes nothing.

    Dates take included hours in their order, as `book_series` does. The same few statements for two dates and for a
    year of them.
    """
    found, spent = [], Spent()
    wanted = wishes(first, rule, choices)
    with _read_once([wish for _day, wish in wanted]):
        for day, wish in wanted:
            found.append(Occurrence(day, wish, making.quote(branch, wish, now, spent=spent)))
            _spend(spent, found[-1])
    clashes = _own_clashes(branch, [item.wish for item in found])
    return [
        replace(item, quote=replace(item.quote, refusal=BookingRefused(
            _l("It would begin before the date before it is over."), field="starts")))
        if place in clashes else item
        for place, item in enumerate(found)
    ]


def preview_change(branch: Branch, booking: Booking, wish: Wish, scope: str, now: datetime, *,
                   by_staff: bool = True) -> list[Occurrence]:
    """Every date that `change` would reach with its price then and why it cannot be had. Writes nothing."""
    rows = part_of_series(booking, scope, now)
    moving, spent, found = {row.id for row in rows}, Spent(), []
    steps = list(moves(rows, wish, datetime.fromisoformat(booking.local_start).date()))
    with _read_once([moved for _row, _day, moved in steps], sorted(moving)):
        for row, day, moved in steps:
            quote = making.quote(branch, moved, now, instead_of=row, moving=moving, spent=spent)
            if not by_staff and now > row.charge_at:
                late = NoLongerPossible(_l("It is too late to move it here. Call the reception."))
                quote = replace(quote, refusal=late)
            found.append(Occurrence(day, moved, quote))
            _spend(spent, found[-1])
            for held in reading.of_booking(row.id):
                key = (held.contract_id, held.month)
                spent[key] = spent.get(key, 0) + held.minutes
    return sorted(found, key=lambda item: item.day)


def _read_once(wanted: Sequence[Wish], bookings: Sequence[int] = ()) -> AbstractContextManager[None]:
    """What these dates have in common is read once; walls and moments are less than MARGIN apart."""
    if not wanted:
        return nullcontext()
    first, last = min(wish.starts for wish in wanted), max(wish.ends for wish in wanted)
    return reading_once(first.replace(tzinfo=UTC) - MARGIN, last.replace(tzinfo=UTC) + MARGIN, bookings)


def total_shown(found: Sequence[Occurrence]) -> tuple[int, int]:
    """What a form carries as `Wish.shown` of all dates together: (included minutes, subtotal)."""
    prices = [item.quote.price for item in found if item.quote.price and not item.quote.refusal]
    return sum(price.included for price in prices), sum(price.subtotal for price in prices)


def _spend(spent: Spent, item: Occurrence) -> None:
    """What a date takes of hours is gone for those after it; one that cannot be had takes none."""
    for contract_id, minutes in item.quote.price.covered if item.quote.price and not item.quote.refusal else ():
        key = (contract_id, month_of(item.wish.starts.date()))
        spent[key] = spent.get(key, 0) + minutes


def _own_clashes(branch: Branch, wanted: list[Wish]) -> set[int]:
    """Places of dates that overlap the one before in the same room."""
    spans: list[slots.Span] = []
    day_of_nothing = datetime.min.replace(tzinfo=UTC)
    for wish in wanted:
        try:
            spans.append((slots.to_utc(wish.starts, branch.timezone), slots.to_utc(wish.ends, branch.timezone)))
        except BookingRefused:
            spans.append((day_of_nothing, day_of_nothing))
    return {place for place in recurrence.clash_within(spans)
            if wanted[place].resource_id == wanted[place - 1].resource_id}


def prices(branch: Branch, wish: Wish, offers: Sequence[Offer], now: datetime) -> dict[int, Price]:
    """What each offer would cost whoever wishes, by resource, in the same few statements for one or many."""
    found: dict[int, Price] = {}
    if not offers:
        return found
    starts_at, ends_at = offers[0].starts_at, offers[0].ends_at
    with reading_once(starts_at, ends_at):
        allowances = readable_allowances(branch, wish, now)
        for offer in offers:
            room = resource_of(branch, offer.resource_id)
            found[room.id], _profile = price_of(branch, room, wish, starts_at, ends_at, allowances)
    return found
