"""The manager turns on the second factor, loses her phone, and is let in again."""

from __future__ import annotations

import html
import re

import pytest
from flask import current_app

from fastoffice import transaction
from fastoffice.extensions import db, limiter
from fastoffice.identity import service
from fastoffice.identity.models import User
from tests.factories.people import ACTOR, Cast, make_cast
from tests.web.browser import Browser


@pytest.fixture
def cast(app: object) -> Cast:
    return make_cast()


def turn_on(client: Browser) -> None:
    """Follow the page: choose the app, scan, confirm with its code."""
    page = client.post("/account/second-factor", data={"setup": "authenticator"})
    assert page.status_code == 200
    assert "data:image/svg+xml;base64," in page.text
    action = html.unescape(re.search(r'action="(/account/second-factor/[^"]+)"', page.text)[1])  # type: ignore[index]
    with client.session_transaction() as session:
        secret = session["tf_totp_secret"]
    code = current_app.extensions["security"].totp_factory.generate_totp_password(secret)
    done = client.post(action, data={"code": code})
    assert done.location == "/account/second-factor"


def next_code(user: User) -> str:
    """What the app shows in the next half minute (the code of this one was used for the set-up)."""
    totp = current_app.extensions["security"].totp_factory._totp.from_source(user.tf_totp_secret)
    used = user.tf_last_counter
    assert used is not None
    return str(totp.generate((used + 1) * 30).token)


def test_sign_in_then_asks_for_the_code_of_the_app(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.manager)
    turn_on(client)
    client.sign_out()
    asked = client.sign_in(cast.manager, next="/account/")
    assert asked.location.startswith("/sign-in/code")
    assert client.get("/account/").status_code == 303, "not in yet"
    assert client.post("/sign-in/code", data={"code": "000000"}).status_code == 422
    code = next_code(cast.manager)
    assert client.post(asked.location, data={"code": code}).location == "/account/"
    assert client.get("/account/").status_code == 200


def test_guessing_codes_waits_whatever_else_is_sent_along(
    cast: Cast, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    client.sign_in(cast.manager)
    turn_on(client)
    client.sign_out()
    client.sign_in(cast.manager)
    guesses = [client.post("/sign-in/code", data={"code": f"{turn:06}", "email": f"{turn}@example.com"}).status_code
               for turn in range(11)]
    assert guesses == [422] * 10 + [429]


def test_a_code_works_once(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.manager)
    turn_on(client)
    client.sign_out()
    code = next_code(cast.manager)
    client.sign_in(cast.manager)
    assert client.post("/sign-in/code", data={"code": code}).status_code == 302
    over_the_shoulder = client.application.test_client()
    over_the_shoulder.sign_in(cast.manager)
    assert over_the_shoulder.post("/sign-in/code", data={"code": code}).status_code == 422


def test_without_the_phone_a_recovery_code_lets_her_in_once(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.manager)
    turn_on(client)
    page = client.post("/account/recovery-codes", data={"generate_new_codes": "1"})
    code = re.search(r"<code>([0-9a-f-]{14})</code>", page.text)[1]  # type: ignore[index]
    assert code not in str(cast.manager.mf_recovery_codes), "kept encrypted"
    client.sign_out()
    client.sign_in(cast.manager)
    assert client.get("/sign-in/recovery-code").status_code == 200
    assert client.post("/sign-in/recovery-code", data={"code": code}).status_code == 302
    client.sign_out()
    client.sign_in(cast.manager)
    assert client.post("/sign-in/recovery-code", data={"code": code}).status_code == 422


def test_somebody_above_resets_it_and_her_sessions_end(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.manager)
    turn_on(client)
    user_id = cast.manager.id
    transaction.run(lambda: service.reset_second_factor(ACTOR, db.session.get_one(User, user_id), version=1))
    assert client.get("/account/").status_code == 303
    assert client.sign_in(cast.manager).location == "/staff/"


def test_turning_it_off_asks_for_nothing_but_a_fresh_session(cast: Cast, client: Browser) -> None:
    client.sign_in(cast.manager)
    turn_on(client)
    with client.session_transaction() as session:
        session["fs_paa"] = 0  # signed in long ago
    assert client.post("/account/second-factor", data={"setup": "disable"}).location.startswith("/account/confirm")
    assert cast.manager.tf_primary_method == "authenticator"
    client.post("/account/confirm", data={"password": "buen día Polanco 1"})
    client.post("/account/second-factor", data={"setup": "disable"})
    assert cast.manager.tf_primary_method is None


def test_the_code_page_is_no_way_around_the_password(cast: Cast, client: Browser) -> None:
    assert client.get("/sign-in/code").location == "/sign-in"
    assert client.get("/sign-in/recovery-code").location == "/sign-in"
