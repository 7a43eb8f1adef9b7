"""What the lobby owes the clock is asked of all branches at once, and wakes only those with something to do."""

from __future__ import annotations

import pytest

from fastoffice import schedule
from fastoffice.bookings import duties, service
from fastoffice.bookings.models import WaitingEntry
from fastoffice.bookings.service import changing
from fastoffice.bookings.service import resources as rooms
from fastoffice.extensions import db
from fastoffice.mailroom import duties as mail_duties
from fastoffice.visitors import duties as visits_duties
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_branch
from tests.factories.rooms import attend, book, do, make_room, set_policy, wall, wish
from tests.web.statements import counted_statements


@pytest.fixture
def branch(app):
    return make_branch("PLC")


def woken(now):
    return [unit.branch_id for unit in duties.due_units(now)]


def test_an_idle_minute_is_a_few_statements_for_any_number_of_branches(branch) -> None:
    def statements():
        with counted_statements() as seen:
            for module in (duties, mail_duties, visits_duties):
                assert list(module.due_units(at(3))) == []
        return len(seen)

    one = statements()
    for code in ("CUN", "TIJ", "GDL", "MTY"):
        make_branch(code)
    assert statements() == one <= 6


def test_each_kind_of_work_wakes_its_branch_alone_and_once_done_wakes_nobody(branch) -> None:
    other = make_branch("CUN")
    set_policy(other, no_show_minutes=40)
    client = make_client(branch)
    make_contract(client)
    room = make_room(branch)
    held = within(branch, at(1), lambda row: service.hold(
        row, wish(room, wall(3, 10), wall(3, 11), guest_name="Laura"), MARIANA, at(1)))
    assert woken(at(1, 10, 10)) == []
    assert woken(at(1, 10, 15)) == [branch.id]
    attend(branch, at(1, 10, 15))
    assert (held.state, woken(at(1, 10, 16))) == ("released", [])
    charged = book(branch, wish(make_room(branch), wall(8, 10), wall(8, 11), client))
    assert woken(at(7, 9)) == []
    assert woken(at(7, 10)) == [branch.id]
    attend(branch, at(7, 10))
    assert (charged.charged > 0, woken(at(7, 10))) == (True, [])
    do(branch, at(7, 10), changing.cancel, charged)
    for row in (branch, other):
        book(row, wish(make_room(row), wall(9, 10), wall(9, 12)))
    assert (woken(at(9, 10, 14)), woken(at(9, 10, 15))) == ([], [branch.id])
    assert woken(at(9, 10, 40)) == [branch.id, other.id]
    for row in (branch, other):
        attend(row, at(9, 10, 40))
    door = book(branch, wish(make_room(branch, check_in=False), wall(10, 10), wall(10, 11)))
    assert (woken(at(10, 10, 59)), woken(at(10, 11))) == ([], [branch.id])
    attend(branch, at(10, 11))
    assert (door.state, woken(at(10, 12))) == ("done", [])


def test_who_waits_wakes_nobody_until_something_of_that_time_is_free(branch) -> None:
    room, client = make_room(branch), make_client(branch)
    make_contract(client)
    taken = book(branch, wish(room, wall(3, 10), wall(3, 11)))
    elsewhere = book(branch, wish(room, wall(3, 15), wall(3, 16)))
    entry = within(branch, at(1), lambda row: service.join_waiting(
        row, wish(room, wall(3, 10), wall(3, 11), client), MARIANA, at(1)))
    attend(branch, at(1))
    assert woken(at(1, 10, 1)) == []
    do(branch, at(1, 10, 2), changing.cancel, elsewhere)
    assert woken(at(1, 10, 2)) == []
    do(branch, at(1, 10, 3), lambda row, found, actor, now: changing.change(
        row, found, wish(room, wall(4, 10), wall(4, 11)), actor, now), taken)
    assert woken(at(1, 10, 3)) == [branch.id]
    attend(branch, at(1, 10, 3))
    assert db.session.get_one(WaitingEntry, entry.id).state == "offered"
    assert woken(at(1, 10, 4)) == []
    assert woken(at(1, 10, 33)) == [branch.id]  # nobody took it
    attend(branch, at(1, 10, 33))
    assert (db.session.get_one(WaitingEntry, entry.id).state, woken(at(1, 10, 34))) == ("ended", [])


def test_a_blackout_that_is_lifted_is_seen_by_who_waits(branch) -> None:
    room, client = make_room(branch), make_client(branch)
    make_contract(client)
    book(branch, wish(room, wall(3, 10), wall(3, 11)))
    within(branch, at(1), lambda row: service.join_waiting(
        row, wish(room, wall(3, 10), wall(3, 11), client), MARIANA, at(1)))
    attend(branch, at(1))
    black, _met = within(branch, at(1), lambda row: rooms.add_blackout(
        row, None, wall(3, 0), wall(4, 0), "Pintura", MARIANA))
    within(branch, at(1, 10, 5), lambda _row: rooms.remove_blackout(db.session.merge(black), MARIANA))
    assert woken(at(1, 10, 5)) == [branch.id]


def test_the_months_hours_are_a_duty_of_the_day(branch) -> None:
    assert "fastoffice.bookings.duties.daily_units" in {duty.due for duty in schedule.DUTIES}
    assert [unit.branch_id for unit in duties.daily_units(at(1))] == [branch.id]
