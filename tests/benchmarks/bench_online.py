"""Paying online: the clients' pages, what Stripe tells us, and money booked.

    python -m tests.benchmarks online

Pages are asked by a client of the branch of `bench_pages`, measured as there. Webhooks are signed and handed one by one
to the WSGI application as a server hands them over, rate limits and all; a test client between would add work that is
not the product's. Their floor is a bare insert of the same rows into the same table on one open connection, each
committed before the next one, with the same durability. Payments are booked as a worker books what the processor tells
of them, portion by portion; their floor is a plain insert of the same rows at once.
"""

from __future__ import annotations

import contextvars
import functools
import io
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from fastoffice import bulk, clock, transaction
from fastoffice.billing.models import Invoice, PayLink
from fastoffice.billing.service import cycle, pay_links
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client, ClientContact
from fastoffice.extensions import db
from fastoffice.payments.gateway import IntentState
from fastoffice.payments.models import PayAttempt, PayAttemptPart, ProviderEvent
from fastoffice.payments.service.online import outcomes
from tests.benchmarks import bench_payments, page_data, rows
from tests.benchmarks.bench_app import bench_apps, in_app
from tests.benchmarks.bench_cycle import ACTOR, ISSUED_AT, make_contracts, timed
from tests.benchmarks.bench_pages import House, compare, first_visit, growth_of, houses, limit
from tests.factories.online import an_account, signed
from tests.factories.people import make_branch
from tests.factories.portal import come_in, let_in
from tests.web.browser import Browser

STATEMENTS, FIRST_VISIT = 8, 45 * 1024
KEPT_SHARE, BOOKED = 0.3, 8.0
PAID_AT = datetime(2026, 12, 3, 18, tzinfo=UTC)
EMAIL = "cuentas@cliente-del-bench.example"


class ClientsHouse(House):
    """The same house, and a client in the portal who also opened the link of a mail."""

    def __init__(self, app: Flask, invoices: int) -> None:
        super().__init__(app, invoices)
        self.browser = Browser(app)
        with clock.fixed_at(page_data.NOW):
            with app.app_context():
                link = self._prepare()
                token = pay_links.token_of(link)
                db.session.remove()
            assert self.browser.get(f"/pay/{token}").status_code == 303

    def pages(self) -> dict[str, tuple[str, bool]]:
        return {"pay link": ("/pay/", False), "portal invoice": (f"/portal/invoices/{self.invoice_id}", False),
                "portal overview": ("/portal/", False)}

    def _prepare(self) -> str:
        """The branch takes cards, a contact comes in; the nonce of an open document's link."""
        invoice = db.session.scalars(sa.select(Invoice).where(
            Invoice.status == "issued", Invoice.stage == "prompt").order_by(Invoice.id).limit(1)).one()
        self.invoice_id, client_id, nonce = invoice.id, invoice.client_id, f"bench-{invoice.id}"
        an_account(db.session.get_one(Branch, invoice.branch_id))

        def unit() -> None:  # copies of the branch's first year share their addresses: this reader has one file
            db.session.execute(sa.update(ClientContact).where(ClientContact.client_id == client_id).values(email=EMAIL))
            db.session.execute(sa.update(PayLink).where(PayLink.invoice_id == self.invoice_id).values(
                nonce=nonce, token_hash=pay_links.hash_of(pay_links.token_of(nonce))))

        transaction.run(unit)
        user = let_in(db.session.get_one(Client, client_id))
        assert come_in(self.browser, user).status_code in (302, 303)
        return nonce


def page_figures(few: int, many: int) -> list[dict[str, Any]]:
    """Statements, time and bytes of a first visit of each page, on each engine."""
    figures = []
    for engine, small, large in houses(ClientsHouse, ("fewer", few), ("more", many)):
        for name, (before, after) in compare(small, large).items():
            figures += growth_of(f"{name}, {engine}", before, after, f"{many} invoices / {few}", STATEMENTS)
            figures.append(limit(f"{name}, {engine}: first visit", first_visit(large, large.pages()[name][0]), "bytes",
                                 FIRST_VISIT))
    return figures


