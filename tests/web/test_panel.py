"""The door: it says what is on and for whom, and nobody is charged for what they did not see and confirm."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.bookings.models import Booking, Resource
from fastoffice.bookings.queries import hours
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.mailroom.service import nominees
from tests.factories.contracts import make_client, make_contract
from tests.factories.devices import paired
from tests.factories.money import at
from tests.factories.people import ACTOR, Cast
from tests.factories.rooms import ALWAYS, book, make_room, wall, wish
from tests.web.browser import Browser
from tests.web.statements import counted_statements

LATE = at(1, 10, 7)


class Door:
    """The panel beside a room."""

    def __init__(self, app: Any, cast: Cast, room: Resource) -> None:
        _device, secret = paired(cast.polanco, "panel", "Puerta", room.id)
        self.browser: Browser = app.test_client()
        self.browser.set_cookie("fo_panel", secret)

    @property
    def state(self) -> dict[str, Any]:
        return self.browser.get("/panel/state", headers={"X-Device-Call": "1"}).json

    def tell(self, path: str, **fields: Any) -> Any:
        return self.browser.post(f"/panel/{path}", data=fields, csrf=False, headers={"X-Device-Call": "1"})

    def offer(self, **told: Any) -> Any:
        return self.tell("offer", **{"minutes": "30", "company": "Güemes", "name": "laura guemes", "pin": "4711", **told})


@pytest.fixture(autouse=True)
def seven_past_ten():
    with clock.fixed_at(LATE):
        yield


@pytest.fixture
def guemes(cast: Cast) -> Client:
    """An hour of the rooms is in her contract; Laura has a PIN."""
    client = make_client(cast.polanco, "Logística Güemes", trade_name="Güemes")
    make_contract(client, meeting_minutes=60)
    key = client.id
    transaction.run(lambda: nominees.name_one(db.session.get_one(Client, key), "Laura Güemes", "4711", ACTOR, LATE))
    return client


def bookings() -> list[Booking]:
    return list(db.session.scalars(sa.select(Booking).order_by(Booking.id).execution_options(populate_existing=True)))


def test_the_meeting_that_is_on_past_midnight_shows_and_private_titles_do_not(app, cast) -> None:
    room = make_room(cast.polanco, "Sala Madero", opening=ALWAYS)
    book(cast.polanco, wish(room, wall(3, 22), wall(4, 2), title="Fusión secreta", private=True))
    door = Door(app, cast, room)
    with clock.fixed_at(at(4, 0, 30)):
        page, said = door.browser.get("/panel/").text, door.state
    assert (said["kind"], said["until"]) == ("waiting", "02:00")
    assert said["title"] != ""
    assert "Fusión" not in page + said["title"]


def test_whatever_a_meeting_is_called_is_text_at_the_door(app, cast) -> None:
    room = make_room(cast.polanco, "Sala <b>Madero</b>", opening=ALWAYS)
    book(cast.polanco, wish(room, wall(1, 11), wall(1, 12), title="<script>alert(1)</script>{{7*7}}"))
    page = Door(app, cast, room).browser.get("/panel/").text
    assert "<script>alert" not in page
    assert "<b>Madero" not in page
    assert "{{7*7}}" in page


def test_a_room_that_costs_nobody_anything_is_taken_with_one_tap(app, cast) -> None:
    room = make_room(cast.polanco, "Cabina", kind="booth", opening=ALWAYS, rate=0)
    book(cast.polanco, wish(room, wall(1, 11), wall(1, 12)))
    door = Door(app, cast, room)
    assert (door.state["free"], door.state["lengths"]) == (True, [15, 30, 45])
    for _ in range(2):
        said = door.tell("booking", minutes="30", key="a").json
    assert (said["kind"], said["until"], len(bookings())) == ("busy", "10:37", 2)
    more = door.tell("longer", minutes="15", booking=said["booking"]).json
    said = door.tell("extension", minutes="15", booking=said["booking"], shown=more["shown"]).json
    assert said["until"] == "10:52"
    refused = door.tell("longer", minutes="15", booking=said["booking"])
    assert (refused.status_code, "refused" in refused.json) == (422, True)
    with clock.fixed_at(at(1, 10, 20)):
        said = door.tell("end", booking=said["booking"]).json
    assert (said["kind"], said["until"]) == ("free", "11:00")


def test_a_member_sees_hours_and_price_before_the_pin_books_them(app, cast, guemes: Client) -> None:
    door = Door(app, cast, make_room(cast.polanco, "Sala Madero", opening=ALWAYS))
    assert not door.state["free"]
    assert "$300.00" in door.state["terms"]
    offer = door.offer(minutes="60").json
    assert offer["says"][0] == "10:07–11:07"
    assert "0:00" in offer["says"][1], "the hour of the contract, and nothing left of it"
    said = door.tell("booking", minutes="60", member=offer["member"], shown=offer["shown"], key="k").json
    assert (said["kind"], said["until"]) == ("busy", "11:07")
    [made] = bookings()
    assert (made.client_id, made.organiser_name, made.origin, made.included, made.owed) == (
        guemes.id, "Laura Güemes", "panel", 60, 0)
    more = door.tell("longer", minutes="30", booking=made.id).json
    assert "$174.00" in " ".join(more["says"])
    assert door.tell("extension", minutes="30", booking=made.id, shown="60,1").status_code == 422, "not what was shown"
    assert door.tell("extension", minutes="30", booking=made.id, shown=more["shown"]).json["until"] == "11:37"
    [made] = bookings()
    assert (made.owed, made.included) == (15_000, 60)
    [month] = hours.hours(guemes.id, LATE.date(), LATE.date())
    assert month.left == 0


def test_without_a_pin_nothing_is_booked_and_five_wrong_ones_lock_it(app, cast, guemes: Client) -> None:
    door = Door(app, cast, make_room(cast.polanco, "Sala Madero", opening=ALWAYS))
    said = {door.offer(**wrong).json["refused"] for wrong in (
        {"company": "Nadie"}, {"name": "Otra"}, {"pin": "1"}, {"pin": "2"}, {"pin": "3"}, {"pin": "4"}, {"pin": "5"}, {})}
    assert len(said) == 1, "which was wrong is not told, nor that it is locked"
    for made_up in ("", "x.y.z"):
        assert door.tell("booking", minutes="30", member=made_up, key="k").status_code == 422
    assert bookings() == []


def test_trying_names_out_at_a_door_comes_to_an_end(app, cast) -> None:
    door = Door(app, cast, make_room(cast.polanco, opening=ALWAYS))
    assert {door.offer(name=f"Persona {number}").status_code for number in range(25)} == {422, 429}


def test_a_guests_meeting_is_not_made_dearer_at_the_door(app, cast) -> None:
    room = make_room(cast.polanco, "Sala Madero", opening=ALWAYS)
    made = book(cast.polanco, wish(room, wall(1, 10), wall(1, 10, 30), guest_name="Eva Sol"))
    refused = Door(app, cast, room).tell("extension", minutes="30", booking=made.id)
    assert (refused.status_code, "$174.00" in refused.json["refused"]) == (422, True)
    assert bookings()[0].ends_at == at(1, 10, 30)


def test_the_minutes_between_two_meetings_are_not_offered(app, cast) -> None:
    room = make_room(cast.polanco, "Sala Madero", opening=ALWAYS, rate=0, buffer_before=15, buffer_after=0)
    book(cast.polanco, wish(room, wall(1, 11), wall(1, 12)))
    door = Door(app, cast, room)
    assert door.state["lengths"] == [15, 30]
    assert door.tell("booking", minutes="30", key="a").status_code == 200


def test_the_panel_speaks_the_branchs_language_and_whichever_is_chosen(app, cast) -> None:
    door = Door(app, cast, make_room(cast.polanco, opening=ALWAYS))
    assert ">Libre<" in door.browser.get("/panel/", headers={"Accept-Language": "en"}).text
    assert ">Free<" in door.browser.get("/panel/?language=en").text
    assert door.browser.get("/panel/").headers["Cache-Control"] == "no-store"


def test_nobody_but_the_panel_asks_the_door(client, cast, app) -> None:
    assert client.get("/panel/state", headers={"X-Device-Call": "1"}).status_code == 401
    door = Door(app, cast, make_room(cast.polanco, opening=ALWAYS))
    for path in ("booking", "offer", "extension", "end"):
        assert door.browser.post(f"/panel/{path}", data={"minutes": "30"}, csrf=False).status_code == 400
    assert door.browser.get("/staff/rooms/").location.endswith("/panel/")


def test_a_full_day_costs_the_same_statements(app, cast) -> None:
    room = make_room(cast.polanco, "Sala Madero", opening=ALWAYS)
    door, counts = Door(app, cast, room), []
    for first in (12, 14):
        for hour in range(first, first + 2):
            book(cast.polanco, wish(room, wall(1, hour), wall(1, hour + 1)))
        with counted_statements() as seen:
            assert len(door.state["next"]) >= 2
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 21
