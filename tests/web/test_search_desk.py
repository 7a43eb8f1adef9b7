"""The search at the front desk: who came, what arrived, who has which room, for those who may see it."""

from __future__ import annotations

import pytest
from flask import Flask

from fastoffice import clock
from fastoffice.bookings import service as bookings
from fastoffice.visitors.service import SignIn, sign_in
from fastoffice.visitors.service.signing_in import RECEPTION
from tests.factories.lobby import Lobby
from tests.factories.mail import make_item
from tests.factories.money import MARIANA, at, within
from tests.factories.people import Cast, make_cast
from tests.factories.rooms import make_room, wall, wish
from tests.web.browser import Browser

NOON = at(2, 12)


@pytest.fixture
def cast(app: Flask) -> Cast:
    cast = make_cast()
    lobby = Lobby(cast.polanco)
    room = make_room(lobby.branch, "Sala Reforma", for_guests=True)
    for wanted in (
            wish(room, wall(3, 10), wall(3, 12), lobby.guemes, title="Cierre de año, presentación"),
            wish(room, wall(4, 10), wall(4, 12), lobby.guemes, title="Despido de Zutano", private=True)):
        within(lobby.branch, at(1), lambda row, wanted=wanted: bookings.book(row, wanted, MARIANA, at(1)))
    lobby.arrive(name="Ñuño Peña", company="Acme", request_key="nuno")
    lobby.do(lambda row: sign_in(row, SignIn(
        request_key="sat", kind="authority", name="Lic. Martha Ibarra", company="SAT", client_id=lobby.guemes_id,
        by=RECEPTION), MARIANA, at(2)))
    with clock.fixed_at(at(2)):
        make_item(lobby.branch, client=lobby.guemes, tracking="DH 4471 2290", sender="Papelera Lumen")
        make_item(lobby.branch, addressee="Comercial Nimbus")
        make_item(cast.tijuana, addressee="Nimbus de Tijuana")
    return cast


def found(app: Flask, user: object, text: str) -> str:
    with clock.fixed_at(NOON):
        return Browser.of(app, user).get("/staff/search", query_string={"q": text}).text.partition("<main")[2]


@pytest.mark.parametrize(("text", "said", "address"), [
    ("nuno pena", "Ñuño Peña", "/staff/visits/"), ("acme", "Ñuño Peña", "/staff/visits/"),
    ("dh4471", "DH44712290", "/staff/mail/"), ("DH 4471-2290", "DH44712290", "/staff/mail/"),
    ("nimbus", "Comercial Nimbus", "/staff/mail/"), ("lumen", "Papelera Lumen", "/staff/mail/"),
    ("presentacion", "Sala Reforma", "/staff/rooms/bookings/"), ("guemes reforma", "Sala Reforma", "/staff/rooms/bookings/"),
])
def test_mariana_finds_what_she_remembers(app: Flask, cast: Cast, text: str, said: str, address: str) -> None:
    page = found(app, cast.mariana, text)
    assert said in page
    assert f'href="{address}' in page


@pytest.mark.parametrize(("text", "never"), [
    ("zutano", "/staff/rooms/bookings/"), ("ibarra", "/staff/visits/"), ("sat", "Ibarra"), ("nimbus", "Tijuana"),
])
def test_what_is_private_legal_or_anothers_is_not_found(app: Flask, cast: Cast, text: str, never: str) -> None:
    assert never not in found(app, cast.mariana, text)
    assert "Zutano" not in found(app, cast.mariana, "guemes reforma")


def test_who_may_not_see_visitors_does_not_find_them(app: Flask, cast: Cast) -> None:
    assert "Ñuño" not in found(app, cast.accountant, "nuno pena")
    assert "DH44712290" in found(app, cast.accountant, "dh4471")
