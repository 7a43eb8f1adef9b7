"""Calendar addresses: made, renewed and ended on the screen of whoever they are of, and 404 for everybody afterwards."""

from __future__ import annotations

import hashlib
import re

import icalendar
import pytest

from fastoffice import transaction
from fastoffice.bookings.models import CalendarFeed
from fastoffice.clients import service as clients
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at
from tests.factories.people import Cast
from tests.factories.portal import come_in, let_in
from tests.factories.rooms import book, wall, wish
from tests.web.browser import Browser
from tests.web.statements import counted_statements

LAURA = "laura@guemes.mx"
pytestmark = pytest.mark.usefixtures("day_one")


@pytest.fixture
def guemes(cast: Cast) -> Client:
    client = make_client(cast.polanco, "Güemes", email=LAURA)
    make_contract(client)
    return client


def address_in(page: str) -> str:
    return re.search(r"/calendar/[\w-]+\.ics", page)[0]


def test_a_person_makes_renews_and_ends_their_calendar_address(client: Browser, cast, juarez, guemes) -> None:
    come_in(client, let_in(guemes))
    laura = client
    book(cast.polanco, wish(juarez, wall(3, 9), wall(3, 10), guemes, organiser_email=LAURA, title="Comité"))
    page = laura.post("/portal/rooms/calendar", data={"which": "own"}).text
    first = address_in(page)
    assert first.replace(".ics", ".ifb") in page
    [event] = icalendar.Calendar.from_ical(laura.get(first).data).walk("VEVENT")
    assert str(event["summary"]) == "Comité"
    assert first not in laura.get("/portal/rooms/calendar").text
    second = address_in(laura.post("/portal/rooms/calendar").text)
    assert [laura.get(each).status_code for each in (first, second)] == [404, 200]
    assert laura.get(second.replace(".ics", ".ifb")).status_code == 200
    assert laura.post("/portal/rooms/calendar/end").status_code == 303
    assert laura.get(second).status_code == 404


def test_a_member_of_staff_has_an_address_of_their_own(client: Browser, cast, juarez) -> None:
    client.sign_in(cast.mariana)
    book(cast.polanco, wish(juarez, wall(3, 9), wall(3, 10), title="Equipo", organiser_email=cast.mariana.email))
    book(cast.polanco, wish(juarez, wall(3, 11), wall(3, 12), title="De otros"))
    found = address_in(client.post("/account/calendar").text)
    events = icalendar.Calendar.from_ical(client.get(found).data).walk("VEVENT")
    assert [str(each["summary"]) for each in events] == ["Equipo"]
    assert client.post("/account/calendar/end").status_code == 303
    assert client.get(found).status_code == 404


def test_a_rooms_address_hides_what_is_private_and_ends_on_its_page(client: Browser, cast, juarez) -> None:
    client.sign_in(cast.manager)
    book(cast.polanco, wish(juarez, wall(3, 9), wall(3, 10), title="Fusión", private=True))
    found = address_in(client.post(f"/staff/rooms/resources/{juarez.id}/calendar").text)
    assert b"Fusi" not in client.get(found).data
    assert client.post(f"/staff/rooms/resources/{juarez.id}/calendar/end").status_code == 303
    assert [client.get(each).status_code for each in (found, found.replace(".ics", ".ifb"))] == [404, 404]


def test_an_address_of_a_whole_client_is_over_when_the_client_is_archived(client: Browser, cast, guemes) -> None:
    token, client_id = "a" * 32, guemes.id
    db.session.add(CalendarFeed(branch_id=cast.polanco.id, client_id=client_id, created_at=at(1), created_by="Mariana",
                                token_hash=hashlib.sha256(token.encode()).hexdigest()))
    db.session.commit()
    answer = client.get(f"/calendar/{token}.ics")
    assert answer.status_code == 200
    assert b"BEGIN:VTIMEZONE" in answer.data, "a calendar without anything in it is none"
    again = client.get(f"/calendar/{token}.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    transaction.run(lambda: clients.archive_client(MARIANA, db.session.get_one(Client, client_id), at(1)))
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_a_calendar_takes_as_many_statements_with_many_meetings_as_with_one(client: Browser, cast, juarez, guemes) -> None:
    come_in(client, let_in(guemes))
    own = address_in(client.post("/portal/rooms/calendar", data={"which": "all"}).text)
    taken = []
    for first, last in ((9, 10), (10, 15)):
        for hour in range(first, last):
            book(cast.polanco, wish(juarez, wall(3, hour), wall(3, hour + 1), guemes, attendees=(LAURA,)))
        with counted_statements() as seen:
            text = client.get(own).text
        assert text.count("BEGIN:VEVENT") == last - 9
        taken.append(len(seen))
    assert taken[0] == taken[1] <= 10
