"""The manager pairs and ends tablets; the receptionist does not."""

from __future__ import annotations

import re

from fastoffice import clock, transaction
from fastoffice.identity import devices
from tests.factories.devices import paired
from tests.web.browser import Browser

PAGE = "/staff/settings/devices"


def test_a_code_is_shown_once_and_the_list_says_who_paired(cast, manager: Browser, app) -> None:
    shown = manager.post(PAGE, data={"place": "kiosk", "name": "Lobby"})
    code = re.search(r'data-copy="([2-9A-Z]{8})"', shown.text)[1]
    assert re.search(r"<b>[2-9A-Z]{4}-[2-9A-Z]{4}</b>", shown.text), "the key of the evacuation list"
    assert shown.headers["Cache-Control"] == "no-store"
    assert code not in manager.get(PAGE).text
    transaction.run(lambda: devices.pair("kiosk", code, clock.now()))
    assert "Lobby" in manager.get(PAGE).text
    assert "Graciela Torres" in manager.get(PAGE).text


def test_what_is_missing_is_said_beside_its_field(cast, manager: Browser) -> None:
    assert manager.post(PAGE, data={"place": "kiosk", "name": " "}).status_code == 422
    assert manager.post(PAGE, data={"place": "panel:99", "name": "Sala"}).status_code == 422


def test_one_click_ends_it(cast, manager: Browser, mariana: Browser) -> None:
    device, token = paired(cast.polanco)
    key = device.id
    assert mariana.post(f"{PAGE}/{key}/ending").status_code == 403
    assert devices.service.by_token("kiosk", token) is not None
    assert manager.post(f"{PAGE}/{key}/ending").location == PAGE
    assert devices.service.by_token("kiosk", token) is None
