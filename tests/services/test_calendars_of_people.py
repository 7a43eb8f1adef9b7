"""Whose calendar it is: a contact's, a colleague's, a member of staff's; what each reads, and when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import icalendar
import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.bookings import calendars, service
from fastoffice.bookings.queries import feeds as reading
from fastoffice.bookings.service import attending, changing, feeds
from fastoffice.clients import service as clients
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.identity.models import PortalAccess, User
from fastoffice.identity.portal import granting
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, within
from tests.factories.people import make_branch, make_user
from tests.factories.portal import let_in
from tests.factories.rooms import book, do, make_room, wall, wish

NOW = at(1)
LAURA = "laura@guemes.mx"


@pytest.fixture(autouse=True)
def day_one():
    with clock.fixed_at(NOW):
        yield


@pytest.fixture
def branch(app):
    return make_branch("PLC")


@pytest.fixture
def room(branch):
    return make_room(branch)


@pytest.fixture
def guemes(branch):
    client = make_client(branch, "Güemes", email=LAURA)
    make_contract(client)
    return client


@pytest.fixture
def laura(guemes) -> User:
    return let_in(guemes)


def address(branch, user, **how) -> str:
    return within(branch, NOW, lambda row: feeds.open_own(row, user.id, MARIANA, NOW, **how))


def titles(token: str, now=NOW) -> list[str]:
    given = reading.subscription(feeds.by_token(token))
    text = calendars.feed("", reading.of_feed(given, now), "America/Mexico_City", may_read=given.may_read)
    return [str(each["summary"]) for each in icalendar.Calendar.from_ical(text).walk("VEVENT")]


def is_over(token: str) -> bool:
    found = feeds.by_token(token)
    return found is None or reading.subscription(found) is None


def test_a_contact_reads_the_clients_rooms_but_not_what_a_colleague_keeps_private(branch, room, guemes, laura) -> None:
    stranger = make_client(branch)
    make_contract(stranger)
    token = address(branch, laura, client_id=guemes.id, own_only=False)
    mine = replace(wish(room, wall(3, 9), wall(3, 10), guemes), title="Ventas", organiser_email=LAURA)
    book(branch, mine)
    book(branch, replace(mine, title="Nómina", private=True, starts=wall(3, 10), ends=wall(3, 11)))
    book(branch, replace(mine, title="Despido", private=True, organiser_email="jefe@guemes.mx", starts=wall(3, 11),
                         ends=wall(3, 12)))
    book(branch, replace(mine, title="Fusión", private=True, organiser_email="jefe@guemes.mx", starts=wall(3, 12),
                         ends=wall(3, 13), attendees=(LAURA.upper(),)))
    book(branch, wish(room, wall(3, 14), wall(3, 15), stranger, title="De otros"))
    assert titles(token) == ["Ventas", "Nómina", "Reservado", "Fusión"]


def test_who_wants_only_their_own_reads_what_they_organise_or_attend(branch, room, guemes, laura) -> None:
    token = address(branch, laura, client_id=guemes.id)
    theirs = wish(room, wall(3, 9), wall(3, 10), guemes, title="Otra", organiser_email="jefe@guemes.mx")
    book(branch, theirs)
    book(branch, replace(theirs, title="Mía", organiser_email=LAURA, starts=wall(3, 10), ends=wall(3, 11)))
    book(branch, replace(theirs, title="Voy", attendees=(LAURA,), starts=wall(3, 11), ends=wall(3, 12)))
    book(branch, replace(theirs, title="Casi", attendees=(f"x{LAURA}",), starts=wall(3, 12), ends=wall(3, 13)))
    assert titles(token) == ["Mía", "Voy"]


def test_a_member_of_staff_reads_what_they_organise_in_their_branches_alone(app, branch, room) -> None:
    other = make_branch("TIJ")
    mariana = make_user("receptionist", [branch], email="m@fastoffice.mx")
    token = address(branch, mariana)
    ours = wish(room, wall(3, 9), wall(3, 10), guest_name="Casa", title="Equipo", organiser_email=mariana.email)
    book(branch, ours)
    book(other, replace(ours, resource_id=make_room(other).id, title="Tijuana"))
    assert titles(token) == ["Equipo"]
    db.session.get_one(User, mariana.id).active = False
    db.session.commit()
    assert is_over(token)


@pytest.mark.parametrize("ending", ["revoked", "rooms taken", "contact gone", "archived", "renewed"])
def test_an_address_is_worth_what_its_readers_access_is(branch, room, guemes, laura, ending: str) -> None:
    token = address(branch, laura, client_id=guemes.id)
    assert titles(token) == []
    key, client_id = laura.id, guemes.id
    access_id = db.session.scalars(sa.select(PortalAccess.id)).one()

    def end() -> None:
        access, client = db.session.get_one(PortalAccess, access_id), db.session.get_one(Client, client_id)
        if ending == "revoked":
            granting.revoke(MARIANA, access, NOW)
        elif ending == "rooms taken":
            granting.change(MARIANA, access, ["invoices"])
        elif ending == "contact gone":
            client.contacts[0].email = "otra@guemes.mx"
        elif ending == "archived":
            clients.archive_client(MARIANA, client, NOW)
        else:
            feeds.open_own(branch, key, MARIANA, NOW, client_id=client_id)

    transaction.run(end)
    assert is_over(token)


def test_two_that_open_an_address_at_once_leave_one(branch, room, guemes, laura) -> None:
    address(branch, laura, client_id=guemes.id)
    again = sa.text("INSERT INTO person_feed (branch_id, user_id, client_id, own_only, token_hash, created_at) "
                    "SELECT branch_id, user_id, client_id, own_only, 'x', created_at FROM person_feed")
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(again)
    db.session.rollback()


def only_event(token: str, now) -> icalendar.Event:
    given = reading.subscription(feeds.by_token(token))
    text = calendars.feed("", reading.of_feed(given, now), "America/Mexico_City", may_read=given.may_read)
    [event] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return event


def test_the_sequence_grows_when_nobody_comes_when_they_come_late_and_when_they_leave_early(branch, room) -> None:
    token = within(branch, NOW, lambda row: feeds.open_feed(row, MARIANA, NOW, resource_id=room.id))
    made = book(branch, wish(room, wall(1, 11), wall(1, 13)))
    said = [only_event(token, NOW)]
    late = at(1, 11, 20)
    within(branch, late, lambda row: attending.attend(row.id, late))
    said.append(only_event(token, late))
    do(branch, at(1, 11, 25), service.check_in, made)
    said.append(only_event(token, late))
    left = at(1, 12, 10) + timedelta(seconds=40)
    do(branch, left, service.end_early, made)
    said.append(only_event(token, left))
    assert [str(each["status"]) for each in said] == ["CONFIRMED", "CANCELLED", "CONFIRMED", "CONFIRMED"]
    assert [int(each["sequence"]) for each in said] == [0, 1, 2, 3]
    assert {str(each["uid"]) for each in said} == {made.uid}
    assert [f"{each['dtend'].dt:%H:%M}" for each in said] == ["13:00", "13:00", "13:00", "12:10"]


def test_what_waits_for_a_yes_is_tentative_and_a_no_takes_it_out(branch, guemes) -> None:
    asked = make_room(branch, needs_approval=True)
    token = within(branch, NOW, lambda row: feeds.open_feed(row, MARIANA, NOW, resource_id=asked.id))
    made = book(branch, wish(asked, wall(3, 9), wall(3, 10), guemes, origin="portal"))
    given = reading.subscription(feeds.by_token(token))
    assert b"FBTYPE=BUSY-TENTATIVE" in calendars.free_busy("x", reading.of_feed(given, NOW), NOW, at(30))
    assert str(only_event(token, NOW)["status"]) == "TENTATIVE"
    do(branch, NOW, changing.cancel, made)
    assert str(only_event(token, NOW)["status"]) == "CANCELLED"
    assert b"FREEBUSY;" not in calendars.free_busy("x", reading.of_feed(given, NOW), NOW, at(30))
