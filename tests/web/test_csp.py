"""Only our own markup may make requests: the policy, its nonce, and where the nonce is stamped."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from jinja2 import DictLoader

from fastoffice import csp

LIST = """<section id="list"
  hx-get="/list">{{ name }}</section>
<p class="quiet">{{ name }}</p>
{% if more %}<a href="/b"{% if more %} hx-get="/b"{% endif %} hx-target="#x">b</a>{% endif %}"""
HOSTILE = '<b hx-get="/steal">x</b>'


@pytest.fixture
def app() -> Flask:
    app = Flask("shop")
    csp.init_app(app)
    app.jinja_env.loader = DictLoader({"list.html": LIST, "mail.txt": "<i hx-get='/x'>"})
    page = app.jinja_env.get_template("list.html")
    app.add_url_rule("/list", "list", view_func=lambda: page.render(name=HOSTILE, more=True))
    app.get("/own", endpoint="own")(lambda: ("x", {"Content-Security-Policy": "default-src 'none'"}))
    app.get("/text", endpoint="text")(lambda: app.jinja_env.get_template("mail.txt").render())
    return app


def nonce_of(policy: str) -> str:
    found = re.search(r"script-src 'self' 'nonce-([\w-]{22})'", policy)
    assert found, policy
    return found[1]


def test_every_element_that_makes_requests_carries_the_nonce_of_the_answer_once(app: Flask) -> None:
    answer = app.test_client().get("/list")
    nonce = nonce_of(answer.headers["Content-Security-Policy"])
    assert re.findall(r"<(\w+) hx-nonce=\"([\w-]+)\"", answer.text) == [("section", nonce), ("a", nonce)]


def test_markup_in_a_clients_name_gets_no_nonce(app: Flask) -> None:
    text = app.test_client().get("/list").text
    assert "&lt;b hx-get=" in text
    assert "<b" not in text


def test_each_answer_has_a_nonce_of_its_own(app: Flask) -> None:
    policies = {app.test_client().get("/list").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_no_policy_lets_inline_code_or_foreign_hosts_in(app: Flask) -> None:
    policy = app.test_client().get("/list").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_stricter_policy_of_an_answer_is_left_alone(app: Flask) -> None:
    assert app.test_client().get("/own").headers["Content-Security-Policy"] == "default-src 'none'"


def test_texts_that_are_no_pages_are_not_stamped(app: Flask) -> None:
    assert app.test_client().get("/text").text == "<i hx-get='/x'>"