def _event(number: int) -> bytes:
    """An event of the size that Stripe's have (about 3 KB)."""
    thing = {"id": f"pi_{number:024}", "object": "payment_intent", "amount": 1_032_400, "currency": "mxn",
             "status": "succeeded", "metadata": {"attempt": f"{number:032x}"},
             "charges": [{"id": f"ch_{number:020}{part}", "description": "Oficina privada 2 pers.", "amount": 1_032_400,
                          "billing_details": {"name": "Cliente de Polanco", "email": "cuentas@cliente.example"}}
                         for part in range(14)]}
    return json.dumps({"id": f"evt_{number:024}", "object": "event", "type": "payment_intent.succeeded",
                       "livemode": False, "created": 1_796_320_800, "data": {"object": thing}}, indent=2).encode()


def keep_events(app: Flask, count: int) -> tuple[float, float]:
    """Seconds until `count` events are kept and answered, and of the bare inserts, by turns: what else the machine does
    meets both. The first two only warm up: one by the page, one by the short way.
    """
    with clock.fixed_at(PAID_AT):
        address = f"/webhooks/stripe/{an_account(make_branch('PLC')).public_id}"
        db.session.remove()
    requests = [_request(address, _event(number)) for number in range(count + 2)]
    _served(app, requests[:2])
    seconds = floor = 0.0
    for part in bulk.slices(requests[2:], 50):
        before = rows.marks(["provider_event"])
        db.session.remove()
        seconds += _served(app, part)
        written = rows.written_since(before, ["provider_event"])["provider_event"]
        assert len(written) == len(part)
        floor += _bare(written)
    return seconds, floor


def _served(app: Flask, requests: Sequence[dict[str, Any]]) -> float:
    """Seconds to answer them in a thread of a server, where no application is around them."""

    def serve() -> float:
        with clock.fixed_at(PAID_AT):
            return timed(lambda: [_answer(app, each) for each in requests])

    return contextvars.Context().run(serve)


def _answer(app: Flask, environ: dict[str, Any]) -> None:
    said: list[str] = []
    body = app(environ, lambda status, *_headers: said.append(status))
    assert (b"".join(body), said) == (b"kept", ["200 OK"])
    getattr(body, "close", list)()  # what servers do


def _request(address: str, body: bytes) -> dict[str, Any]:
    """A signed event as a server hands it over (PEP 3333)."""
    return {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": address, "QUERY_STRING": "", "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "testserver",
        "HTTP_USER_AGENT": "Stripe/1.0 (+https://stripe.com/docs/webhooks)", "HTTP_ACCEPT": "*/*; q=0.5, application/xml",
        "HTTP_STRIPE_SIGNATURE": signed(body, PAID_AT), "CONTENT_TYPE": "application/json; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)), "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
        "wsgi.multiprocess": True, "wsgi.run_once": False}


def _bare(written: list[dict[str, Any]]) -> float:
    """Seconds to insert the same rows again into their own table under other names, each in a transaction."""
    table, beyond = bulk.table_of(ProviderEvent), 10**9
    again = [{**row, "id": row["id"] + beyond, "event_id": f"bare{row['event_id']}"} for row in written]
    db.session.remove()
    with db.engine.connect() as connection:
        start = time.perf_counter()
        for row in again:
            with connection.begin():
                connection.execute(sa.insert(table), row)
        seconds = time.perf_counter() - start
        with connection.begin():
            connection.execute(sa.delete(table).where(table.c.id > beyond))
    return seconds


