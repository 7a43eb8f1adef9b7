"""The eyes themselves: they see what they are there to see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.watching import Watched

pytestmark = pytest.mark.browser
PAGE = "<!doctype html><html lang=es><title>x</title><main id=main><h1>x</h1>{}</main></html>"


@pytest.mark.parametrize(("fault", "words"), [
    ("<input>", "label"),
    ("<img src='data:,'>", "image-alt"),
    ("<p style='color:#ccc;background:#fff'>pale</p>", "color-contrast"),
    ("<div style='width:1000px'>wide</div>", "wider than 360"),
    ("<script>console.error('broken')</script>", "broken"),
    ("<script>missing()</script>", "missing is not defined"),
])
def test_a_fault_is_seen(visitor: Callable[..., Watched], fault: str, words: str) -> None:
    eyes = visitor()
    eyes.page.set_content(PAGE.format(fault))
    with pytest.raises(AssertionError, match=words):
        eyes.look()


def test_a_request_that_the_policy_refuses_is_seen(visitor: Callable[..., Watched]) -> None:
    eyes = visitor()
    eyes.page.goto("/sign-in")
    with eyes.page.expect_console_message():
        eyes.page.evaluate("() => { const picture = document.createElement('img'); picture.alt = '';"
                           " picture.src = 'https://x.example/a.png'; document.body.append(picture); }")
    with pytest.raises(AssertionError, match="Content Security Policy"):
        eyes.look()


def test_a_page_without_faults_is_fine(visitor: Callable[..., Watched]) -> None:
    eyes = visitor()
    eyes.page.set_content(PAGE.format("<p>fine</p>"))
    eyes.look()
