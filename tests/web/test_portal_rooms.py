"""The client's rooms in the portal: changed, repeated, waited for and followed in a calendar, with the price shown first."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from fastoffice import clock
from fastoffice.bookings import service
from fastoffice.bookings.models import Booking
from fastoffice.bookings.service import changing
from fastoffice.documents.files import files
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, within
from tests.factories.people import Cast
from tests.factories.portal import come_in, let_in
from tests.factories.rooms import attend, book, do, make_room, wall, wish
from tests.web.browser import Browser
from tests.web.statements import counted_statements

DAY = "2026-12-03"
LAURA = "laura@guemes.mx"
pytestmark = pytest.mark.usefixtures("day_one")


@pytest.fixture
def guemes(cast: Cast):
    client = make_client(cast.polanco, "Logística Güemes López, S.C.", email=LAURA)
    make_contract(client, meeting_minutes=90)
    return client


@pytest.fixture
def laura(client: Browser, guemes) -> Browser:
    come_in(client, let_in(guemes))
    return client


def bookings() -> list[Booking]:
    return list(db.session.scalars(sa.select(Booking).order_by(Booking.starts_at, Booking.id)))


def hidden(page: str) -> dict[str, str]:
    """What the form that confirms carries along, else the page's."""
    form = next((part for part in page.split("<form") if 'name="confirmed"' in part), page)
    return dict(re.findall(r'<input type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)"', form))


def ours(branch, client, room, day=3, hour=9, **values) -> Booking:
    return book(branch, wish(room, wall(day, hour), wall(day, hour + 1), client, organiser_email=LAURA, **values))


def test_two_taps_book_the_usual_room(laura, cast, juarez, guemes) -> None:
    assert "$174.00" in laura.get(f"/portal/rooms?day={DAY}&at=16:00&minutes=120&people=2").text  # half an hour, with VAT
    first = laura.get("/portal/rooms").text
    page = laura.get(re.search(r'/portal/rooms/book\?[^"]+', first)[0].replace("&amp;", "&")).text
    assert "10:30" in page
    assert laura.post("/portal/rooms/book", data=hidden(page)).status_code == 303
    assert [(row.local_start, row.included) for row in bookings()] == [("2026-12-01T10:30", 60)]


def test_out_of_hours_the_next_opening_is_offered(laura, juarez) -> None:
    with clock.fixed_at(at(4, 19, 40)):  # a Friday; they close at eight
        assert 'value="2026-12-07"' in laura.get("/portal/rooms").text


def test_a_move_shows_its_price_and_hours_before_anything_changes(laura, cast, juarez, guemes) -> None:
    made = ours(cast.polanco, guemes, juarez)
    address = f"/portal/rooms/bookings/{made.id}/change"
    form = {"resource": juarez.id, "day": DAY, "at": "16:00", "minutes": "120", "people": "2", "version": made.version,
            "attendees": "ana@x.mx"}
    page = laura.post(address, data=form)
    assert page.status_code == 200
    assert "1 h 30 min incluidas" in page.text
    assert "$150.00" in page.text
    assert bookings()[0].local_start == f"{DAY}T09:00"
    assert laura.post(address, data=hidden(page.text)).status_code == 303
    [moved] = bookings()
    assert (moved.local_start, moved.included, moved.subtotal) == (f"{DAY}T16:00", 90, 15_000)
    assert moved.attendees == ["ana@x.mx"]
    kinds = list(db.session.scalars(sa.select(Notice.kind).order_by(Notice.id)))
    assert kinds[1:] == ["room_booked", "room_changed"], "after the invitation to the portal"
    assert laura.post(address, data=hidden(page.text)).status_code == 409, "another tab, older"


def test_a_price_that_changed_meanwhile_is_shown_again_not_taken(laura, cast, juarez, guemes) -> None:
    made = ours(cast.polanco, guemes, juarez)
    address = f"/portal/rooms/bookings/{made.id}/change"
    page = laura.post(address, data={"resource": juarez.id, "day": DAY, "at": "16:00", "minutes": "120", "people": "2",
                                     "version": made.version}).text
    ours(cast.polanco, guemes, juarez, 4)
    refused = laura.post(address, data=hidden(page))
    assert refused.status_code == 422
    assert "$300.00" in refused.text
    assert laura.post(address, data=hidden(refused.text)).status_code == 303


