"""Strangers who try the lobby's pages: figures that nobody shows, addresses without end, and the clock as a tell-tale."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import icalendar
import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import clock
from fastoffice.blueprints.rooming import price_shown
from fastoffice.bookings import calendars
from fastoffice.bookings.models import Booking
from fastoffice.bookings.queries import feeds
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.mailroom.service import nominees
from fastoffice.notifications.models import Delivery, Notice
from fastoffice.notifications.preview import message_of
from fastoffice.sent import house_of
from tests.factories.lobby import TEN, Lobby
from tests.factories.people import ACTOR, Cast
from tests.factories.portal import come_in, let_in
from tests.factories.rooms import book, make_room, wall, wish
from tests.web import rooms_access
from tests.web.browser import Browser, htmx_headers
from tests.web.tablet import Tablet

ENDLESS = "9" * 5000 + ",1"
HOSTILE = "<script>alert(1)</script>{{7*7}}<b hx-get=/x>"
TURNED = "ga\u202else\u200b\r\nBcc: x@y.z " + HOSTILE
FORMULA = "=HYPERLINK(1)"
HOUR = {"day": "2026-12-03", "at": "10:00", "minutes": "60", "people": "2"}


@pytest.fixture(autouse=True)
def ten_o_clock():
    with clock.fixed_at(TEN):
        yield


@pytest.fixture
def lobby(cast: Cast) -> Lobby:
    return Lobby(cast.polanco)


def name_one(lobby: Lobby, name: str, pin: str) -> None:
    key = lobby.guemes_id
    lobby.do(lambda _branch: nominees.name_one(db.session.get_one(Client, key), name, pin, ACTOR, TEN))


def test_a_price_shown_is_two_figures_and_nothing_else() -> None:
    assert price_shown("30,15000") == (30, 15_000)
    assert {price_shown(text) for text in ("", "1", "1,2,3", "-1,5", "\u0661,\u0662", "a,b", ENDLESS, "1," + ENDLESS)} == {None}


def test_figures_without_end_are_no_price_and_no_fault(client: Browser, manager: Browser, lobby: Lobby, cast: Cast) -> None:
    room = make_room(cast.polanco, "Sala Juárez").id
    come_in(client, let_in(lobby.guemes))
    sent = {**HOUR, "resource": str(room), "shown": ENDLESS, "parts": "9" * 5000}
    for browser, address in ((client, "/portal/rooms/wait"), (client, "/portal/rooms/book"), (manager, "/staff/rooms/bookings/new"),
                             (manager, f"/staff/rooms/resources/{room}")):
        assert browser.post(address, data=sent).status_code in {200, 303, 422}, address


def test_whose_name_stands_there_without_a_pin_takes_as_long(app: Flask, lobby: Lobby, monkeypatch) -> None:
    name_one(lobby, "Laura Güemes", "")
    tried: list[str] = []
    real = nominees.verify_password
    monkeypatch.setattr(nominees, "verify_password", lambda pin, hashed: tried.append(pin) or real(pin, hashed))
    assert Tablet(app, lobby.branch).tell("members", text="Güemes", name="Laura Güemes", pin="4711").json == {"member": ""}
    assert tried == ["4711"], "one look at a hash, as for a wrong PIN and for nobody"


@pytest.mark.parametrize(("address", "house"), [
    ("10.0.0.1", "10.0.0.1"), ("2001:db8:1:2::7", "2001:db8:1:2::/64"), ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
    ("::ffff:10.0.0.1", "10.0.0.1"), ("", ""), ("unknown", "unknown")])
def test_a_stranger_is_one_stranger_at_all_of_their_addresses(address: str, house: str) -> None:
    assert house_of(address) == house


def test_who_has_many_addresses_is_counted_as_one(app: Flask) -> None:
    def ask(number: int) -> int:
        where: dict[str, Any] = {"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"}
        return app.test_client().post("/rooms/NADA/book", environ_overrides=where).status_code

    assert [ask(number) for number in range(21)] == [404] * 20 + [429]


def test_many_calendars_of_one_house_are_read_each_for_itself(app: Flask, client: Browser) -> None:
    """Tenants share the house's address: one program that asks too often stops no other's calendar."""
    answers = [client.get("/calendar/" + "A" * 22 + ".ics").status_code for _turn in range(121)]
    assert answers == [404] * 120 + [429]
    assert client.get("/calendar/" + "B" * 22 + ".ics").status_code == 404


def test_what_clients_and_guests_write_about_a_meeting_is_text_wherever_it_is_read(
        client: Browser, manager: Browser, mariana: Browser, lobby: Lobby, cast: Cast) -> None:
    room = make_room(cast.polanco, "Sala Juárez").id
    come_in(client, let_in(lobby.guemes))
    asked = {**HOUR, "resource": str(room), "title": TURNED, "attendees": "ana@cliente.mx", "request_key": "k" * 32}
    assert client.post("/portal/rooms/book", data=asked).status_code == 303
    named = replace(wish(room, wall(3, 12), wall(3, 13)), guest_name=FORMULA, guest_email="x@x.mx", title=FORMULA,
                    organiser_name=f'{TURNED}";ROLE=CHAIR:x', attendees=("eva@x.mx",))
    guest = book(cast.polanco, named, TEN).id
    mine, token = db.session.scalars(sa.select(Booking.id).order_by(Booking.id)).first(), address_of(manager, room)
    for browser, address in (
            (mariana, "/staff/rooms/?day=2026-12-03"), (mariana, f"/staff/rooms/bookings/{mine}"), (mariana, "/staff/search?q=7"),
            (mariana, f"/staff/clients/{lobby.guemes_id}/desk"), (client, "/portal/rooms"), (client, f"/portal/rooms/bookings/{mine}")):
        seen = browser.get(address).text
        assert "<script>alert" not in seen, address
        assert "<b hx-get" not in seen, address
        assert not set(seen) & {"\u202e", "\u200b"}, address
    assert "7*7}}" in mariana.get(f"/staff/rooms/bookings/{mine}").text, "it is shown, as it was written"
    feed = icalendar.Calendar.from_ical(client.get(token).text)
    told = {str(event["summary"]) for event in feed.walk("VEVENT")}
    assert told == {clean_text(TURNED), FORMULA}
    mails = db.session.scalars(sa.select(Delivery).join(Notice).where(Notice.kind == "room_booked")).all()
    assert len(mails) >= 2
    for message in map(message_of, mails):
        assert "<script>alert" not in message.html
        assert not {"\n", "\r", "\u202e"} & set(message.subject)
    [event] = icalendar.Calendar.from_ical(calendars.invitation([feeds.of_booking(guest)], "a@b.mx")).walk("VEVENT")
    assert set(event["organizer"].params) == {"CN"}, "a name is a name, whatever stands in it"
    assert f"'{FORMULA}" in manager.get("/staff/exports/bookings.csv").text
    with zipfile.ZipFile(io.BytesIO(manager.get("/staff/exports/bookings.xlsx").data)) as sheet:
        assert "<f>" not in sheet.read("xl/worksheets/sheet1.xml").decode(), "no formula"


def address_of(manager: Browser, room: int) -> str:
    """The private address of the room's calendar."""
    found = re.search(r"/calendar/[\w-]+\.ics", manager.post(f"/staff/rooms/resources/{room}/calendar").text)
    assert found is not None
    return found[0]


