"""What people see when something does not work."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from fastoffice.blueprints.staff import account
from tests.factories.people import Cast, make_cast
from tests.web.browser import Browser, htmx_headers


@pytest.fixture
def cast(app: object, client: Browser) -> Cast:
    found = make_cast()
    client.sign_in(found.mariana)
    return found


def break_account_page(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken(*_arguments: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(account, "ProfileForm", broken)


def test_a_fault_of_ours_shows_a_reference_and_no_trace(
    cast: Cast, client: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_account_page(monkeypatch, RuntimeError("secret of the house"))
    answer = client.get("/account/")
    assert answer.status_code == 500
    assert "secret of the house" not in answer.text
    assert "Traceback" not in answer.text
    reference = re.search(r"\b[0-9A-F]{8}\b", answer.text)[0]  # type: ignore[index]
    assert any(reference in record.getMessage() and record.exc_info for record in caplog.records)
    assert answer.headers["X-Request-Id"] == reference


def test_the_same_inside_a_fragment_is_a_message_and_swaps_nothing(
    cast: Cast, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_account_page(monkeypatch, RuntimeError("x"))
    answer = client.get("/account/", headers=htmx_headers("/account/"))
    assert (answer.status_code, answer.text) == (500, "")
    assert answer.headers["HX-Reswap"] == "none"
    assert answer.headers["X-Request-Id"] in answer.headers["HX-Trigger"]


def test_a_database_that_does_not_answer_still_gets_a_page(
    cast: Cast, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_account_page(monkeypatch, OperationalError("SELECT 1", {}, Exception("server closed the connection")))
    answer = client.get("/account/")
    assert answer.status_code == 500
    assert "Algo salió mal" in answer.text
    assert "server closed" not in answer.text


def test_a_database_that_is_gone_altogether_still_gets_a_page(
    cast: Cast, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_uniquifier: str) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(client.application.login_manager, "_user_callback", gone)  # type: ignore[attr-defined]
    answer = client.get("/account/")
    assert answer.status_code == 500
    assert "Algo salió mal" in answer.text


@pytest.mark.parametrize(("method", "path", "status", "words"), [
    ("GET", "/staff/nowhere", 404, "No encontramos lo que busca"),
    ("GET", "/staff/settings/branch", 403, "Esto no le corresponde"),
    ("DELETE", "/account/", 405, "Esa página no se puede abrir así"),
    ("GET", "/staff/clients/999999", 404, "No encontramos lo que busca"),
])
def test_refusals_are_calm_pages_with_a_way_on(
    cast: Cast, client: Browser, method: str, path: str, status: int, words: str
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert words in answer.text
    assert 'href="/"' in answer.text


def test_a_body_that_is_too_large_is_refused_before_it_is_read(cast: Cast, client: Browser) -> None:
    answer = client.post("/account/", data={"full_name": "x"},
                         environ_overrides={"CONTENT_LENGTH": str(40 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "El archivo es demasiado grande" in answer.text


def test_every_page_carries_its_headers(cast: Cast, client: Browser) -> None:
    for answer in (client.get("/account/"), client.application.test_client().get("/sign-in"),
                   client.get("/staff/nowhere")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_what_a_signed_in_person_saw_is_not_kept_by_the_browser(cast: Cast, client: Browser) -> None:
    assert client.get("/account/").headers["Cache-Control"] == "no-store"
    assert "no-store" not in client.get("/static/css/app.css").headers.get("Cache-Control", "")


def test_the_session_cookie_is_for_the_server_only(app: Flask) -> None:
    make_cast()
    browser = app.test_client()
    cookie = browser.sign_in("mariana@fastoffice.example").headers["Set-Cookie"]  # type: ignore[attr-defined]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_language_can_be_changed_and_is_remembered(cast: Cast, client: Browser) -> None:
    assert client.post("/language", data={"language": "ro", "next": "/account/"}).location == "/account/"
    assert "Contul meu" in client.get("/account/").text
    client.post("/language", data={"language": "xx"})
    assert cast.mariana.language == "ro"
    stranger = client.application.test_client()
    stranger.post("/language", data={"language": "en", "next": "/sign-in"})
    assert "Forgot your password?" in stranger.get("/sign-in").text


def test_a_branch_of_others_cannot_be_chosen(cast: Cast, client: Browser) -> None:
    assert client.post("/staff/branch", data={"branch": "TIJ"}).status_code == 404
