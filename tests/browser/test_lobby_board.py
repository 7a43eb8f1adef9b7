"""Mariana's board shows a visitor without a reload; the host answers on a phone; nothing is cut off or inaccessible."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fastoffice import clock
from fastoffice.extensions import db
from fastoffice.visitors import service
from fastoffice.visitors.models import Invitation
from fastoffice.visitors.service import Invite, tokens
from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.watching import Watched
from tests.factories.lobby import MARIANA, TEN, Lobby
from tests.factories.people import PASSWORD, make_user
from tests.factories.portal import entrance, let_in

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
MAIL = "gerencia@fastoffice.example"
LONG = "María Fernanda Guadalupe de los Ángeles Hernández-Echeverría"


@pytest.fixture
def lobby(live_server: House) -> Lobby:
    live_server.now = TEN
    with live_server.app.app_context(), clock.fixed_at(TEN):
        made = Lobby()
        make_user("manager", [made.branch], email=MAIL, name="Graciela Torres")
        return made


def test_the_board_lives_and_the_host_answers_on_a_phone(
        live_server: House, lobby: Lobby, visitor: Callable[..., Watched]) -> None:
    eyes = visitor()
    page = eyes.page
    page.goto("/staff/visits/")
    fill(page, email=MAIL, password=PASSWORD)
    eyes.press(live_server.says("Sign in"))
    page.wait_for_url("**/staff/visits/")
    eyes.look()
    with live_server.app.app_context():
        came = lobby.arrive(name=LONG)
        link = lobby.link(came)
    page.get_by_text(LONG).first.wait_for(timeout=15_000)
    eyes.look()
    phone = visitor(phone=True)
    phone.page.goto(f"/visits/answer/{link}")
    phone.look()
    phone.page.locator("button[value=coming]").click()
    phone.page.wait_for_url("**done=1")
    phone.look()
    page.locator("#waiting .pill.ok").wait_for(timeout=15_000)
    for address in (f"/staff/visits/{came.visit_id}", "/staff/visits/new", "/staff/visits/invitations/new",
                    "/staff/visits/evacuation", "/staff/visits/history", "/staff/visits/block-list",
                    "/staff/visits/notices/new", "/staff/visits/people", "/staff/visits/lobby"):
        page.goto(address)
        eyes.look()
    page.goto("/staff/visits/people")
    page.fill("#contact", "5512345678")
    page.locator("#contact").press("Enter")
    page.get_by_text(live_server.says("What is kept")).wait_for()
    eyes.look()


def test_the_guests_and_the_clients_pages_on_a_phone(
        live_server: House, lobby: Lobby, visitor: Callable[..., Watched]) -> None:
    with live_server.app.app_context(), clock.fixed_at(TEN):
        lobby.arrive(name=LONG)
        invited = lobby.do(lambda branch: service.invite(branch, Invite(
            request_key="i", client_id=lobby.guemes_id, name=LONG, email="eva@x.mx", starts_at=TEN,
            ends_at=clock.end_of_day(TEN.date(), branch.timezone)), MARIANA, TEN).id)
        token = tokens.token_of("invitation", db.session.get_one(Invitation, invited).nonce)
        email = let_in(lobby.guemes).email
        door = entrance(email)
    phone = visitor(phone=True)
    phone.page.goto(f"/visits/invitation/{token}")
    phone.look()
    phone.page.goto(door)
    fill(phone.page, email=email)
    phone.press(live_server.says("Come in"))
    phone.page.wait_for_url("**/portal/")
    for address in ("/portal/", "/portal/visitors", "/portal/visitors/new"):
        phone.page.goto(address)
        phone.look()
