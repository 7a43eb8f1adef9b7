"""A NUL in a form or an address is refused calmly on both engines."""

from __future__ import annotations

import pytest

from tests.factories.people import make_cast


@pytest.mark.parametrize("address", ["/staff/search?q=a%00b", "/staff/billing/2026-12?q=%00"])
def test_in_an_address(app, address: str) -> None:
    make_cast()
    browser = app.test_client()
    assert browser.get(address).status_code == 400


def test_in_a_form(app) -> None:
    assert app.test_client().post("/sign-in", data={"email": "a\0b", "password": "x"}).status_code == 400
