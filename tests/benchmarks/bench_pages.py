"""Pages of a branch with 1,000 and with 100,000 invoices: SQL statements, server time, bytes over the wire.

    python -m tests.benchmarks pages

Each page is asked by a signed-in manager of a branch whose thirteen months `page_data` writes. Statements are
all that reach the database between request and answer; time is the median of seven after a warm-up, its floor
the same page at 1,000 invoices; bytes are those of the body as a browser that takes brotli receives it.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from fastoffice import clock
from fastoffice.billing.models import Invoice
from fastoffice.extensions import db
from tests.benchmarks import page_data
from tests.benchmarks.bench_app import bench_apps
from tests.factories.people import PASSWORD, make_branch, make_user
from tests.web.browser import Browser, htmx_headers
from tests.web.statements import counted_statements

STATEMENTS, GROWTH, FIRST_VISIT, LATER = 12, 3.0, 60 * 1024, 12 * 1024
ROUNDS = 7
ENCODING = {"Accept-Encoding": "br", "User-Agent": "Chromium"}
LOADED = re.compile(r'(?:href|src)="(/static/[^"#]+)|url\("(/static/[^"]+)"\)')


@dataclass
class Cost:
    """What a page takes: statements, milliseconds, bytes of its HTML."""

    statements: int
    ms: float
    size: int


def pages(invoice_id: int) -> dict[str, tuple[str, bool]]:
    """Address by name, and whether it is asked as a fragment."""
    return {
        "month": ("/staff/billing/2026-12?show=open", False),
        "a month long closed": ("/staff/billing/2026-03?show=paid", False),
        "clients": ("/staff/clients/", False),
        "clients who owe": ("/staff/clients/?show=debt", False),
        "search": ("/staff/search?q=garcia", True),
        "search by number": ("/staff/search?q=PLC-000123", True),
        "my day": ("/staff/", False),
        "invoice": (f"/staff/invoices/{invoice_id}", False),
        "payments": ("/staff/payments/", False),
        "outbox": ("/staff/outbox/", False),
    }


class House:
    """An application on a fresh database of so many invoices, and a manager who is signed in."""

    def __init__(self, app: Flask, invoices: int) -> None:
        self.app = app
        with app.app_context():
            db.drop_all()
            db.create_all()
            branch = make_branch("PLC")
            make_user("manager", [branch], email="gerencia@fastoffice.example")
            page_data.fill(branch, invoices)
            self.invoice_id = db.session.scalars(sa.select(Invoice.id).where(
                Invoice.replaces_id.is_not(None), Invoice.status == "paid").limit(1)).one()
            db.session.remove()
            if db.engine.dialect.name == "postgresql":
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("VACUUM ANALYZE")  # what autovacuum does within a minute
        self.browser = _signed_in(app)

    def pages(self) -> dict[str, tuple[str, bool]]:
        """What is measured of it."""
        return pages(self.invoice_id)

    def ask(self, address: str, fragment: bool = False) -> bytes:
        """The page's body as it goes over the wire."""
        answer = self.browser.get(address, headers={**ENCODING, **(htmx_headers() if fragment else {})})
        assert answer.status_code == 200, (address, answer.status)
        return answer.data

    def cost(self, page: tuple[str, bool]) -> Cost:
        """Statements and bytes; the time is measured apart."""
        self.ask(*page)
        with self.app.app_context(), counted_statements() as seen:
            size = len(self.ask(*page))
        return Cost(len(seen), 0, size)

    def seconds(self, page: tuple[str, bool]) -> float:
        start = time.perf_counter()
        self.ask(*page)
        return time.perf_counter() - start


def compare(small: House, large: House) -> dict[str, tuple[Cost, Cost]]:
    """Each page's cost in both houses, which take turns, so that a busy machine disturbs both."""
    found = {}
    with clock.fixed_at(page_data.NOW):
        for (name, few), many in zip(small.pages().items(), large.pages().values(), strict=True):
            costs = small.cost(few), large.cost(many)
            times = [(small.seconds(few), large.seconds(many)) for _round in range(ROUNDS)]
            for cost, column in zip(costs, zip(*times, strict=True), strict=True):
                cost.ms = statistics.median(column) * 1000
            found[name] = costs
    return found


def houses(kind: type[House], few: tuple[str, int], many: tuple[str, int]) -> Iterator[tuple[str, House, House]]:
    """(engine, a small house, a large one) for each engine; (name of the database, invoices) of both."""
    for (engine, first), (_same, second) in zip(bench_apps(few[0]), bench_apps(many[0]), strict=True):
        yield engine, kind(first, few[1]), kind(second, many[1])
        for app in (first, second):
            with app.app_context():
                db.engine.dispose()


def growth_of(page: str, before: Cost, after: Cost, sizes: str, most: int) -> list[dict[str, Any]]:
    """A page's statements against the most that are allowed, and how its time grew between the two houses."""
    growth = after.ms / before.ms
    return [limit(f"{page}: statements", max(after.statements, before.statements), "SQL", most),
            {"name": f"{page}: {sizes}", "value": round(after.ms, 1), "unit": "ms", "ratio": round(growth, 2),
             "goal": f"<= {GROWTH:g}", "ok": growth <= GROWTH}]


def _signed_in(app: Flask) -> FlaskClient:
    browser = Browser(app)
    with clock.fixed_at(page_data.NOW):
        assert browser.sign_in("gerencia@fastoffice.example", PASSWORD).status_code in (302, 303)
    return browser


def first_visit(house: House, page: str = "/staff/") -> int:
    """Bytes of a page (Mi día) with every stylesheet, script, font and picture that it loads."""
    with clock.fixed_at(page_data.NOW):
        total, waiting = len(house.ask(page)), _loads(house.browser.get(page).text)
    known: set[str] = set()
    while waiting:
        address = waiting.pop()
        if address not in known:
            known.add(address)
            total += len(house.ask(address))
            waiting |= _loads(house.browser.get(address).text) if ".css" in address else set()
    return total


def _loads(text: str) -> set[str]:
    return {found[0] or found[1] for found in LOADED.findall(text)}


def limit(name: str, value: float, unit: str, most: float) -> dict[str, Any]:
    """The figure of what takes at most so much; its ratio is the share that is used."""
    return {"name": name, "value": round(value, 1), "unit": unit, "ratio": round(value / most, 2),
            "goal": f"<= {most:,.0f}", "ok": value <= most}


def run(quick: bool = False) -> list[dict[str, Any]]:
    """Figures of every page on each engine; the ratio of a limit is the share of it that is used."""
    few, many = (300, 3_000) if quick else (1_000, 100_000)
    figures = []
    for engine, small, large in houses(House, ("few", few), ("many", many)):
        for name, (before, after) in compare(small, large).items():
            figures += growth_of(f"{name}, {engine}", before, after, f"{many} invoices / {few}", STATEMENTS)
            figures.append(limit(f"{name}, {engine}: HTML", after.size, "bytes", LATER))
        figures.append(limit(f"first visit with everything, {engine}", first_visit(large), "bytes", FIRST_VISIT))
    return figures