def test_whoever_only_looks_at_rooms_changes_nothing(
        app: Flask, client: Browser, manager: Browser, lobby: Lobby, cast: Cast) -> None:
    room = rooms_access.a_room_with_a_photo(cast)
    booking = book(cast.polanco, wish(room, wall(3, 12), wall(3, 13), lobby.guemes, organiser_email="l@x.mx"), TEN).id
    come_in(client, let_in(lobby.guemes))
    addresses = [address_of(manager, room), "/rooms/PLC", f"/rooms/PLC?{urlencode(HOUR)}"]
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in rule.methods and (rule.endpoint.startswith("rooms.") or "/portal/rooms" in rule.rule):
                values = {"resource_id": room, "booking_id": booking, "client_id": lobby.guemes_id}
                addresses.append(rule.build({name: values[name] for name in rule.arguments})[1])
    before = everything_of_rooms()
    for address in addresses:
        window = manager if address.startswith("/staff/") else client
        asked = f"{address}?{urlencode({**HOUR, 'resource': room})}"
        for answer in (window.get(asked), window.head(asked), window.get(asked, headers=htmx_headers(address))):
            assert answer.status_code in (200, 303), address
            answer.close()
    assert everything_of_rooms() == before
    assert len(addresses) > 15


def everything_of_rooms() -> dict[str, list[tuple[Any, ...]]]:
    db.session.expire_all()
    return {name: [tuple(row) for row in db.session.execute(sa.text(f"SELECT * FROM {name} ORDER BY 1"))] for name in (
        "resource", "booking", "booking_space", "booking_series", "waiting_entry", "blackout", "hours_entry", "calendar_feed",
        "person_feed", "pending_charge", "guest_booking", "client", "invoice", "notice", "delivery", "audit_entry")}
