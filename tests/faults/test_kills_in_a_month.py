"""Contracts live through a month while forked processes that do nothing else are killed in the middle of it.

Each is forked with everything imported and does one kind of work, so that every kill lands between two lines of that
work; the whole house, with its own processes, is killed in test_kills_of_the_real_house.py.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from fastoffice import audit, clock, schedule, transaction
from fastoffice.billing.models import BillingRun, Invoice
from fastoffice.billing.queries.periods import issuable
from fastoffice.billing.service import runs
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.documents.rendering import render_due
from fastoffice.extensions import db
from fastoffice.notifications.sending import send_due
from fastoffice.payments.models import Payment
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service import record_payments
from tests.benchmarks.bench_cycle import make_contracts
from tests.doubles.smtp_server import SmtpPeer
from tests.faults.afterwards import documents_and_files_match, every_mail_went_out
from tests.faults.arena import Arena

CONTRACTS, KILLS = 90, 46
PERIOD = "2026-10"
DRAFTED = datetime(2026, 10, 1, 14, tzinfo=UTC)  # 08:00 in Mexico City
PAID = datetime(2026, 10, 4, 18, tzinfo=UTC)
CLOSED = datetime(2026, 10, 6, 6, 0, tzinfo=UTC)  # 00:00 there
DESK = audit.Actor("Mariana R.")

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


def ticker(moment: datetime) -> None:
    """The ticker's minute, all carried out by itself."""
    with clock.fixed_at(moment):
        schedule.tick(moment, hand_out=_only_billing)


def _only_billing(unit) -> bool:
    """Documents and mails have processes of their own here; billing's units are done by the ticker."""
    return not unit.job.startswith("fastoffice.billing")


def web(branch_id: int, moment: datetime) -> None:
    """Reception presses "issue": the request asks for the run, and dies where it dies."""
    def ask() -> None:
        branch = db.session.get_one(Branch, branch_id)
        wanted: list[tuple[int, int | None]] = list(issuable(branch_id, PERIOD))
        runs.start_run(branch, PERIOD, wanted, "one press of the button", DESK, moment)

    with clock.fixed_at(moment):
        transaction.run(ask)


def worker(moment: datetime) -> None:
    """A worker takes the runs that are there."""
    with clock.fixed_at(moment):
        for run_id in runs.unfinished():
            runs.carry_out(run_id, moment)


def cashier(branch_id: int, moment: datetime, client_ids: Sequence[int]) -> None:
    """Payments of some clients, each with the key of its form: pressed again it is the same payment."""
    with clock.fixed_at(moment):
        for client_id in client_ids:
            spec = PaymentSpec(client_id, "transfer", 1_032_400, date(2026, 10, 4), request_key=f"form-{client_id}")
            transaction.run(lambda spec=spec: record_payments(
                db.session.get_one(Branch, branch_id), [spec], DESK, moment))


def printer(moment: datetime) -> None:
    """Files are made; what they look like is not the matter here, when they are lost is."""
    render_due(moment, render_many=lambda jobs: [_bytes_of(job) for job in jobs])


def _bytes_of(job) -> bytes:
    return b"%PDF-1.7\n" + hashlib.sha256(f"{job.template}{job.context.number}".encode()).digest()


def postman(moment: datetime) -> None:
    """Mails are sent."""
    send_due(moment)


def at_work(arena: Arena, roles, longest: float, kills: int) -> None:
    """Kill processes of these roles until so many have died; the less there is left to do, the sooner."""
    before = sum(arena.kills.values())
    for _round in range(kills * 6):
        count = sum(arena.kills.values())
        if count - before >= kills:
            return
        arena.kill_during(roles, longest)
        if sum(arena.kills.values()) - count < len(roles):
            longest = max(0.005, longest * 0.7)
    raise AssertionError("the processes were too quick to be killed")


@pytest.fixture
def arena(committed_app) -> Arena:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    return Arena(committed_app, random.Random(seed))


def test_after_many_kills_between_two_lines_every_invariant_holds(
        arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    branch_id = make_contracts(CONTRACTS)
    transaction.run(_no_throttle, branch_id)
    client_ids = _clients(branch_id)
    payers = client_ids[::5]
    with SmtpPeer(timeout=10) as peer:
        monkeypatch.setitem(arena.app.config, "SETTINGS", _settings_with(arena.app, peer.url))
        at_work(arena, [(ticker, (DRAFTED,)), (ticker, (DRAFTED,))], 0.4, 8)
        arena.finish(ticker, DRAFTED)
        at_work(arena, [(web, (branch_id, DRAFTED))], 0.2, 4)
        arena.finish(web, branch_id, DRAFTED)
        at_work(arena, [(worker, (DRAFTED,)), (worker, (DRAFTED,)), (ticker, (DRAFTED,)), (printer, (DRAFTED,))], 0.4, 12)
        arena.finish(worker, DRAFTED)
        at_work(arena, [(cashier, (branch_id, PAID, payers)), (cashier, (branch_id, PAID, payers[::-1])),
                        (postman, (PAID,)), (printer, (PAID,))], 0.5, 10)
        arena.finish(cashier, branch_id, PAID, payers)
        at_work(arena, [(ticker, (CLOSED,)), (ticker, (CLOSED,)), (postman, (CLOSED,)),
                        (printer, (CLOSED,))], 0.4, KILLS - 34)
        arena.finish(ticker, CLOSED)
        moment = CLOSED
        for _hour in range(4):  # leases of the dead run out
            moment += timedelta(hours=1)
            arena.finish(printer, moment)
            arena.finish(postman, moment)
        _everything_holds(branch_id, payers, peer, arena)
    assert sum(arena.kills.values()) >= KILLS


def _settings_with(app, url: str):
    from dataclasses import replace

    return replace(app.config["SETTINGS"], smtp_url=url)


def _no_throttle(branch_id: int) -> None:
    db.session.get_one(Branch, branch_id).policy.mails_per_minute = 6_000


def _clients(branch_id: int) -> list[int]:
    from fastoffice.clients.models import Client

    return list(db.session.scalars(sa.select(Client.id).where(Client.branch_id == branch_id).order_by(Client.id)))


def _everything_holds(branch_id: int, payers: Sequence[int], peer: SmtpPeer, arena: Arena) -> None:
    assert verify(branch_id) == []
    assert _count(Invoice, Invoice.status == "paid", Invoice.stage == "prompt") == len(payers)
    assert _count(Invoice, Invoice.stage == "list", Invoice.live) == CONTRACTS - len(payers)
    assert _count(Invoice, Invoice.status == "cancelled") == CONTRACTS - len(payers)
    assert _count(Payment) == len(payers)
    assert _count(BillingRun) == 1
    documents_and_files_match()
    every_mail_went_out(peer, sum(arena.kills.values()))


def _count(model, *where) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


