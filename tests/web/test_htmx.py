"""One handler serves the page, the fragment, the refusal and the way onwards."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask, Response, get_flashed_messages
from flask.testing import FlaskClient
from jinja2 import DictLoader

from fastoffice import htmx

TEMPLATES = {
    "clients/list.html": "<html>{% include 'clients/_list.html' %}</html>",
    "clients/_list.html": '<section id="clients">{{ who }}</section>',
}
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def app() -> Flask:
    app = Flask("shop")
    app.secret_key = "test"
    app.jinja_loader = DictLoader(TEMPLATES)
    htmx.init_app(app)
    app.get("/clients", endpoint="clients")(lambda: htmx.page_or_fragment(*TEMPLATES, who="Güemes"))
    app.post("/refused", endpoint="refused")(lambda: htmx.invalid(*TEMPLATES, who="typed"))
    app.post("/saved")(saved)
    app.post("/paid")(paid)
    app.get("/news", endpoint="news")(lambda: json.dumps(get_flashed_messages(with_categories=True)))
    return app


def saved() -> Response:
    htmx.toast("Guardado", "success")
    return htmx.redirect("/clients")


def paid() -> Response:
    htmx.toast("Pago de $1,450.00 registrado — gracias")
    response = htmx.page_or_fragment(*TEMPLATES, who="paid")
    response.headers["HX-Trigger"] = "paymentsChanged, figuresChanged"
    return response


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_visit_gets_the_page_and_htmx_the_fragment(browser: FlaskClient) -> None:
    assert browser.get("/clients").text == '<html><section id="clients">Güemes</section></html>'
    assert browser.get("/clients", headers=FRAGMENT).text == '<section id="clients">Güemes</section>'


@pytest.mark.parametrize("header", [
    {"HX-Boosted": "true"}, {"HX-History-Restore-Request": "true"}, {"HX-Request-Type": "full"}])
def test_htmx_gets_the_page_when_it_replaces_the_whole_page(
    browser: FlaskClient, header: dict[str, str]
) -> None:
    assert browser.get("/clients", headers={**FRAGMENT, **header}).text.startswith("<html>")


def test_a_cache_keeps_the_page_and_the_fragment_apart(browser: FlaskClient) -> None:
    assert set(browser.get("/clients").vary) >= {"HX-Request", "HX-Request-Type"}


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_a_refused_form_comes_back_as_422_with_what_was_typed(
    browser: FlaskClient, headers: dict[str, str]
) -> None:
    answer = browser.post("/refused", headers=headers)
    assert answer.status_code == 422
    assert "typed" in answer.text
    assert answer.text.startswith("<html>") is not bool(headers)


def test_a_form_without_scripts_is_followed_by_a_get(browser: FlaskClient) -> None:
    answer = browser.post("/saved")
    assert (answer.status_code, answer.location) == (303, "/clients")


def test_htmx_is_told_to_leave_the_page(browser: FlaskClient) -> None:
    answer = browser.post("/saved", headers=FRAGMENT)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/clients")


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
def test_news_given_before_a_redirect_waits_for_the_next_page_and_is_told_once(
    browser: FlaskClient, headers: dict[str, str]
) -> None:
    assert "HX-Trigger" not in browser.post("/saved", headers=headers).headers
    assert json.loads(browser.get("/news").text) == [["success", "Guardado"]]
    assert json.loads(browser.get("/news").text) == []


def test_news_of_a_fragment_travels_with_it_beside_its_other_events(browser: FlaskClient) -> None:
    events: dict[str, Any] = json.loads(browser.post("/paid", headers=FRAGMENT).headers["HX-Trigger"])
    assert events.pop("toasts") == {
        "items": [{"message": "Pago de $1,450.00 registrado — gracias", "kind": "success"}]}
    assert set(events) == {"paymentsChanged", "figuresChanged"}
    assert json.loads(browser.get("/news").text) == []