def test_a_title_changes_without_a_question_and_a_wrong_address_is_said_beside_its_field(
        laura, cast, juarez, guemes) -> None:
    made = ours(cast.polanco, guemes, juarez)
    form = {"resource": juarez.id, "day": DAY, "at": "09:00", "minutes": "60", "people": "2", "version": made.version,
            "title": "Comité", "attendees": "ana@"}
    wrong = laura.post(f"/portal/rooms/bookings/{made.id}/change", data=form)
    assert (wrong.status_code, "Comité" in wrong.text) == (422, True)
    assert laura.post(f"/portal/rooms/bookings/{made.id}/change", data={**form, "attendees": ""}).status_code == 303
    assert bookings()[0].title == "Comité"


def test_a_series_shows_every_date_and_price_asks_about_what_is_taken_and_is_changed_and_cancelled_in_part(
        laura, cast, juarez, guemes) -> None:
    book(cast.polanco, wish(juarez, wall(16, 16), wall(16, 17)))
    other = make_room(cast.polanco, "Sala Madero")
    form = {"resource": juarez.id, "day": "2026-12-02", "at": "16:00", "minutes": "60", "people": "2", "title": "Comité",
            "frequency": "weekly", "count": "4", "request_key": "k" * 32}
    page = laura.post("/portal/rooms/book", data=form)
    assert page.status_code == 200
    assert 'name="do.2026-12-16"' in page.text
    assert hidden(page.text)["shown"] == "90,45000"  # 60 + 30 included, then half an hour and an hour paid
    assert len(bookings()) == 1
    moved = {"do.2026-12-16": "move", "room.2026-12-16": other.id, "at.2026-12-16": "16:00"}
    again = laura.post("/portal/rooms/series", data={**hidden(page.text), **moved})
    assert again.status_code == 422, "the date that moves has a price that was not shown yet"
    assert laura.post("/portal/rooms/series", data={**hidden(again.text), **moved}).status_code == 303
    made = [row for row in bookings() if row.series_id]
    assert [row.resource_id for row in made] == [juarez.id, juarez.id, other.id, juarez.id]
    page = laura.post(f"/portal/rooms/bookings/{made[1].id}/change", data={
        "resource": juarez.id, "day": "2026-12-09", "at": "10:00", "minutes": "60", "people": "2", "title": "Comité",
        "scope": "later", "version": made[1].version})
    assert page.status_code == 200
    assert laura.post(f"/portal/rooms/bookings/{made[1].id}/change", data=hidden(page.text)).status_code == 303
    assert [row.local_start[11:] for row in bookings() if row.series_id] == ["16:00", "10:00", "10:00", "10:00"]
    assert laura.post(f"/portal/rooms/bookings/{made[2].id}/cancellation", data={"scope": "later"}).status_code == 303
    assert [row.state for row in bookings() if row.series_id] == ["confirmed", "confirmed", "cancelled", "cancelled"]


def test_they_see_their_place_in_the_line_leave_it_or_decline_what_is_offered(laura, cast, juarez, guemes) -> None:
    taken = ours(cast.polanco, make_neighbour(cast), juarez)
    for number, client in enumerate((make_neighbour(cast), guemes)):
        within(cast.polanco, at(1), lambda row, client=client, number=number: service.join_waiting(
            row, replace(service.wish_of(taken), client_id=client.id, request_key=str(number)), MARIANA, at(1)).id)
    page = laura.get("/portal/rooms").text
    assert "Número 2 de la fila" in page
    address = re.search(r"/portal/rooms/waiting/\d+/end", page)[0]
    assert laura.post(address).status_code == 303
    assert address not in laura.get("/portal/rooms").text
    assert laura.post(address).status_code == 404
    within(cast.polanco, at(1), lambda row: service.join_waiting(
        row, replace(service.wish_of(taken), client_id=guemes.id, people=8), MARIANA, at(1), any_room=True).id)
    do(cast.polanco, at(1), changing.cancel, taken)
    make_room(cast.polanco, "Sala Madero", capacity=20)
    attend(cast.polanco, at(1))
    address = re.search(r"/portal/rooms/waiting/\d+/end", laura.get("/portal/rooms").text)[0]
    assert laura.post(address).status_code == 303
    assert [row.state for row in bookings() if row.client_id == guemes.id] == ["cancelled"]


def make_neighbour(cast: Cast):
    client = make_client(cast.polanco)
    make_contract(client)
    return client


