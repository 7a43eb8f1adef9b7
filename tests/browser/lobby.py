"""A tablet on its stand in Polanco's lobby, and the hands that use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Page, expect

from fastoffice.extensions import db
from fastoffice.identity.devices import COOKIES
from fastoffice.visitors.models import ReceptionCall, Visit
from tests.browser.house import House
from tests.browser.watching import AXE, RUN_AXE, SERIOUS, Watched
from tests.factories.devices import paired
from tests.factories.lobby import TEN, Lobby

TEN_INCHES, PORTRAIT, SEVEN_INCHES = ({"width": 1180, "height": 820}, {"width": 820, "height": 1180},
                                      {"width": 600, "height": 960})
SIZES = (TEN_INCHES, PORTRAIT, SEVEN_INCHES, {"width": 960, "height": 600}, {"width": 1366, "height": 1024})
SMALL_TARGETS = """() => [...document.querySelectorAll("button, input:not([type=checkbox]), label.tick")]
  .filter(e => e.offsetParent && (e.offsetHeight < 48 || e.offsetWidth < 48)).map(e => e.outerHTML.slice(0, 120))"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
NO_CAMERA = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"
CAMERA = """const canvas = document.createElement("canvas"); canvas.width = 320; canvas.height = 240;
const pen = canvas.getContext("2d"); setInterval(() => { pen.fillStyle = "#357"; pen.fillRect(0, 0, 320, 240); }, 50);
navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(20);"""
CAMERA_SEES = """const canvas = document.createElement("canvas"); canvas.width = 640; canvas.height = 480;
const pen = canvas.getContext("2d"); const seen = new Image(); seen.src = "data:image/png;base64,%s";
setInterval(() => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, 640, 480);
  pen.drawImage(seen, (640 - seen.width) / 2, (480 - seen.height) / 2); }, 60);
navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(15);"""


def looks_right(page: Page, sizes: Sequence[Any]) -> None:
    """Nothing excludes anybody, nothing is cut off, every target is large enough."""
    usual, problems = page.viewport_size, []
    for size in sizes:
        page.set_viewport_size(size)
        problems += [f"small at {size}: {each}" for each in page.evaluate(SMALL_TARGETS)]
        if page.evaluate(TOO_WIDE) > 0:
            problems.append(f"too wide at {size}")
    page.set_viewport_size(usual or sizes[0])
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    problems += [f"{each['id']}: {each['nodes']}" for each in page.evaluate(RUN_AXE) if each["impact"] in SERIOUS]
    assert not problems, "\n".join(problems)


class Reception:
    """Polanco's lobby with Güemes in it; `now` stands still at ten o'clock."""

    def __init__(self, house: House) -> None:
        self.house = house
        house.now = TEN
        with house.app.app_context():
            self.lobby = Lobby()
            self.device, self.token = paired(self.lobby.branch)
            self.device_id = self.device.id
            self.guemes_id = self.lobby.guemes.id
            db.session.refresh(self.lobby.branch)
            db.session.expunge_all()
            db.session.remove()

    def do(self, work: Any) -> Any:
        """One unit of work in the branch, at the house's moment."""
        with self.house.app.app_context():
            try:
                return self.lobby.do(work, self.house.now)
            finally:
                db.session.remove()

    def visits(self) -> list[Visit]:
        with self.house.app.app_context():
            found = list(db.session.scalars(sa.select(Visit).order_by(Visit.id)))
            db.session.expunge_all()
            db.session.remove()
            return found

    def calls(self) -> list[tuple[str, int | None]]:
        """(reason, visit) of what reception was called for."""
        with self.house.app.app_context():
            found = [(row.reason, row.visit_id) for row in db.session.scalars(sa.select(ReceptionCall))]
            db.session.remove()
        return found

    def last(self) -> Visit:
        return self.visits()[-1]


