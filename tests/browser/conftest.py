"""Chromium, and the house it visits."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.house import House
from tests.browser.lobby import Stand
from tests.browser.watching import Watched
from tests.factories.lobby import TEN

DESKTOP, PHONE = {"width": 1360, "height": 900}, {"width": 390, "height": 844}


def executable() -> str | None:
    """The machine's Chromium: without the window that nobody sees if it has that one, which is half of the work."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, else the one that Playwright installed."""
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=flags)
        yield browser
        browser.close()


@pytest.fixture
def live_server(tmp_path: Path, worker_name: str) -> Iterator[House]:
    """An empty installation on SQLite, served on loopback."""
    house = House(tmp_path, worker_name)
    yield house
    house.stop()


@pytest.fixture
def visitor(chromium: Browser, live_server: House) -> Iterator[Callable[..., Watched]]:
    """Opens a browser window of its own: `visitor(phone=True)`, `visitor(scripts=False)`."""
    contexts = []

    def open_window(*, phone: bool = False, scripts: bool = True) -> Watched:
        options: dict[str, Any] = {"viewport": PHONE if phone else DESKTOP, "java_script_enabled": scripts}
        context = chromium.new_context(locale="es-MX", base_url=live_server.url, **options)
        contexts.append(context)
        return Watched(context)

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def stand(chromium: Browser, reception: Any) -> Iterator[Callable[..., Stand]]:
    """Opens tablets in the lobby of `reception` (the file's own), at ten: `stand()`, `stand(script=…)`."""
    reception.house.now, opened = TEN, []

    def open_one(**options: Any) -> Stand:
        opened.append(Stand(chromium, reception, **options))
        return opened[-1]

    yield open_one
    for each in opened:
        each.context.close()


def fill(page: Page, **fields: str) -> None:
    """Write into the fields with these names."""
    for name, value in fields.items():
        page.locator(f"[name={name}]").last.fill(value)
