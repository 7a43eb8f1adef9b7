"""What must always hold of bookings, in a fixed number of statements: each check answers with what breaks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import clock
from fastoffice.bookings.models import Booking, BookingSpace, HoursEntry, Resource
from fastoffice.bookings.queries.hours import GRANTS, month_of
from fastoffice.bookings.rules import states
from fastoffice.bookings.service.charging import ORIGIN
from fastoffice.branches.models import Branch
from fastoffice.charges.models import WITHDRAWN, PendingCharge
from fastoffice.contracts import queries as contracts
from fastoffice.extensions import db

LATE = timedelta(days=1)  # what the minute brings may be late after a pause, and is not broken by that
SENTENCES = (
    (r"hours: booking (?P<a>\d+) differs from the ledger",
     _l("The hours of booking %(a)s are not those of the ledger.")),
    (r"hours: contract (?P<a>\d+) is below zero in (?P<b>\S+)",
     _l("Contract %(a)s gave more hours in %(b)s than it had.")),
    (r"hours: contract (?P<a>\d+) differs from its plan in (?P<b>\S+)",
     _l("The hours of contract %(a)s in %(b)s are not those of its plan.")),
    (r"charges: booking (?P<a>\d+) differs from its charges", _l("The charges of booking %(a)s do not add up.")),
    (r"charges: booking (?P<a>\d+) owes what nobody charged", _l("What booking %(a)s owes is on no charge.")),
    (r"rooms: (?P<a>.+) is taken twice by booking (?P<b>\d+)",
     _l("%(a)s is taken twice at the same time, by booking %(b)s and another.")),
    (r"rooms: booking (?P<a>\d+) has no room", _l("Booking %(a)s has no room.")),
    (r"rooms: booking (?P<a>\d+) keeps its room", _l("Booking %(a)s is over or cancelled and keeps its room.")),
)


def verify(branch_id: int) -> list[str]:
    """What is broken among a branch's bookings, in words; empty when everything holds."""
    return [text for check in CHECKS for text in check(branch_id)]


def _hours_of_bookings(branch_id: int) -> Iterable[str]:
    """What a booking keeps is what it used less what it gave back."""
    sums = sa.select(HoursEntry.booking_id, -sa.func.sum(HoursEntry.minutes).label("minutes")).where(
        HoursEntry.branch_id == branch_id, HoursEntry.booking_id.is_not(None)).group_by(HoursEntry.booking_id)
    taken = sums.subquery()
    query = sa.select(Booking.id).outerjoin(taken, taken.c.booking_id == Booking.id).where(
        Booking.branch_id == branch_id, Booking.hours_kept != sa.func.coalesce(taken.c[1], 0))
    for (booking_id,) in db.session.execute(query):
        yield f"hours: booking {booking_id} differs from the ledger"


def _hours_of_months(branch_id: int) -> Iterable[str]:
    """No month gave more than it had; one that is not over was granted its plan, or what was used of a larger one."""
    today = clock.local_date(clock.now(), db.session.get_one(Branch, branch_id).timezone)
    months: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    query = sa.select(HoursEntry.contract_id, HoursEntry.month, HoursEntry.kind, sa.func.sum(HoursEntry.minutes)).where(
        HoursEntry.branch_id == branch_id)
    for contract_id, month, kind, minutes in db.session.execute(
            query.group_by(HoursEntry.contract_id, HoursEntry.month, HoursEntry.kind)):
        months[contract_id, month][kind] = int(minutes)
    plans = {row.id: row for row in contracts.plans(sorted({key[0] for key in months}))}
    for (contract_id, month), kinds in sorted(months.items()):
        used = -kinds.get("used", 0) - kinds.get("given_back", 0)
        if sum(kinds.values()) < 0:
            yield f"hours: contract {contract_id} is below zero in {month}"
        elif month >= month_of(today) and (
                sum(kinds.get(kind, 0) for kind in GRANTS) != max(contracts.plan_in(plans[contract_id], month), used)):
            yield f"hours: contract {contract_id} differs from its plan in {month}"


def _charges(branch_id: int) -> Iterable[str]:
    """What a booking says is charged is what its charges ask for; what staff waived of it is asked for no more."""
    asked: dict[int, int] = defaultdict(int)
    waived: dict[int, int] = defaultdict(int)
    for origin, amount, dropped_at in db.session.execute(
            sa.select(PendingCharge.origin, PendingCharge.unit_price, PendingCharge.dropped_at).where(
                PendingCharge.branch_id == branch_id, PendingCharge.origin.startswith(ORIGIN),
                ~PendingCharge.origin.contains(WITHDRAWN, autoescape=True))):
        (waived if dropped_at else asked)[int(origin.removeprefix(ORIGIN).partition(".")[0])] += amount
    query = sa.select(Booking.id, Booking.charged).where(
        Booking.branch_id == branch_id, Booking.client_id.is_not(None),
        sa.or_(Booking.charged != 0, Booking.owed != 0))
    said = {row.id: row.charged for row in db.session.execute(query)}
    for key in sorted({*said, *asked, *waived}):
        charged = said.get(key, 0)
        if asked[key] + min(waived[key], max(charged - asked[key], 0)) != charged:
            yield f"charges: booking {key} differs from its charges"


def _uncharged(branch_id: int) -> Iterable[str]:
    """What a booking owes stands as a charge once it can no longer be cancelled free."""
    query = sa.select(Booking.id).where(
        Booking.branch_id == branch_id, Booking.client_id.is_not(None), Booking.charged != Booking.owed,
        Booking.state.in_((*states.AGREED, states.CANCELLED)),
        sa.or_(Booking.charge_at <= clock.now() - LATE, Booking.charged != 0))
    for (booking_id,) in db.session.execute(query.order_by(Booking.id)):
        yield f"charges: booking {booking_id} owes what nobody charged"


def _overlaps(branch_id: int) -> Iterable[str]:
    """One active booking per room and instant, whatever the database's own guard let through."""
    before = sa.func.max(BookingSpace.ends_at).over(
        partition_by=BookingSpace.resource_id, order_by=(BookingSpace.starts_at, BookingSpace.id), rows=(None, -1))
    columns = (BookingSpace.booking_id, BookingSpace.resource_id, BookingSpace.starts_at, before.label("before"))
    spaces = sa.select(*columns).where(BookingSpace.branch_id == branch_id, BookingSpace.active).subquery()
    query = sa.select(Resource.name, spaces.c.booking_id).join(Resource, Resource.id == spaces.c.resource_id).where(
        spaces.c.before > spaces.c.starts_at)
    for name, booking_id in db.session.execute(query):
        yield f"rooms: {name} is taken twice by booking {booking_id}"


def _spaces(branch_id: int) -> Iterable[str]:
    """A booking that is on has its room; one that is cancelled, released or given up has none."""
    has = sa.exists().where(BookingSpace.booking_id == Booking.id, BookingSpace.active)
    lacking = sa.select(Booking.id).where(Booking.branch_id == branch_id, Booking.state.in_(states.ACTIVE), ~has)
    for (booking_id,) in db.session.execute(lacking):
        yield f"rooms: booking {booking_id} has no room"
    keeping = sa.select(Booking.id).where(
        Booking.branch_id == branch_id, Booking.state.not_in((*states.ACTIVE, states.DONE)), has)
    for (booking_id,) in db.session.execute(keeping):
        yield f"rooms: booking {booking_id} keeps its room"


CHECKS = (_hours_of_bookings, _hours_of_months, _charges, _uncharged, _overlaps, _spaces)
