"""Recurring bookings: every date is looked at before any is booked, and is a booking of its own afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.bookings.errors import BookingRefused, PriceChanged, SeriesConflicts
from fastoffice.bookings.models import Booking, BookingSeries
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.rules import recurrence
from fastoffice.bookings.rules.recurrence import Recurrence
from fastoffice.bookings.service import booking as making
from fastoffice.bookings.service import changing, telling
from fastoffice.bookings.service.booking import wish_of
from fastoffice.bookings.service.wishes import Quote, Wish
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal
from fastoffice.extensions import db

THIS, LATER, ALL = SCOPES = ("this", "later", "all")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a series as it would be; `quote.refusal` says why it cannot."""

    day: date
    wish: Wish
    quote: Quote


@dataclass(frozen=True, slots=True)
class Choice:
    """What to do with a date that is not free: skip it, or another room and time (wall, naive) instead."""

    skip: bool = False
    resource_id: int | None = None
    starts: datetime | None = None
    ends: datetime | None = None


def wishes(first: Wish, rule: Recurrence, choices: Mapping[date, Choice] | None = None) -> list[tuple[date, Wish]]:
    """The wish of each date, as chosen; skipped dates left out. Wall times stay. Raises BookingRefused."""
    found = []
    origin = first.starts.date()
    for day in recurrence.days(origin, rule):
        choice = (choices or {}).get(day, Choice())
        if choice.skip:
            continue
        found.append((day, replace(
            first, resource_id=choice.resource_id or first.resource_id, shown=None,
            starts=choice.starts or recurrence.moved(first.starts, origin, day),
            ends=choice.ends or recurrence.moved(first.ends, origin, day),
            request_key=f"{first.request_key}.{day.isoformat()}" if first.request_key else None)))
    return found


def _check_total(rows: Sequence[Booking], shown: tuple[int, int] | None) -> None:
    """Raises PriceChanged when all together do not cost what was shown."""
    if shown is not None and shown != (sum(row.included for row in rows), sum(row.subtotal for row in rows)):
        raise PriceChanged(None)


def book_series(
    branch: Branch, first: Wish, rule: Recurrence, actor: audit.Actor, now: datetime,
    choices: Mapping[date, Choice] | None = None,
) -> list[Booking]:
    """Book every date that is not skipped, all or none. The same `request_key` is the same series.

    `first.shown` is what all cost together. Raises PriceChanged, SeriesConflicts with the dates that cannot be had.
    """
    known = _known(first.request_key)
    if known is not None:
        return reading.of_series(known)
    wanted = wishes(first, rule, choices)
    if not wanted:
        raise BookingRefused(_l("No date is left."), field="until")
    series = BookingSeries(
        branch_id=branch.id, frequency=rule.frequency, every=rule.every, first_day=first.starts.date(),
        until=rule.until, count=rule.count, zone=branch.timezone, request_key=first.request_key,
        created_at=now, created_by=actor.name)
    db.session.add(series)
    db.session.flush()
    made, refused = [], []
    for day, wish in wanted:
        try:
            made.append(making.book(branch, wish, actor, now, series_id=series.id))
        except Refusal as refusal:
            refused.append(_refused(branch, day, wish, refusal, now))
    if refused:
        raise SeriesConflicts(refused)
    _check_total(made, first.shown)
    telling.tell(branch, made[0], telling.BOOKED, series=made)
    audit.record(actor, "booking.series_made", ("booking_series", series.id), {"dates": len(made)},
                 branch_id=branch.id)
    return made


def _known(request_key: str | None) -> int | None:
    if not request_key:
        return None
    return db.session.scalar(sa.select(BookingSeries.id).where(BookingSeries.request_key == request_key))


def _refused(branch: Branch, day: date, wish: Wish, refusal: Refusal, now: datetime) -> Occurrence:
    quote = making.quote(branch, replace(wish, request_key=None), now)
    return Occurrence(day, wish, replace(quote, refusal=refusal))


def part_of_series(booking: Booking, scope: str, now: datetime) -> list[Booking]:
    """The bookings a change reaches: this one, this and later, or all that have not begun. The past stays as it is."""
    if scope not in SCOPES:
        raise BookingRefused(_l("Choose which dates."), field="scope")
    if scope == THIS or booking.series_id is None:
        return [booking]
    rows = reading.of_series(booking.series_id)
    return [row for row in rows
            if row.state in changing.CHANGEABLE and row.starts_at > now
            and (scope == ALL or row.starts_at >= booking.starts_at)]


def cancel(branch: Branch, booking: Booking, scope: str, actor: audit.Actor, now: datetime, *,
           waive: bool = False, reason: str = "") -> list[Booking]:
    """Cancel this date, this and later, or all to come. Raises NoLongerPossible."""
    rows = part_of_series(booking, scope, now)
    several = len(rows) > 1
    for row in rows:
        changing.cancel(branch, row, actor, now, waive=waive, reason=reason, quiet=several)
    if several:
        telling.tell(branch, rows[0], telling.CANCELLED, series=rows)
    return rows


def change(branch: Branch, booking: Booking, wish: Wish, scope: str, actor: audit.Actor, now: datetime, *,
           by_staff: bool = True, seen: int | None = None) -> list[Booking]:
    """Change this date, this and later, or all to come: room, hours of the day and words as `wish` says; dates move
    by as many days as this one does. One date changed alone leaves the series as it is for the others.

    `wish.shown` is what all that change cost then. Raises PriceChanged, SeriesConflicts with the dates that cannot be
    had, and changes none.
    """
    rows = part_of_series(booking, scope, now)
    if rows == [booking]:
        return [changing.change(branch, booking, wish, actor, now, by_staff=by_staff, seen=seen)]
    changing.hold_row(booking, seen)
    invited = telling.readers(rows[0]) if rows else []
    old_day = datetime.fromisoformat(booking.local_start).date()
    refused = []
    for row, day, moved in moves(rows, wish, old_day):
        try:
            changing.change(branch, row, moved, actor, now, by_staff=by_staff, quiet=True)
        except Refusal as refusal:
            refused.append(_refused(branch, day, replace(wish_of(row), starts=moved.starts, ends=moved.ends), refusal,
                                    now))
    if refused:
        raise SeriesConflicts(refused)
    _check_total(rows, wish.shown)
    if rows:
        telling.tell(branch, rows[0], telling.CHANGED, series=rows)
        telling.uninvite(branch, rows[0], changing.gone_of(rows[0], invited), series=rows)
    return rows


def moves(rows: Sequence[Booking], wish: Wish, old_day: date) -> Iterator[tuple[Booking, date, Wish]]:
    """(booking, its day, what it becomes) when that of `old_day` becomes `wish`; in an order in which none steps on
    the next.
    """
    for row in sorted(rows, key=lambda row: row.starts_at, reverse=wish.starts.date() > old_day):
        day = datetime.fromisoformat(row.local_start).date()
        yield row, day, replace(
            wish, starts=recurrence.moved(wish.starts, old_day, day), ends=recurrence.moved(wish.ends, old_day, day),
            contract_id=row.contract_id, shown=None)
