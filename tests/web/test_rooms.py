"""Rooms as people use them: the desk asks what is free and books, a client sees the price first, the door shows now."""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlalchemy as sa

from fastoffice import clock
from fastoffice.bookings.models import Blackout, Booking, Resource
from fastoffice.bookings.queries import hours
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at
from tests.factories.people import Cast
from tests.factories.portal import come_in, let_in
from tests.factories.rooms import attend, book, make_room, wall, wish
from tests.web.statements import counted_statements

DAY = "2026-12-03"
NEW = {"day": DAY, "at": "16:00", "minutes": "60", "people": "6", "client_name": "Güemes"}


@pytest.fixture(autouse=True)
def day_one():
    """It is ten in the morning of December 1 in Mexico City."""
    with clock.fixed_at(at(1)):
        yield


@pytest.fixture
def juarez(cast: Cast) -> Resource:
    return make_room(cast.polanco, "Sala Juárez")


@pytest.fixture
def guemes(cast: Cast):
    client = make_client(cast.polanco, "Logística Güemes López, S.C.", email="laura@guemes.mx")
    make_contract(client, meeting_minutes=60)
    return client


@pytest.fixture
def mariana(cast: Cast, client):
    client.sign_in(cast.mariana)
    return client


def bookings() -> list[Booking]:
    return list(db.session.scalars(sa.select(Booking).order_by(Booking.id)))


