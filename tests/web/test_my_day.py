"""Mi día at the front desk: who waits for whom, what lies here, what clients ask, who has which room."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import clock
from fastoffice.bookings import service as bookings
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from tests.factories.contracts import make_contract
from tests.factories.lobby import Lobby
from tests.factories.mail import make_item, make_request
from tests.factories.money import MARIANA, at, within
from tests.factories.people import Cast, make_cast
from tests.factories.rooms import make_room, wall, wish
from tests.web.browser import Browser
from tests.web.statements import counted_statements

NINE = at(2, 9)


@pytest.fixture
def cast(app: Flask) -> Cast:
    """2 December at nine: Güemes meets at ten, asks for the hall on Friday, has a visitor and two pieces of mail."""
    cast = make_cast()
    lobby = Lobby(cast.polanco)
    make_contract(lobby.guemes, meeting_minutes=90, office="301")
    room, hall = make_room(lobby.branch, "Sala Reforma"), make_room(lobby.branch, "Salón", needs_approval=True)
    other = make_room(cast.tijuana, "Sala ajena")
    for branch, wanted in (
            (lobby.branch, wish(room, wall(2, 10), wall(2, 12), lobby.guemes)),
            (lobby.branch, wish(room, wall(2, 8), wall(2, 9), lobby.guemes, title="Ya pasó")),
            (lobby.branch, wish(hall, wall(4, 18), wall(4, 19), lobby.guemes, origin="portal")),
            (cast.tijuana, wish(other, wall(2, 10), wall(2, 12), guest_name="Ajena"))):
        within(branch, at(1), lambda row, wanted=wanted: bookings.book(row, wanted, MARIANA, at(1)))
    lobby.arrive(now=at(2, 8, 55), name="Ana Pérez", request_key="ana")
    with clock.fixed_at(NINE):
        make_request(make_item(lobby.branch, client=lobby.guemes))
        make_item(lobby.branch, addressee="Nadie de aquí")
    return cast


def day_of(app: Flask, user: object) -> str:
    with clock.fixed_at(NINE):
        return Browser.of(app, user).get("/staff/").text


def test_mariana_sees_whom_to_fetch_and_what_to_do(app: Flask, cast: Cast) -> None:
    page = day_of(app, cast.mariana)
    for said in ("Ana Pérez espera a Güemes", "5 minutos", "Aprobar Salón para Güemes", "Entregar 1 pieza",
                 "Averiguar de quién es 1 pieza", "10:00–12:00", "1 h 30 min incluidas", "extra $150.00", "Registrar"):
        assert said in page, said
    assert page.index("Ana Pérez") < page.index("Aprobar Salón"), "who waits comes before what can wait"
    for not_said in ("08:00–09:00", "Sala ajena", "18:00–19:00"):
        assert not_said not in page, not_said


def test_who_is_not_at_the_desk_hears_nothing_of_visitors_and_mail(app: Flask, cast: Cast) -> None:
    page = day_of(app, cast.accountant)
    for not_said in ("Ana Pérez", "Aprobar Salón", "Entregar 1", "Registrar una visita"):
        assert not_said not in page
    assert "10:00–12:00" in page


def test_the_clients_file_has_its_rooms_visits_and_mail(app: Flask, cast: Cast) -> None:
    client = db.session.scalars(sa.select(Client).where(Client.trade_name == "Güemes")).one()
    address = f"/staff/clients/{client.id}/desk"
    with clock.fixed_at(NINE):
        page = Browser.of(app, cast.mariana).get(address).text
        books = Browser.of(app, cast.accountant).get(address).text
    for said in ("Sala Reforma", "Ya pasó", "quedan 0 min de 1 h 30 min", "Ana Pérez", "Paquete"):
        assert said in page, said
    assert "Ana Pérez" not in books, "who may not see visits does not see them here"
    assert "Nadie de aquí" not in page


def test_the_clients_file_costs_the_same_with_more_in_it(app: Flask, cast: Cast) -> None:
    client = db.session.scalars(sa.select(Client).where(Client.trade_name == "Güemes")).one()
    browser, address = Browser.of(app, cast.mariana), f"/staff/clients/{client.id}/desk"
    with clock.fixed_at(NINE):
        browser.get(address)
        with counted_statements() as few:
            browser.get(address)
        for _number in range(4):
            make_item(cast.polanco, client=db.session.get_one(Client, client.id))
        with counted_statements() as many:
            browser.get(address)
    assert len(many) == len(few) <= 14
