"""Laura comes in with the passkey of her phone; a stranger's phone, a copied answer or an unlocked one do not."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from fastoffice.extensions import db
from fastoffice.identity.models import Passkey
from tests.doubles.passkey import Device
from tests.factories.contracts import make_client
from tests.factories.people import Cast, make_cast
from tests.factories.portal import come_in, let_in
from tests.web.browser import Browser


@pytest.fixture
def cast(app: object) -> Cast:
    return make_cast()


@pytest.fixture
def laura(cast: Cast, client: Browser) -> Browser:
    come_in(client, let_in(make_client(cast.polanco, email="laura@guemes.mx")))
    return client


def asked(page: TestResponse) -> tuple[str, dict[str, Any]]:
    """Where the device's answer goes, and what it is asked."""
    action = re.search(r'action="(/portal/passkeys?/[^"]+)"', page.text)
    options = re.search(r'data-options="([^"]+)"', page.text)
    assert action
    assert options
    return action[1], json.loads(html.unescape(options[1]))


def set_up(browser: Browser, device: Device, name: str = "Mi teléfono") -> TestResponse:
    address, options = asked(browser.post("/portal/passkeys", data={"name": name}))
    return browser.post(address, data={"credential": device.create(options)})


def show(browser: Browser, device: Device) -> TestResponse:
    address, options = asked(browser.post("/portal/passkey"))
    return browser.post(address, data={"credential": device.get(options)})


def keys() -> int:
    return db.session.scalar(sa.select(sa.func.count(Passkey.id))) or 0


def test_she_sets_up_her_phone_and_comes_in_with_it(laura: Browser, app) -> None:
    phone = Device()
    assert set_up(laura, phone).location == "/portal/passkeys"
    assert "Mi teléfono" in laura.get("/portal/passkeys").text
    laura.post("/portal/sign-out")
    answer = show(laura, phone)
    assert (answer.status_code, answer.location) == (302, "/portal/")
    assert laura.get("/portal/access").status_code == 200
    removed = laura.post("/portal/passkey-removal", data={"name": "Mi teléfono"})
    assert removed.location == "/portal/passkeys"
    assert keys() == 0
    assert show(app.test_client(), phone).location == "/portal/passkey"


def test_a_phone_that_nobody_set_up_opens_nothing(laura: Browser, app) -> None:
    set_up(laura, Device())
    other: Browser = app.test_client()
    assert show(other, Device()).location == "/portal/passkey"
    assert "No conocemos" in other.get("/portal/passkey").text
    assert other.get("/portal/access").status_code == 303


@pytest.mark.parametrize("device", [Device("https://evil.example"), Device(verifies=False)])
def test_an_answer_for_another_house_or_of_an_unlocked_phone_is_not_taken(laura: Browser, device: Device) -> None:
    set_up(laura, device)
    assert keys() == 0


def test_a_phone_that_stops_asking_who_holds_it_opens_nothing(laura: Browser, app) -> None:
    phone = Device()
    set_up(laura, phone)
    phone.flags = 0x01
    other: Browser = app.test_client()
    assert show(other, phone).location == "/portal/passkey"
    assert other.get("/portal/access").status_code == 303


@pytest.mark.parametrize("credential", ["", "{}", "no", '{"id": 1, "rawId": "x", "type": "public-key", "response": 5}'])
def test_nonsense_is_refused_calmly(laura: Browser, app, credential: str) -> None:
    address, _options = asked(laura.post("/portal/passkeys", data={"name": "Mi teléfono"}))
    assert laura.post(address, data={"credential": credential}).status_code == 302
    other: Browser = app.test_client()
    address, _options = asked(other.post("/portal/passkey"))
    assert other.post(address, data={"credential": credential}).location == "/portal/passkey"
    assert other.post("/portal/passkey/not-a-state", data={"credential": credential}).location == "/portal/passkey"


def test_what_a_browser_adds_is_kept_only_when_it_is_small(laura: Browser) -> None:
    address, options = asked(laura.post("/portal/passkeys", data={"name": "Mi teléfono"}))
    made = json.loads(Device().create(options))
    for wrong in ("x" * 300, {"a": 1}, "[1]", "{"):
        assert laura.post(address, data={"credential": json.dumps({**made, "extensions": wrong})}).status_code == 302
    assert keys() == 0
    assert laura.get("/portal/passkeys").status_code == 200


def test_a_name_is_given_once(laura: Browser) -> None:
    set_up(laura, Device())
    twice = laura.post("/portal/passkeys", data={"name": "Mi teléfono"})
    assert twice.status_code == 422
    assert laura.post("/portal/passkeys", data={"name": ""}).status_code == 422


def test_the_staff_have_a_second_factor_instead(cast: Cast, app) -> None:
    browser: Browser = app.test_client()
    browser.sign_in(cast.mariana)
    assert browser.get("/portal/passkeys").status_code == 404
    assert browser.post("/portal/passkeys", data={"name": "x"}).status_code == 404
