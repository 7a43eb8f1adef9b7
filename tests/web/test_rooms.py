"""Rooms as people use them: the desk asks what is free and books, a client sees the price first, the door shows now."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
import sqlalchemy as sa
from PIL import Image

from fastoffice import clock
from fastoffice.bookings.models import Blackout, Booking, Resource, WaitingEntry
from fastoffice.bookings.queries import hours
from fastoffice.bookings.service import changing, telling
from fastoffice.bookings.service.room_rates import RateData
from fastoffice.charges.queries import pending_charges
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at
from tests.factories.people import Cast
from tests.factories.portal import come_in, let_in
from tests.factories.rooms import attend, book, do, make_room, wall, wish
from tests.web.statements import counted_statements

DAY = "2026-12-03"
NEW = {"day": DAY, "at": "16:00", "minutes": "60", "people": "6", "client_name": "Güemes"}
pytestmark = pytest.mark.usefixtures("day_one")


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
    assert "Sala Juárez" in page.text
    back = mariana.post("/staff/rooms/series/new", data={**form, "title": "Comité", "back": "y"})
    assert back.status_code == 200
    assert 'value="Comité" name="title"' in back.text, "nothing of what was typed is lost"
    assert mariana.post("/staff/rooms/series/new", data=form).status_code == 422
    done = mariana.post("/staff/rooms/series/new", data={**form, "do.2026-12-16": "skip"})
    assert done.status_code == 303
    assert len(bookings()) == 4


def test_one_is_changed_cancelled_and_checked_in(mariana, cast, juarez) -> None:
    made = book(cast.polanco, wish(juarez, wall(1, 10), wall(1, 11)))
    address = f"/staff/rooms/bookings/{made.id}"
    assert mariana.get(address).status_code == 200
    assert f'"{address}/check-in"' in mariana.get(address).text
    assert mariana.post(f"{address}/check-in").status_code == 303
    assert db.session.get_one(Booking, made.id).state == "checked_in"
    other = book(cast.polanco, wish(juarez, wall(3, 10), wall(3, 11)))
    assert "/check-in" not in mariana.get(f"/staff/rooms/bookings/{other.id}").text, "days before, nobody can come"
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
    assert 'value="0.00"' not in page.text, "nobody forgets the price"
    assert client.post("/staff/rooms/resources/new", data={**form, "rate": ""}).status_code == 422
    made = client.post("/staff/rooms/resources/new", data=form)
    [room] = db.session.scalars(sa.select(Resource))
    assert (made.status_code, made.headers["Location"]) == (303, f"/staff/rooms/resources/{room.id}#photo-panel")
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
    do(cast.polanco, at(1), changing.cancel, other)
    attend(cast.polanco, at(1))
    entry = re.search(r"/portal/rooms/waiting/(\d+)/acceptance", client.get("/portal/rooms").text)[0]
    assert client.post(entry).status_code == 303
    assert bookings()[-1].state == "confirmed"


def test_a_guest_of_a_clients_name_is_a_guest_and_invitations_leave(mariana, cast, juarez, guemes) -> None:
    form = {**NEW, "resource": juarez.id, "client": "guest", "email": "ana@example.com", "phone": "55 1234 5678",
            "attendees": "luis@example.com\nmara@example.com", "shown": "0,30000"}
    assert mariana.post("/staff/rooms/bookings/new", data={**form, "request_key": "a"}).status_code == 303
    [guest] = bookings()
    assert (guest.client_id, guest.guest_name, guest.guest_email) == (None, "Güemes", "ana@example.com")
    assert telling.readers(guest) == ["ana@example.com", "luis@example.com", "mara@example.com"]
    form |= {"at": "10:00", "client": "", "organiser_name": "Laura", "shown": "60,0", "request_key": "b"}
    assert mariana.post("/staff/rooms/bookings/new", data=form).status_code == 303
    _guest, ours = bookings()
    assert (ours.client_id, ours.organiser_name, ours.organiser_email) == (guemes.id, "Laura", "ana@example.com")


def test_what_was_typed_stays_when_it_is_refused(mariana, cast, juarez, guemes) -> None:
    make_client(cast.polanco, "Güemes Hermanos")
    form = {**NEW, "resource": juarez.id, "email": "no-es-correo", "phone": "55 1", "title": "Comité", "private": "y",
            "organiser_name": "Laura", "attendees": "luis@example.com", "notes": "café", "frequency": "weekly", "count": "3"}
    page = mariana.post("/staff/rooms/bookings/new", data=form)
    assert page.status_code == 422
    assert "no-es-correo” no es" in page.text
    assert "Elija qué cliente es, o un invitado." in page.text  # two are called so
    for typed in ("no-es-correo", "55 1", "Comité", "Laura", "luis@example.com", "café", 'value="weekly" selected'):
        assert typed in page.text
    assert 'value="guest"' in page.text
    assert bookings() == []


def test_any_room_that_holds_six_is_booked_or_waited_for(mariana, cast, juarez, guemes) -> None:
    small = make_room(cast.polanco, "Sala Niza", capacity=6, rate=20_000)
    make_room(cast.polanco, "Cabina", kind="booth", capacity=1)
    form = {**NEW, "resource": "any:room", "client": guemes.id, "minutes": "120"}
    seen = mariana.post("/staff/rooms/bookings/quote", data=form).text
    assert "Sala Niza" in seen
    form["shown"] = token(seen, "shown")
    assert mariana.post("/staff/rooms/bookings/new", data=form).status_code == 303
    assert [row.resource_id for row in bookings()] == [small.id]
    book(cast.polanco, wish(juarez, wall(3, 16), wall(3, 17)))
    taken = mariana.post("/staff/rooms/bookings/quote", data={**form, "request_key": "b"}).text
    assert "Poner en lista de espera" in taken
    assert mariana.post("/staff/rooms/waiting", data={**form, "request_key": "b"}).status_code == 303
    [entry] = db.session.scalars(sa.select(WaitingEntry))
    assert "Cualquiera libre" in mariana.get("/staff/rooms/waiting").text
    still = mariana.post(f"/staff/rooms/waiting/{entry.id}/offer", follow_redirects=True)
    assert "Sigue ocupada" in still.text


def test_a_series_in_any_room_keeps_the_room_of_its_first_date(mariana, cast, juarez) -> None:
    form = {**NEW, "resource": "any:room", "client_name": "Ana", "frequency": "weekly", "count": "2"}
    page = mariana.post("/staff/rooms/bookings/new", data=form).text
    form |= {"resource": token(page, "resource"), "shown": token(page, "shown")}
    assert mariana.post("/staff/rooms/series/new", data=form).status_code == 303
    assert [row.resource_id for row in bookings()] == [juarez.id, juarez.id]


def test_asking_what_is_free_costs_the_same_for_few_rooms_and_many(mariana, cast, juarez) -> None:
    address = f"/staff/rooms/free?people=6&day={DAY}&at=16:00&minutes=60"

    def cost() -> int:
        with counted_statements() as seen:
            assert mariana.get(address, headers={"HX-Request": "true"}).status_code == 200
        return len(seen)

    cost()
    few = cost()
    for _ in range(6):
        make_room(cast.polanco, rates=(RateData("all", "", 50_000, "01234", 900, 1080), RateData("plan", "Oficina", 1)))
    assert "$500.00" in mariana.get(address).text
    assert cost() <= few


def test_the_desk_offers_takes_and_removes_those_who_wait(mariana, cast, juarez, guemes) -> None:
    taken = book(cast.polanco, wish(juarez, wall(3, 16), wall(3, 17)))
    form = {**NEW, "resource": juarez.id}
    for key in ("a", "b"):
        assert mariana.post("/staff/rooms/waiting", data={**form, "request_key": key}).status_code == 303
    do(cast.polanco, at(1), changing.cancel, taken)
    first, second = db.session.scalars(sa.select(WaitingEntry.id).order_by(WaitingEntry.id))
    mariana.post(f"/staff/rooms/waiting/{second}/offer")  # whoever else waits longer
    assert "Apartada hasta" in mariana.get("/staff/rooms/waiting").text
    mariana.post(f"/staff/rooms/waiting/{second}/end")
    assert [row.state for row in bookings()][-1] == "cancelled"
    mariana.post(f"/staff/rooms/waiting/{first}/offer")
    mariana.post(f"/staff/rooms/waiting/{first}/acceptance")
    assert [row.state for row in bookings()][-1] == "confirmed"
    assert "Nadie espera" in mariana.get("/staff/rooms/waiting").text


def test_a_month_of_hours_says_which_booking_took_them(mariana, cast, juarez, guemes) -> None:
    kept = book(cast.polanco, wish(juarez, wall(3, 10), wall(3, 10, 30), guemes, title="Firma"))
    back = book(cast.polanco, wish(juarez, wall(4, 10), wall(4, 10, 30), guemes))
    do(cast.polanco, at(1), changing.cancel, back)

    def statements() -> int:
        with counted_statements() as seen:
            page = mariana.get(f"/staff/rooms/hours/{guemes.id}?month=2026-12")
        for said in ("Otorgadas por el plan", "Usadas", "Devueltas", f"/staff/rooms/bookings/{kept.id}",
                     f"/staff/rooms/bookings/{back.id}", "quedan 30 min", "Firma"):
            assert said in page.text
        return len(seen)

    statements()
    few = statements()
    for hour in range(12, 20):
        do(cast.polanco, at(1), changing.cancel, book(cast.polanco, wish(juarez, wall(3, hour), wall(3, hour, 30), guemes)))
    assert statements() <= few
    assert "quedan" in mariana.get(f"/staff/rooms/hours/{guemes.id}?month=2027-01").text
    assert mariana.get(f"/staff/rooms/hours/{guemes.id}?month=nunca").status_code == 200


def test_a_series_moves_at_the_price_that_was_shown(mariana, cast, juarez) -> None:
    form = {**NEW, "day": "2026-12-02", "client_name": "Ana", "resource": juarez.id, "frequency": "weekly", "count": "3",
            "shown": "0,90000"}
    assert mariana.post("/staff/rooms/series/new", data=form).status_code == 303
    row = bookings()[1]
    change = {**NEW, "day": row.local_start[:10], "at": "10:00", "minutes": "120", "resource": juarez.id, "scope": "later",
              "version": row.version}
    seen = mariana.post(f"/staff/rooms/bookings/{row.id}/change", data=change)  # sent before anybody saw the price
    assert seen.status_code == 200
    assert token(seen.text, "shown") == "0,120000"
    cheaper = mariana.post(f"/staff/rooms/bookings/{row.id}/change", data={**change, "shown": "0,60000"})
    assert cheaper.status_code == 422
    assert mariana.post(f"/staff/rooms/bookings/{row.id}/change", data={**change, "shown": "0,120000"}).status_code == 303
    assert [row.local_start[11:] for row in bookings()] == ["16:00", "10:00", "10:00"]


def test_staying_longer_says_what_it_costs(mariana, cast, juarez) -> None:
    made = book(cast.polanco, wish(juarez, wall(1, 10), wall(1, 11)))
    book(cast.polanco, wish(juarez, wall(1, 11, 30), wall(1, 12)))
    with clock.fixed_at(at(1, 10, 30)):
        page = mariana.get(f"/staff/rooms/bookings/{made.id}").text
        assert "+$150.00" in page
        assert "alguien la tiene después" in page  # an hour more
        assert mariana.post(f"/staff/rooms/bookings/{made.id}/extension",
                            data={"longer": "30", "shown": "0,30000"}).status_code == 422
        assert mariana.post(f"/staff/rooms/bookings/{made.id}/extension",
                            data={"longer": "30", "shown": "0,45000"}).status_code == 303


def test_a_room_shows_its_photo_to_those_who_may_see_it(client, cast, juarez) -> None:
    client.sign_in(cast.manager)
    address, picture = f"/staff/rooms/resources/{juarez.id}/photo", io.BytesIO()
    Image.new("RGB", (2400, 1600), "teal").save(picture, "PNG")
    assert client.post(address, data={"photo": (io.BytesIO(b"%PDF-1.4 no picture"), "sala.png")}).status_code == 422
    assert client.get(address).status_code == 404
    sent = client.post(address, data={"photo": (io.BytesIO(picture.getvalue()), "sala.exe")})
    assert sent.status_code == 303
    shown = client.get(address)
    assert (shown.mimetype, shown.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert Image.open(io.BytesIO(shown.data)).size == (1200, 800)
    assert address in client.get(f"/staff/rooms/free?people=6&day={DAY}&at=16:00&minutes=60").text
    assert address in client.get(f"/staff/rooms/?view=room&day={DAY}").text
    client.post(address, data={"none": "y"})
    assert client.get(address).status_code == 404


def test_a_closure_sent_twice_closes_once(client, cast, juarez) -> None:
    client.sign_in(cast.manager)
    page = client.get("/staff/rooms/resources").text
    form = {"request_key": token(page, "request_key"), "resource": juarez.id, "first_day": DAY, "first_at": "09:00",
            "last_day": DAY, "last_at": "12:00", "reason": "Pintura"}
    for _ in range(2):
        assert client.post("/staff/rooms/resources/closures", data=form).status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Blackout)) == 1


def test_what_nobody_came_to_is_forgiven_at_the_desk(mariana, cast, juarez, guemes) -> None:
    missed = book(cast.polanco, wish(juarez, wall(3, 10), wall(3, 12), guemes), at(3, 9))
    attend(cast.polanco, at(3, 11))
    with clock.fixed_at(at(3, 11)):
        address = f"/staff/rooms/bookings/{missed.id}"
        assert "No cobrar nada por ella" in mariana.get(address).text
        assert mariana.post(f"{address}/waiver", data={"reason": "Sin luz"}).status_code == 303
        page = mariana.get(address).text
    assert "No cobrar nada por ella" not in page
    [row] = bookings()
    assert (row.state, row.owed, row.hours_kept) == ("no_show", 0, 0)
    assert pending_charges(guemes.id) == []
