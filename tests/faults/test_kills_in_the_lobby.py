"""Rooms are booked, charged and released, and visitors sign in, while those who do it are killed between two lines."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.service.verifying import verify
from fastoffice.bookings import jobs, service
from fastoffice.bookings.models import Booking, HoursEntry
from fastoffice.bookings.service import changing
from fastoffice.branches.models import Branch
from fastoffice.charges.models import PendingCharge
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.visitors import service as visitors
from fastoffice.visitors.models import HostCall, Visit
from fastoffice.visitors.service import SignIn
from tests.factories.contracts import make_client, make_contract
from tests.factories.lobby import TABLET, Lobby
from tests.factories.money import MARIANA, at
from tests.factories.rooms import make_room, wall, wish
from tests.faults.arena import Arena
from tests.faults.test_kills_while_paying import hunt

BOOKINGS, VISITS = 10, 10
BOOKED, CHARGED, OVER = at(1), at(2, 12), at(3, 23)

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]


def booker(branch_id: int, rooms: Sequence[int], client_id: int) -> None:
    """Books an hour after the other; every fourth is called off again."""
    with clock.fixed_at(BOOKED):
        for number in range(BOOKINGS):
            start = wall(3, 9 + number // len(rooms))
            wanted = wish(rooms[number % len(rooms)], start, start.replace(hour=start.hour + 1),
                          request_key=f"booking-{number}")
            transaction.run(_book, branch_id, client_id, wanted, number % 4 == 3)


def _book(branch_id: int, client_id: int, wanted: service.Wish, is_called_off: bool) -> None:

    branch = db.session.get_one(Branch, branch_id)
    booking = service.book(branch, replace(wanted, client_id=client_id), MARIANA, BOOKED)
    if is_called_off:
        changing.cancel(branch, booking, MARIANA, BOOKED)


def attendant(branch_id: int, moment: datetime) -> None:
    """The worker that charges, releases and ends."""
    with clock.fixed_at(moment):
        jobs.attend_branch(branch_id)


def tablet(branch_id: int) -> None:
    """Sends its sign-ins until each was answered."""
    with clock.fixed_at(BOOKED):
        for number in range(VISITS):
            data = SignIn(request_key=f"visit-{number}", name=f"Ana Pérez {number}", contact="5512345678",
                          host_text="Laura Güemes Ñuño")
            transaction.run(lambda data=data: visitors.sign_in(
                db.session.get_one(Branch, branch_id), data, TABLET, BOOKED))


@pytest.fixture
def arena(committed_app) -> Arena:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    return Arena(committed_app, random.Random(seed))


def test_bookings_hours_and_charges_agree_and_a_visit_is_told_once_whoever_is_killed(arena: Arena) -> None:
    with clock.fixed_at(BOOKED):
        lobby = Lobby()
    branch = lobby.branch
    client = make_client(branch)
    make_contract(client, meeting_minutes=150)
    branch_id, client_id = branch.id, client.id
    rooms = [make_room(branch).id for _ in range(2)]
    db.session.rollback()
    hunt(arena, [(booker, (branch_id, rooms, client_id)), (booker, (branch_id, rooms, client_id)),
                 (tablet, (branch_id,))], 0.5, 6)
    arena.finish(booker, branch_id, rooms, client_id)
    arena.finish(tablet, branch_id)
    for moment in (CHARGED, OVER):
        hunt(arena, [(attendant, (branch_id, moment)), (attendant, (branch_id, moment))], 0.1, 3)
        arena.finish(attendant, branch_id, moment)
    with clock.fixed_at(OVER):
        assert verify(branch_id) == []
    rows = list(db.session.scalars(sa.select(Booking)))
    assert (len(rows), [row.state for row in rows].count("no_show")) == (BOOKINGS, 8)
    used = sa.select(-sa.func.sum(HoursEntry.minutes)).where(HoursEntry.booking_id.is_not(None))
    assert db.session.scalar(used) == sum(row.hours_kept for row in rows) <= 150
    standing = sa.select(sa.func.sum(PendingCharge.unit_price)).where(PendingCharge.dropped_at.is_(None))
    assert db.session.scalar(standing) == sum(row.owed for row in rows) > 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Visit)) == VISITS
    told = sa.select(HostCall.visit_id).join(Notice, Notice.subject_id == HostCall.id).where(
        Notice.subject_type == "host_call")
    assert sorted(db.session.scalars(told)) == sorted(db.session.scalars(sa.select(Visit.id)))  # each once