class Stand:
    """The tablet as a visitor meets it."""

    def __init__(self, chromium: Browser, reception: Reception, *, script: str = NO_CAMERA, size: Any = None,
                 watch: Any = None, token: str = "") -> None:
        self.reception = reception
        self.context: BrowserContext = chromium.new_context(
            locale="es-MX", base_url=reception.house.url, viewport=size or TEN_INCHES, has_touch=True)
        self.context.add_cookies([{"name": COOKIES["kiosk"], "value": token or reception.token, "url": reception.house.url}])
        self.context.add_init_script(script)
        self.eyes = Watched(self.context)
        self.page: Page = self.eyes.page
        self.page.set_default_timeout(8_000)
        if watch:
            watch(self.page)
        self.page.goto("/kiosk/")
        expect(self.page.locator("body[data-ready]")).to_be_attached()

    def kept(self) -> Stand:
        """Wait until the page would open without network."""
        self.page.evaluate("navigator.serviceWorker.ready")
        self.page.wait_for_function("caches.keys().then(names => names.length > 0)")
        self.page.wait_for_function("caches.match('/kiosk/').then(found => Boolean(found))")
        return self

    def at(self, screen: str) -> None:
        expect(self.page.locator(f"[data-screen={screen}]")).to_be_visible()

    def tap(self, selector: str) -> None:
        self.page.locator(selector).locator("visible=true").first.click()

    def write(self, field: str, text: str) -> None:
        self.page.locator(f"[data-field={field}]").fill(text)

    def on(self) -> None:
        """The main button of the step."""
        self.tap("[data-screen]:not([hidden]) .ways .main")

    def begins(self, kind: str = "visit") -> None:
        self.tap("[data-go=begin]")
        self.tap(f"[data-kind={kind}]:not(body)")

    def names_host(self, host: str = "Laura Güemes Ñuño") -> None:
        self.write("host", host)
        self.on()
        self.tap("#host-yes")

    def says_who(self, name: str = "Ana Pérez", contact: str = "5512345678", company: str = "Consultores") -> None:
        self.write("contact", contact)
        self.write("name", name)
        self.write("company", company)
        self.on()

    def signs(self) -> None:
        self.at("rules")
        box = self.page.locator("#pad").bounding_box()
        assert box
        self.page.mouse.move(box["x"] + 30, box["y"] + 40)
        self.page.mouse.down()
        for step in range(6):
            self.page.mouse.move(box["x"] + 40 + step * 25, box["y"] + 30 + (step % 2) * 30)
        self.page.mouse.up()
        self.on()

    def reads(self, msgid: str) -> None:
        """These words, in Spanish, are to be seen."""
        expect(self.page.locator("[data-screen]:not([hidden]), dialog[open]").filter(
            has_text=self.reception.house.says(msgid)).first).to_be_visible()

    def look(self) -> None:
        """Lying, standing, from seven inches to twelve."""
        looks_right(self.page, SIZES)

    def typed_anywhere(self) -> str:
        """Everything that stands in fields or on the page."""
        return str(self.page.evaluate(
            "[...document.querySelectorAll('input')].map(e => e.value).join('|') + document.body.innerText"))


class Human:
    """Types and taps like a person who has done it before. The pauses are the tablet's own time, moved on, so that
    nobody waits for them; what house and browser take on top of them is counted as it passes. `Stand(watch=moved)`.
    """

    LOOKS, TYPES = 450, 150  # milliseconds before a tap, for a letter

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.began = self._now()

    def tap(self, selector: str) -> None:
        self._waits(self.LOOKS)
        self.stand.tap(selector)

    def types(self, field: str, text: str) -> None:
        self.stand.page.locator(f"[data-field={field}]").click()
        self._waits(self.LOOKS + self.TYPES * len(text))
        self.stand.page.keyboard.type(text)

    def on(self) -> None:
        self._waits(self.LOOKS)
        self.stand.on()

    def thinks(self, seconds: int) -> None:
        """Reads something, or moves a finger."""
        self._waits(seconds * 1000)

    @property
    def seconds(self) -> float:
        return (self._now() - self.began) / 1000

    def _now(self) -> float:
        return float(self.stand.page.evaluate("Date.now()"))

    def _waits(self, milliseconds: int) -> None:
        self.stand.page.clock.run_for(milliseconds)


def moved(page: Page) -> None:
    """The tablet's clock goes on by itself, and faster when told."""
    page.clock.install()
