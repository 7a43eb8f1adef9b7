"""A person's eyes on every page: no complaint of the browser, nothing that excludes anybody, nothing cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = (1360, 820, 360)
SERIOUS = {"serious", "critical"}
RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"], iframes: false});  // a mail in its sandbox hears nobody
  return found.violations.map(v => (
    {id: v.id, impact: v.impact, nodes: v.nodes.map(n => n.html + " " + n.failureSummary)}));
}"""
OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > wide + 1)
    .slice(0, 5).map(e => e.outerHTML.slice(0, 160));
}"""


class Watched:
    """A page whose complaints are collected; `look()` examines what it shows now."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.request.method} {response.url}")

    def look(self) -> None:
        """Nothing to complain about, on a desktop, a tablet and a phone."""
        usual = self.page.viewport_size
        problems = self._excludes()
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            problems += [f"wider than {width}: {each}" for each in self.page.evaluate(OVERFLOW)]
        self.page.set_viewport_size(usual or {"width": 1360, "height": 900})
        problems += self.complaints
        assert not problems, f"{self.page.url}\n" + "\n".join(problems)

    def _excludes(self) -> list[str]:
        self.page.evaluate(AXE)
        found = self.page.evaluate(RUN_AXE)
        return [f"{each['id']}: {each['nodes']}" for each in found if each["impact"] in SERIOUS]

    def press(self, name: str, role: str = "button") -> None:
        """Press the button (or follow the link) with this name."""
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]

    def heading(self, name: str) -> None:
        """Wait for the page with this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)

    def sees(self, text: str) -> None:
        """This text stands on the page."""
        expect(self.page.locator("#main")).to_contain_text(text)
