"""A receptionist at the counter of a web server that keeps dying: what got no answer she sends again."""

from __future__ import annotations

import http.client
import http.cookiejar
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from html import unescape

FIELD = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'\b(name|value|type)="([^"]*)"')
ANSWER_SECONDS = 20
REDIRECTS = {302, 303}
BREATH = 0.05


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Where an answer leads is a request of its own: a form that was taken is not sent again for its sake."""

    def redirect_request(self, *_arguments: object, **_more: object) -> None:
        return None


class Reception:
    """A browser without JavaScript; `lost` counts the requests that got no answer."""

    def __init__(self, url: str, closing_time: threading.Event) -> None:
        self.url, self._closing_time = url, closing_time
        self._browser = urllib.request.build_opener(
            _StayHere(), urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.lost = 0

    def sign_in(self, email: str, password: str) -> None:
        fields = self.fields("/sign-in")
        page = self.send("/sign-in", {**fields, "email": email, "password": password})
        assert "/sign-in" not in page.address, "the log-in was refused"

    def fields(self, path: str) -> dict[str, str]:
        """What the forms of a page would send."""
        found = {}
        for tag in FIELD.findall(self.send(path).text):
            attributes = dict(ATTRIBUTE.findall(tag))
            if "name" in attributes and attributes.get("type") not in {"checkbox", "radio"}:
                found[attributes["name"]] = unescape(attributes.get("value", ""))
        return found

    def send(self, path: str, form: Mapping[str, str] | None = None) -> Page:
        """The page that answers, however often it has to be asked. A refusal of the server fails the test."""
        while not self._closing_time.is_set():
            try:
                return self._ask(path, urllib.parse.urlencode(form).encode() if form is not None else None)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in REDIRECTS:
                        raise AssertionError(f"{path} answered {error.code}: {_words(error.read())}") from error
                    path, form = urllib.parse.urljoin(path, error.headers["Location"]), None
            except (OSError, http.client.HTTPException):
                self.lost += 1
                self._closing_time.wait(BREATH)
        raise AssertionError(f"{path}: the counter was closed")

    def _ask(self, path: str, data: bytes | None) -> Page:
        with self._browser.open(urllib.parse.urljoin(self.url, path), data, timeout=ANSWER_SECONDS) as answer:
            return Page(path, answer.read().decode())


class Page:
    """Where an answer came from in the end, and what it says."""

    def __init__(self, address: str, text: str) -> None:
        self.address, self.text = address, text


def _words(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode(errors="replace")).split())[:400]
