"""Five hundred contracts live through a month in the real house while its processes are killed, again and again.

worker.py, the ticker, the workers, the jobs they fork, the printers of PDFs, Redis, gunicorn and its children: all
as they run in an installation, on a clock that says October. Nothing is called by hand: the ticker finds what is
due, workers do it, a receptionist at the counter issues and records payments through the pages.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from fastoffice import transaction
from fastoffice.billing.models import BillingRun, Invoice, LedgerCheck
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.contracts.models import LinePrice
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.notifications.models import Delivery
from fastoffice.payments.models import Payment
from tests.benchmarks.bench_cycle import make_contracts
from tests.doubles.smtp_server import SmtpPeer
from tests.factories.people import PASSWORD, make_user
from tests.faults.afterwards import documents_and_files_match, every_mail_went_out
from tests.faults.open_house import SELDOM, Killer, OpenHouse
from tests.faults.processes import wait_until
from tests.faults.reception import Reception
from tests.servers import PrivatePostgres

CONTRACTS, ONE_PRICE, PAYERS, KILLS = 500, 380, 40, 100
PERIOD = "2026-10"
DRAFTED = datetime(2026, 10, 1, 14, 0, 20, tzinfo=UTC)  # 08:00 in Mexico City
PAID = datetime(2026, 10, 4, 18, 0, 20, tzinfo=UTC)
CLOSED = datetime(2026, 10, 6, 6, 0, 20, tzinfo=UTC)  # 00:00:20 there
LEASES_OVER = timedelta(minutes=20, seconds=20)  # shortly before a full minute, when the ticker wakes
UNDER_WAY = ("due", "rendering")
ON_ITS_WAY = ("queued", "sending")

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


# Two minutes per engine. On SQLite, as in an installation of its own; on PostgreSQL when asked for, where forked
# processes are killed in every run (test_kills_in_a_month).
ENGINES = os.environ.get("HOUSE_DATABASES", "sqlite").split(",")


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path, worker_name: str) -> str:
    if request.param == "postgresql":
        return PrivatePostgres.shared().database(f"house_{worker_name}")
    return f"sqlite:///{tmp_path / 'house.db'}"


@pytest.fixture
def peer() -> Iterator[SmtpPeer]:
    with SmtpPeer(timeout=10) as peer:
        yield peer


@pytest.fixture
def house(tmp_path: Path, database_url: str, peer: SmtpPeer) -> Iterator[OpenHouse]:
    house = OpenHouse(tmp_path, database_url, peer.url)
    house.create_tables()
    with house.app.app_context():
        yield house
        house.stop()
        house.cradle.close()
        db.session.remove()
        db.engine.dispose()


class Month:
    """The branch, what is to come of it, and the three days on which something happens."""

    def __init__(self, house: OpenHouse, killer: Killer) -> None:
        self.house, self.killer = house, killer
        self.branch_id = make_contracts(CONTRACTS)
        transaction.run(self._prepare)
        self.email = make_user("receptionist").email
        clients = sa.select(Client.id).order_by(Client.id)
        self.payers = list(db.session.scalars(clients))[ONE_PRICE:ONE_PRICE + PAYERS]
        db.session.remove()

    def _prepare(self) -> None:
        """Mails as fast as they go, and some contracts whose list price is their prompt price."""
        branch = db.session.get_one(Branch, self.branch_id)
        branch.policy.mails_per_minute = 6_000
        branch.created_at = DRAFTED - timedelta(hours=2)  # the first month that it bills by itself
        first = sa.select(LinePrice.id).order_by(LinePrice.id).limit(ONE_PRICE)
        db.session.execute(sa.update(LinePrice).where(LinePrice.id.in_(first)).values(list_price=LinePrice.prompt_price))

    def day(self, moment: datetime, kills: int, work: Callable[[Reception], None], is_done: Callable[[], bool]) -> None:
        """Open at `moment`, let the receptionist and the killer loose, then let the house finish in peace."""
        self.house.set_clock(moment)
        self.house.open()
        closing_time, target = threading.Event(), self.killer.count + kills
        counter = Reception(self.house.url, closing_time)
        with ThreadPoolExecutor(1) as pool:
            try:
                shift = pool.submit(self._shift, counter, work)
                self.killer.rampage(lambda: shift.done() and (
                    self.killer.count >= target or (is_done() and self.rests())))
                shift.result()
            finally:
                closing_time.set()
        self.house.stop()
        self.finish(moment + LEASES_OVER, is_done)

    def _shift(self, counter: Reception, work: Callable[[Reception], None]) -> None:
        with self.house.app.app_context():
            try:
                counter.sign_in(self.email, PASSWORD)
                work(counter)
            finally:
                db.session.remove()

    def finish(self, moment: datetime, is_done: Callable[[], bool]) -> None:
        """Nobody is killed any more; the leases of the dead have run out."""
        self.house.set_clock(moment)
        self.house.open()
        wait_until(lambda: is_done() and self.rests(), f"the end of the work of {moment:%d %B}", self.progress,
                   pause=SELDOM)
        self.house.stop()

    def progress(self) -> list[tuple[str, int]]:
        """What stands where."""
        states = [sa.select(column, sa.func.count()).group_by(column)
                  for column in (Invoice.status, Document.state, Delivery.state)]
        found = [(row[0], row[1]) for query in states for row in db.session.execute(query)]
        db.session.rollback()
        return sorted(found)

    def rests(self) -> bool:
        """No PDF is owed and no mail waits."""
        owed = count(Document, Document.state.in_(UNDER_WAY)) + count(Delivery, Delivery.state.in_(ON_ITS_WAY))
        return owed == 0

    def issue_all(self, counter: Reception) -> None:
        wait_until(lambda: count(Invoice, Invoice.status == "draft") == CONTRACTS, "the drafts")
        page = f"/staff/billing/{PERIOD}"
        token = counter.fields(page)["csrf_token"]
        counter.send(f"{page}/runs", {"csrf_token": token, "all": "yes", "key": "one press of the button"})

    def record_payments(self, counter: Reception) -> None:
        for client_id in self.payers:
            form = counter.fields(f"/staff/payments/new?client={client_id}")
            page = counter.send("/staff/payments/", {
                **form, "amount": "10,324.00", "value_date": "2026-10-04", "method": "transfer", "currency": "MXN"})
            assert "/staff/payments/" in page.address

    def all_issued(self) -> bool:
        return count(Invoice, Invoice.status == "issued") == CONTRACTS

    def all_paid(self) -> bool:
        return count(Invoice, Invoice.status == "paid") == PAYERS

    def all_closed(self) -> bool:
        return count(Invoice, Invoice.status == "cancelled") == CONTRACTS - ONE_PRICE - PAYERS


def count(model, *where) -> int:
    """Rows, read in a transaction of its own."""
    found = db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0
    db.session.rollback()
    return found


def nothing(_counter: Reception) -> None:
    """A day without customers."""


def test_after_a_hundred_kills_of_real_processes_every_invariant_holds(house: OpenHouse, peer: SmtpPeer) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    killer = Killer(house, random.Random(seed))
    month = Month(house, killer)
    month.day(DRAFTED, 40, month.issue_all, month.all_issued)
    month.day(PAID, 30, month.record_payments, month.all_paid)
    month.day(CLOSED, 36, nothing, month.all_closed)
    print(dict(killer.kills))
    assert killer.count >= KILLS
    assert min(killer.kills[kind] for kind in ("job", "web", "ticker", "worker", "parent", "web parent")) >= 1
    everything_holds(month, peer)


def everything_holds(month: Month, peer: SmtpPeer) -> None:
    replaced = CONTRACTS - ONE_PRICE - PAYERS
    assert verify(month.branch_id) == []
    assert count(Invoice, Invoice.status == "paid", Invoice.stage == "prompt") == PAYERS
    assert count(Invoice, Invoice.stage == "list", Invoice.live) == replaced
    assert count(Invoice, Invoice.status == "issued", Invoice.stage == "prompt") == ONE_PRICE
    assert count(Payment) == PAYERS
    assert count(BillingRun) == 1
    assert count(LedgerCheck) >= 1
    documents_and_files_match()
    every_mail_went_out(peer, month.killer.count)