def test_a_colleagues_private_title_is_neither_read_nor_lost(laura, cast, juarez, guemes) -> None:
    made = book(cast.polanco, wish(juarez, wall(3, 9), wall(3, 10), guemes, title="Despido", private=True,
                                   organiser_email="jefe@guemes.mx", attendees=("legal@x.mx",)))
    assert "Despido" not in laura.get("/portal/rooms").text
    page = laura.get(f"/portal/rooms/bookings/{made.id}").text
    assert "Despido" not in page
    assert "legal@x.mx" not in page
    form = {"resource": juarez.id, "day": DAY, "at": "09:00", "minutes": "60", "people": "5", "version": made.version}
    assert laura.post(f"/portal/rooms/bookings/{made.id}/change", data=form).status_code == 303
    [row] = bookings()
    assert (row.people, row.title, row.private, row.attendees) == (5, "Despido", True, ["legal@x.mx"])


def test_nobody_opens_a_neighbours_booking_or_another_branchs_photo(laura, cast, juarez, guemes) -> None:
    far = make_room(cast.tijuana, photo_sha256=files().put(b"a photo", "image/jpeg").sha256)
    assert laura.get(f"/portal/rooms/{far.id}/photo").status_code == 404
    theirs = ours(cast.polanco, make_neighbour(cast), juarez)
    assert laura.get(f"/portal/rooms/bookings/{theirs.id}").status_code == 404
    for what in ("change", "cancellation"):
        assert laura.post(f"/portal/rooms/bookings/{theirs.id}/{what}", data={"scope": "this"}).status_code == 404


def test_hours_are_read_month_by_month_with_the_bookings_that_took_them(laura, cast, juarez, guemes) -> None:
    ours(cast.polanco, guemes, juarez)
    page = laura.get("/portal/rooms/hours?month=2026-12").text
    assert "Sala Juárez" in page
    assert ">30 min</p>" in page
    assert laura.get("/portal/rooms/hours?month=2027-13").status_code == 200


@pytest.mark.parametrize("path", ["", "/hours", "/calendar", "/book?resource={room}", "/bookings/{booking}"])
def test_pages_cost_the_same_statements_for_few_and_many(laura, cast, juarez, guemes, path: str) -> None:
    made = ours(cast.polanco, guemes, juarez)
    address = "/portal/rooms" + path.format(room=juarez.id, booking=made.id)

    def cost() -> int:
        laura.get(address)
        with counted_statements() as seen:
            assert laura.get(address).status_code == 200
        return len(seen)

    few = cost()
    for hour in range(10, 18):
        ours(cast.polanco, guemes, juarez, hour=hour)
        make_room(cast.polanco)
    assert cost() <= few


def test_what_is_cancelled_late_says_so_first_when_the_page_was_older_or_spoke_of_one_date(laura, cast, juarez, guemes) -> None:
    """The free hours ended while the page stood open; and of a whole series the next date is late already."""
    made = ours(cast.polanco, guemes, juarez, day=3)
    cancellation = f"/portal/rooms/bookings/{made.id}/cancellation"
    page = laura.get(f"/portal/rooms/bookings/{made.id}").text
    shown = re.search(r'name="late" value="(\d)"', page)[1]
    with clock.fixed_at(at(2, 16)):
        asked = laura.post(cancellation, data={"scope": "this", "late": shown})
        assert (asked.status_code, "100 %" in asked.text, bookings()[0].state) == (422, True, "confirmed")
        again = re.search(r'name="late" value="(\d)"', asked.text)[1]
        assert laura.post(cancellation, data={"scope": "this", "late": again}).status_code == 303
    assert bookings()[0].state == "cancelled"
    form = {"resource": juarez.id, "day": "2026-12-02", "at": "09:00", "minutes": "60", "people": "2", "frequency": "weekly",
            "count": "2", "request_key": "k" * 32}
    laura.post("/portal/rooms/series", data={**form, "shown": hidden(laura.post("/portal/rooms/book", data=form).text)["shown"]})
    first, second = [row for row in bookings() if row.series_id]
    page = laura.post(f"/portal/rooms/bookings/{second.id}/cancellation", data={"scope": "all", "late": "0"})
    assert (page.status_code, first.state, re.search(r'name="late" value="(\d)"', page.text)[1]) == (422, "confirmed", "1")
    assert re.search(r'<input[^>]*value="all"[^>]*checked', page.text.partition('id="cancel"')[2])


def test_what_is_too_near_to_be_cancelled_free_says_so_before_it_is_booked(laura, juarez) -> None:
    near = laura.get(f"/portal/rooms/book?resource={juarez.id}&starts=2026-12-01T16:00&minutes=60&people=2").text
    far = laura.get(f"/portal/rooms/book?resource={juarez.id}&starts=2026-12-04T16:00&minutes=60&people=2").text
    assert "ya no se puede cancelar sin costo" in near
    assert "sin costo hasta el 30" not in near
    assert "sin costo hasta el 3 dic 2026, 16:00" in far
