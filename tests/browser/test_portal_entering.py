"""Laura comes in on her phone: by the link in her mail, the next time with its own key; Mariana looks on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import fill
from tests.browser.house import House
from tests.browser.watching import Watched
from tests.factories.contracts import make_client
from tests.factories.people import PASSWORD, make_cast

pytestmark = pytest.mark.browser
LAURA = "laura@guemes.mx"
KEY_OF_THE_PHONE = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                    "isUserVerified": True, "automaticPresenceSimulation": True}


def link_in_the_mail(house: House) -> str:
    """The path of the newest link that lets somebody in."""
    texts = [body.get_content() for mail in house.mails() if (body := mail.get_body(("plain",)))]
    return [found[0] for text in texts if (found := re.search(r"/portal/enter/[\w-]+", text))][-1]


def give_it_a_key(page: Page) -> None:
    """The phone can make passkeys and its owner's finger lies on it."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": KEY_OF_THE_PHONE})


def test_by_the_link_in_her_mail_and_then_with_her_phone(
    live_server: House, visitor: Callable[..., Watched]
) -> None:
    with live_server.app.app_context():
        guemes = make_client(make_cast().polanco, "Logística Güemes López, S.C.", email=LAURA).id
    eyes = visitor(phone=True)
    page, home = eyes.page, live_server.url.replace("127.0.0.1", "localhost")  # keys belong to names, not to numbers
    give_it_a_key(page)
    page.goto(f"{home}/portal/")
    eyes.look()
    fill(page, email=LAURA)
    eyes.press("Enviarme el enlace")
    eyes.sees("va en camino")
    eyes.look()
    live_server.tick()
    page.goto(home + link_in_the_mail(live_server))
    eyes.look()
    eyes.press("Entrar")
    page.wait_for_url(f"{home}/portal/")
    eyes.look()
    eyes.press("Mi acceso", "link")
    eyes.look()
    eyes.press("Llaves de acceso", "link")
    eyes.look()
    eyes.press("Registrar una llave de acceso")
    expect(page.locator("#main")).to_contain_text("está lista")
    eyes.look()
    page.goto(f"{home}/portal/access")
    eyes.press("Cerrar sesión")
    eyes.press("Tengo llave de acceso", "link")
    eyes.look()
    eyes.press("Usar mi llave de acceso")
    page.wait_for_url(f"{home}/portal/")
    eyes.look()
    looks_on(visitor(), guemes)


def looks_on(desk: Watched, client_id: int) -> None:
    """Mariana at her desk: who may come in, and the portal as Laura sees it."""
    page = desk.page
    page.goto("/sign-in")
    fill(page, email="mariana@fastoffice.example", password=PASSWORD)
    page.locator("main form button.btn").click()
    page.wait_for_url("**/staff/")
    page.goto(f"/staff/clients/{client_id}/portal")
    desk.sees("puede entrar")
    desk.look()
    desk.press("Ver como cliente")
    page.wait_for_url("**/portal/")
    expect(page.locator("body")).to_contain_text("Viendo como cliente")
    desk.look()
    desk.press("Dejar de ver")
    page.wait_for_url(f"**/staff/clients/{client_id}")
