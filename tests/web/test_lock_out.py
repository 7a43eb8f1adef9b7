"""Whoever guesses passwords waits; the person next door does not."""

from __future__ import annotations

import pytest
from flask import Flask

from fastoffice.extensions import limiter
from tests.factories.people import Cast, make_cast
from tests.web.browser import Browser

TRIES = 10


@pytest.fixture
def cast(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(limiter, "enabled", True)  # an application of another test may have turned it off
    return make_cast()


def guess(client: Browser, email: str, times: int) -> list[int]:
    return [client.sign_in(email, f"intento número {turn}").status_code for turn in range(times)]


def test_after_ten_wrong_passwords_even_the_right_one_waits(cast: Cast, client: Browser) -> None:
    assert guess(client, cast.mariana.email, TRIES) == [422] * TRIES
    locked = client.sign_in(cast.mariana)
    assert locked.status_code == 429
    assert "Intente de nuevo en 15 minutos" in locked.text
    assert 0 < int(locked.headers["Retry-After"]) <= 15 * 60


def test_the_lock_is_on_the_account_from_wherever_it_is_tried(cast: Cast, client: Browser) -> None:
    guess(client, cast.mariana.email.upper(), TRIES)
    elsewhere = client.application.test_client()
    answer = elsewhere.post("/sign-in", data={"email": cast.mariana.email, "password": "x"},
                            environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert answer.status_code == 429


def test_no_other_spelling_of_her_address_has_tries_of_its_own(cast: Cast, client: Browser) -> None:
    spellings = ("mariana@fastoffice.example", "mariana@\uff46astoffice.example", "mariana@fastoffice\u3002example")
    for spelling in spellings:
        guess(client, spelling, 4)
    assert client.sign_in(cast.mariana).status_code == 429


def test_the_neighbouring_addresses_of_one_house_wait_with_it(cast: Cast, client: Browser) -> None:
    def tries(turn: int, house: str) -> int:
        return client.post("/sign-in", data={"email": f"p{turn}@fastoffice.example", "password": "x"},
                           environ_base={"REMOTE_ADDR": f"2001:db8:{house}::{turn:x}"}).status_code

    assert [tries(turn, "1") for turn in range(51)][-1] == 429
    assert tries(52, "2") == 422


def test_her_manager_is_not_locked_out_with_her(cast: Cast, client: Browser) -> None:
    guess(client, cast.mariana.email, TRIES)
    assert client.sign_in(cast.manager).status_code == 302


def test_an_unknown_address_locks_in_the_same_way(cast: Cast, client: Browser) -> None:
    assert guess(client, "nadie@fastoffice.example", TRIES + 1)[-1] == 429


def test_one_desk_that_tries_many_accounts_waits_too(cast: Cast, client: Browser) -> None:
    answers = [guess(client, f"persona{turn}@fastoffice.example", 1)[0] for turn in range(51)]
    assert answers == [422] * 50 + [429]


def test_signing_in_rightly_costs_nothing(cast: Cast, client: Browser) -> None:
    for _turn in range(TRIES + 2):
        assert client.sign_in(cast.mariana).status_code == 302
        client.sign_out()


def test_recovery_mails_to_one_address_are_limited(cast: Cast, client: Browser) -> None:
    answers = [client.post("/recover", data={"email": cast.mariana.email}).status_code for _turn in range(6)]
    assert answers == [303] * 5 + [429]