def _attempts(branch_id: int) -> list[outcomes.Outcome]:
    """An attempt by card for each open document, its page open, of which the processor says that it was paid."""
    account_id = an_account(db.session.get_one(Branch, branch_id)).id
    query = sa.select(Invoice.id, Invoice.client_id, Invoice.total, Invoice.currency).where(
        Invoice.branch_id == branch_id, Invoice.status == "issued").order_by(Invoice.id)
    found = db.session.execute(query).all()

    def unit() -> list[int]:
        ids = bulk.insert_returning_ids(PayAttempt, [
            {"branch_id": branch_id, "account_id": account_id, "client_id": row.client_id, "key": f"{row.id:032x}",
             "kind": "checkout", "save_card": False, "method": "card", "amount": row.total, "currency": row.currency,
             "state": "open", "back_to": "", "session_id": f"cs_{row.id}", "session_url": "https://checkout.example/",
             "created_at": PAID_AT, "expires_at": PAID_AT + timedelta(hours=1), "started_by": "client", "card": "",
             "error": "", "checks": 0, "version": 1} for row in found])
        bulk.insert(PayAttemptPart, [
            {"attempt_id": attempt, "invoice_id": row.id, "amount": row.total, "active": True}
            for attempt, row in zip(ids, found, strict=True)])
        return ids

    ids = transaction.run(unit)
    return [outcomes.Outcome(attempt, "paid", intent=IntentState(
                f"pi_{row.id}", "succeeded", row.total, row.total, row.currency, PAID_AT, "card", "Visa ·· 4242",
                f"{row.id:032x}", ""))
            for attempt, row in zip(ids, found, strict=True)]


def book_payments(count: int) -> tuple[float, float]:
    """Seconds to book `count` payments and to insert the rows they wrote."""
    branch_id = make_contracts(count)
    with clock.fixed_at(ISSUED_AT):
        cycle.draft_period(branch_id, "2026-12", ACTOR, ISSUED_AT)
        cycle.issue_period(branch_id, "2026-12", ACTOR, ISSUED_AT)
    with clock.fixed_at(PAID_AT):
        told = _attempts(branch_id)
        before = rows.marks(bench_payments.WRITTEN)
        db.session.remove()
        seconds = timed(lambda: [_book(portion) for portion in bulk.slices(told, outcomes.PORTION)])
    written = rows.written_since(before, bench_payments.WRITTEN)
    assert len(written["payment"]) == len(written["allocation"]) == len(written["receipt"]) == count
    return seconds, rows.seconds_to_insert(written)


def _book(portion: Sequence[outcomes.Outcome]) -> None:
    """As a worker does with what a portion of events told."""
    assert outcomes.write_all(portion, PAID_AT) == {}
    db.session.remove()


def _median(found: list[tuple[float, float]]) -> tuple[float, float]:
    return sorted(found, key=lambda pair: pair[0] / pair[1])[len(found) // 2]


def money_figures(count: int, rounds: int) -> list[dict[str, Any]]:
    """Events kept per second, the median of so many measurements, and payments booked, which take their time, on
    each engine."""
    figures = []
    for engine, app in bench_apps(RATELIMIT_ENABLED=True):
        seconds, floor = _median([in_app(app, functools.partial(keep_events, app, count)) for _round in range(rounds)])
        figures.append({"name": f"webhooks kept, {engine} (bare: {count / floor:,.0f}/s)",
                        "value": round(count / seconds), "unit": "per second", "ratio": round(floor / seconds, 2),
                        "goal": f">= {KEPT_SHARE:g}", "ok": floor / seconds >= KEPT_SHARE})
        seconds, floor = in_app(app, functools.partial(book_payments, count))
        figures.append({"name": f"{count} online payments booked, {engine}", "value": round(seconds, 3), "unit": "s",
                        "ratio": round(seconds / floor, 2), "goal": f"<= {BOOKED:g}", "ok": seconds / floor <= BOOKED})
    return figures


def run(quick: bool = False) -> list[dict[str, Any]]:
    """Figures of the pages, then of the money."""
    few, many = (300, 3_000) if quick else (1_000, 100_000)
    return page_figures(few, many) + money_figures(200 if quick else 1_000, 1 if quick else 3)
