"""What no person types (a visitor's tools do) is read calmly on both engines, whichever page it is sent to."""

from __future__ import annotations

from itertools import product
from urllib.parse import urlencode

import pytest
from flask import Flask

from fastoffice.sent import whole
from tests.factories.people import Cast, make_cast
from tests.web.browser import htmx_headers

ODD = ("a\0", "\u00b2", "9" * 20, "9" * 5000, "9999-12-31")
PARAMETERS = ("page", "q", "before", "id", "since", "until", "actor", "subject", "show", "client", "status", "next", "of",
              "last", "addressee", "kind", "carrier")
LISTS = ("/staff/audit/", "/staff/outbox/", "/staff/billing/2026-12", "/staff/payments/", "/staff/clients/", "/staff/contracts/",
         "/staff/search", "/staff/mail/", "/staff/mail/calls", "/staff/mail/guess", "/staff/contracts/new", "/staff/invoices/new", "/staff/imports/")


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast()


def test_odd_parameters_of_an_address_are_as_good_as_none(app: Flask, cast: Cast) -> None:
    manager = app.test_client()
    manager.sign_in(cast.manager)
    for address, value in product(LISTS, ODD):
        asked = urlencode(dict.fromkeys(PARAMETERS, value))
        answer = manager.get(f"{address}?{asked}", headers=htmx_headers(address))
        assert answer.status_code == 200, (address, value[:20])


def test_bytes_of_an_address_that_are_no_text_are_read_as_they_can(app: Flask, cast: Cast) -> None:
    browser = app.test_client()
    browser.sign_in(cast.manager)
    for query, shown in (("q=\xff\xfe", "%FF%FE"), ("q=L\xc3\xb3pez&page=1", "López")):
        answer = browser.open("/staff/clients/", environ_overrides={"QUERY_STRING": query})
        assert answer.status_code == 200
        assert f'value="{shown}"' in answer.text


def test_a_nul_is_no_part_of_what_was_typed(app: Flask, cast: Cast) -> None:
    browser = app.test_client()
    assert browser.post("/sign-in", data={"email": "no\0body@example.com", "password": "a\0"}).status_code == 422
    assert browser.sign_in("mari\0ana@fastoffice.example").status_code in {302, 303}
    assert browser.post("/account/", data={"full_name": "Mari\0ana Ruiz", "language\0": "es"}).status_code == 303
    assert 'value="Mariana Ruiz"' in browser.get("/account/").text


def test_a_body_of_json_is_an_empty_form(app: Flask, cast: Cast) -> None:
    browser = app.test_client()
    body = '["a\\u0000b", {"email": "\\ud800"}]'
    for address in ("/sign-in", "/recover", "/account/password"):
        answer = browser.post(address, data=body, content_type="application/json")
        assert answer.status_code < 500, address
    browser.sign_in(cast.manager)
    for address in ("/account/", "/staff/clients/", "/staff/settings/policy"):
        assert browser.post(address, data=body, content_type="application/json").status_code == 422, address


def test_a_form_of_millions_of_fields_is_refused_unread(app: Flask) -> None:
    answer = app.test_client().post("/sign-in", data=b"a&" * 600_000, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_whole_numbers_of_our_own() -> None:
    assert (whole("12", -1), whole("0", -1), whole("9" * 15, -1)) == (12, 0, 10**15 - 1)
    assert {whole(text, -1) for text in ("", "-1", "\u00b2", "\u0661", "1e3", "9" * 16)} == {-1}
