"""A tablet as the server meets it: its cookie, its header, its forms."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from fastoffice.branches.models import Branch
from fastoffice.identity.devices import COOKIES
from tests.factories.devices import paired
from tests.web.browser import Browser


class Tablet:
    """Paired with `branch`."""

    def __init__(self, app: Flask, branch: Branch) -> None:
        self.device, self.token = paired(branch)
        self.device_id = self.device.id
        self.browser: Browser = app.test_client()  # type: ignore[assignment]
        self.browser.set_cookie(COOKIES["kiosk"], self.token)

    def tell(self, path: str, **fields: Any) -> TestResponse:
        """A call as the page makes it."""
        return self.browser.post(f"/kiosk/{path}", data={"language": "es", **fields}, csrf=False,
                                 headers={"X-Device-Call": "1", "Sec-Fetch-Site": "same-origin"})

    def arrive(self, key: str = "k-1", **told: Any) -> TestResponse:
        """Ana signs in."""
        return self.tell("visits", **{"key": key, "kind": "visit", "name": "Ana Pérez", "company": "Consultores",
                                      "contact": "5512345678", "host_text": "Laura Güemes Ñuño", **told})