def token(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def test_the_desk_asks_what_is_free_for_six_at_four_and_books_it(mariana, cast, juarez, guemes) -> None:
    make_room(cast.polanco, "Cabina", kind="booth", capacity=1)
    free = mariana.get(f"/staff/rooms/free?people=6&day={DAY}&at=16:00&minutes=60").text
    assert "Sala Juárez" in free
    assert "Cabina" not in free
    page = mariana.get(f"/staff/rooms/bookings/new?resource={juarez.id}&starts={DAY}T16:00&minutes=120&people=6").text
    form = {**NEW, "resource": juarez.id, "minutes": "120", "request_key": token(page, "request_key")}
    seen = mariana.post("/staff/rooms/bookings/new", data=form)  # nobody saw the price yet: it shows, nothing is booked
    assert seen.status_code == 200
    assert "$300.00" in seen.text  # an hour beyond the one included
    assert bookings() == []
    form["shown"] = token(seen.text, "shown")
    for _ in range(2):
        assert mariana.post("/staff/rooms/bookings/new", data=form).status_code == 303
    [made] = bookings()
    assert (made.client_id, made.local_start, made.included, made.subtotal) == (guemes.id, f"{DAY}T16:00", 60, 30_000)
    assert "Güemes" in mariana.get(f"/staff/rooms/?day={DAY}").text


def test_the_desk_learns_nothing_of_another_branchs_client(mariana, cast, juarez) -> None:
    theirs = make_client(cast.tijuana, "Zafiro, S.A.")
    make_contract(theirs, meeting_minutes=600)
    form = {**NEW, "resource": juarez.id, "client": theirs.id}
    said = mariana.post("/staff/rooms/bookings/quote", data=form).text
    assert "10 h" not in said
    assert mariana.post("/staff/rooms/bookings/new", data=form).status_code == 422
    assert bookings() == []


def test_a_taken_slot_offers_others(mariana, cast, juarez) -> None:
    make_room(cast.polanco, "Sala Madero")
    book(cast.polanco, wish(juarez, wall(3, 16), wall(3, 17)))
    refused = mariana.post("/staff/rooms/bookings/new", data={
        **NEW, "client_name": "Ana", "resource": juarez.id, "shown": "0,30000"})
    assert refused.status_code == 422
    assert "Sala Madero" in refused.text
    assert len(bookings()) == 1


def test_a_series_lists_what_is_not_free_before_anything_is_booked(mariana, cast, juarez) -> None:
    book(cast.polanco, wish(juarez, wall(16, 16), wall(16, 17)))
    form = {**NEW, "day": "2026-12-02", "client_name": "Ana", "resource": juarez.id, "frequency": "weekly", "count": "4"}
    page = mariana.post("/staff/rooms/bookings/new", data=form)
    assert page.status_code == 200
    assert 'name="do.2026-12-16"' in page.text
    assert len(bookings()) == 1
    form["shown"] = token(page.text, "shown")
    assert form["shown"] == "0,90000"  # the three that are free
    assert mariana.post("/staff/rooms/series/new", data=form).status_code == 422
    done = mariana.post("/staff/rooms/series/new", data={**form, "do.2026-12-16": "skip"})
    assert done.status_code == 303
    assert len(bookings()) == 4


def test_one_is_changed_cancelled_and_checked_in(mariana, cast, juarez) -> None:
    made = book(cast.polanco, wish(juarez, wall(1, 10), wall(1, 11)))
    address = f"/staff/rooms/bookings/{made.id}"
    assert mariana.get(address).status_code == 200
    assert mariana.post(f"{address}/check-in").status_code == 303
    assert db.session.get_one(Booking, made.id).state == "checked_in"
    other = book(cast.polanco, wish(juarez, wall(3, 10), wall(3, 11)))
    form = {**NEW, "resource": juarez.id, "version": other.version, "scope": "this", "title": "Comité"}
    seen = mariana.post(f"/staff/rooms/bookings/{other.id}/quote", data=form).text
    assert "$300.00" in seen
    form["shown"] = token(seen, "shown")
    assert mariana.post(f"/staff/rooms/bookings/{other.id}/change", data=form).status_code == 303
    assert db.session.get_one(Booking, other.id).local_start == f"{DAY}T16:00"
    assert mariana.post(f"/staff/rooms/bookings/{other.id}/change", data=form).status_code == 409  # another tab, older
    assert mariana.post(f"/staff/rooms/bookings/{other.id}/cancellation", data={"scope": "this"}).status_code == 303
    assert db.session.get_one(Booking, other.id).state == "cancelled"


def test_a_manager_sets_up_a_room(client, cast) -> None:
    client.sign_in(cast.manager)
    page = client.get("/staff/rooms/resources/new")
    assert page.status_code == 200
    form = {"name": "Sala Reforma", "kind": "room", "capacity": "10", "buffer_before": "0", "buffer_after": "15",
            "min_minutes": "30", "max_minutes": "240", "step": "30", "rate": "450.00", "opening_0": "08:00-14:00, 16:00-20:00",
            "is_active": "y", "uses_hours": "y", "equipment": "pantalla, pizarrón",
            "rate_basis": ["plan", "all", ""], "rate_name": ["Oficina virtual", "", ""], "rate_days": ["0123456", "01234", ""],
            "rate_from": ["", "18:00", ""], "rate_until": ["", "00:00", ""], "rate_price": ["250.00", "600", ""]}
    assert client.post("/staff/rooms/resources/new", data=form).status_code == 303
    [room] = db.session.scalars(sa.select(Resource))
    assert (room.rate, room.opening["0"]) == (45_000, [["08:00", "14:00"], ["16:00", "20:00"]])
    assert [(row.basis, row.rate, row.weekdays, row.from_minute, row.until_minute) for row in room.rates] == [
        ("plan", 25_000, "0123456", 0, 1440), ("all", 60_000, "01234", 1080, 1440)]
    wrong = client.post("/staff/rooms/resources/new", data={**form, "opening_0": "20:00-08:00"})
    assert wrong.status_code == 422
    again = client.get(f"/staff/rooms/resources/{room.id}").text
    assert 'value="600.00"' in again
    assert 'value="18:00"' in again
    clash = client.post(f"/staff/rooms/resources/{room.id}", data={
        **form, "version": room.version, "rate_basis": ["all", "all"], "rate_name": ["", ""],
        "rate_days": ["01234", "4"], "rate_from": ["18:00", "21:00"], "rate_until": ["22:00", "23:00"],
        "rate_price": ["600", "700"]})
    assert clash.status_code == 422
    assert 'value="700"' in clash.text  # what was typed stays


@pytest.mark.parametrize("view", ["day", "week", "room"])
def test_a_calendar_costs_the_same_statements_for_few_and_many(mariana, cast, juarez, view: str) -> None:
    def cost() -> int:
        mariana.get(f"/staff/rooms/?day={DAY}&view={view}")
        with counted_statements() as seen:
            page = mariana.get(f"/staff/rooms/?day={DAY}&view={view}", headers={"HX-Request": "true"})
        assert page.status_code == 200
        return len(seen)

    few = cost()
    for hour in range(8, 20):
        book(cast.polanco, wish(juarez, wall(3, hour), wall(3, hour + 1)))
    assert cost() <= few


def test_a_client_sees_the_price_and_hours_left_then_books_and_cancels(client, cast, juarez, guemes) -> None:
    come_in(client, let_in(guemes))
    assert "Sala Juárez" in client.get(f"/portal/rooms?people=6&day={DAY}&at=16:00&minutes=120").text
    page = client.get(f"/portal/rooms/book?resource={juarez.id}&starts={DAY}T16:00&minutes=120").text
    assert "$348.00" in page
    form = {name: token(page, name) for name in ("resource", "day", "at", "minutes", "people", "request_key", "shown")}
    assert form["shown"] == "60,30000"
    assert client.get(f"/portal/rooms/book?resource={juarez.id}&starts={DAY}T16:00&minutes={10**14}").status_code == 200
    assert client.post("/portal/rooms/book", data=form).status_code == 303
    [made] = bookings()
    assert (made.client_id, made.origin) == (guemes.id, "portal")
    assert "Sala Juárez" in client.get("/portal/rooms").text
    assert client.post(f"/portal/rooms/bookings/{made.id}/cancellation").status_code == 303
    [row] = hours.hours(guemes.id, date(2026, 12, 3), date(2026, 12, 1))
    assert row.left == 60


def test_a_client_waits_for_what_is_taken_and_takes_the_offer(client, cast, juarez, guemes) -> None:
    come_in(client, let_in(guemes))
    other = book(cast.polanco, wish(juarez, wall(3, 16), wall(3, 17)))
    page = client.get(f"/portal/rooms/book?resource={juarez.id}&starts={DAY}T16:00&minutes=60").text
    form = {name: token(page, name) for name in ("resource", "day", "at", "minutes", "people", "request_key")}
    assert client.post("/portal/rooms/wait", data=form).status_code == 303
    from fastoffice.bookings.service import changing
    from tests.factories.rooms import do

    do(cast.polanco, at(1), changing.cancel, other)
    attend(cast.polanco, at(1))
    entry = re.search(r"/portal/rooms/waiting/(\d+)/acceptance", client.get("/portal/rooms").text)[0]
    assert client.post(entry).status_code == 303
    assert bookings()[-1].state == "confirmed"


def test_a_closure_sent_twice_closes_once(client, cast, juarez) -> None:
    client.sign_in(cast.manager)
    page = client.get("/staff/rooms/resources").text
    form = {"request_key": token(page, "request_key"), "resource": juarez.id, "first_day": DAY, "first_at": "09:00",
            "last_day": DAY, "last_at": "12:00", "reason": "Pintura"}
    for _ in range(2):
        assert client.post("/staff/rooms/resources/closures", data=form).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Blackout)) == 1
