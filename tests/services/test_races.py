"""Two things at once: whatever the order, the books agree."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from fastoffice import audit, clock, transaction
from fastoffice.billing.models import BillingRun, Invoice
from fastoffice.billing.queries.periods import issuable
from fastoffice.billing.service import adjusting, cycle, issuing, runs
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service import record_payments
from tests.factories.contracts import make_roster
from tests.factories.people import make_branch

MARIANA = audit.Actor("Mariana R.")
ZONE = ZoneInfo("America/Mexico_City")
DAY_1, DAY_6 = datetime(2026, 12, 1, 9, tzinfo=ZONE), datetime(2026, 12, 6, 0, 0, tzinfo=ZONE)
PERIOD = "2026-12"


def together(app, *works: Callable[[], object]) -> None:
    """Run each in a thread of its own, started at one signal; a fault in one is a fault of the test."""
    ready, faults = threading.Barrier(len(works)), []

    def play(work: Callable[[], object]) -> None:
        try:
            with app.app_context():
                ready.wait()
                work()
                db.session.remove()
        except BaseException as fault:  # noqa: BLE001  it is raised again below
            faults.append(fault)

    threads = [threading.Thread(target=play, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.remove()
    if faults:
        raise faults[0]


def drafted(size: int) -> int:
    branch = make_branch("PLC")
    make_roster(branch, size)
    branch_id = branch.id
    cycle.draft_period(branch_id, PERIOD, MARIANA, DAY_1)
    return branch_id


def statuses(branch_id: int) -> dict[str, int]:
    query = sa.select(Invoice.stage, Invoice.status, sa.func.count()).where(
        Invoice.branch_id == branch_id).group_by(Invoice.stage, Invoice.status)
    return {f"{row[0]} {row[1]}": row[2] for row in db.session.execute(query)}


def test_a_payment_that_arrives_during_the_deadline_is_never_cancelled_and_paid(committed_app) -> None:
    branch_id = drafted(6)
    with clock.fixed_at(DAY_1):
        cycle.issue_period(branch_id, PERIOD, MARIANA, DAY_1)
    clients = list(db.session.scalars(sa.select(Invoice.client_id).where(Invoice.branch_id == branch_id)))
    total = db.session.scalar(sa.select(Invoice.total).where(Invoice.branch_id == branch_id).limit(1))
    db.session.remove()

    def pay(client_id: int) -> Callable[[], object]:
        def work() -> None:
            spec = PaymentSpec(client_id, "transfer", total, date(2026, 12, 5))
            with clock.fixed_at(DAY_6):
                transaction.run(lambda: record_payments(db.session.get_one(Branch, branch_id), [spec], MARIANA, DAY_6))
        return work

    def close() -> None:
        with clock.fixed_at(DAY_6):
            cycle.close_branch(branch_id, MARIANA, DAY_6)

    together(committed_app, close, *(pay(client) for client in clients[:4]), close)
    found = statuses(branch_id)
    assert found["prompt paid"] == 4
    assert found["list issued"] == 2
    assert verify(branch_id) == []


def test_issue_pressed_by_hand_while_the_policy_issues_gives_each_draft_one_number(committed_app) -> None:
    branch_id = drafted(30)
    wanted = [(key, version) for key, version in issuable(branch_id, PERIOD)]
    db.session.remove()

    def by_hand() -> None:
        def ask() -> int:
            branch = db.session.get_one(Branch, branch_id)
            return runs.start_run(branch, PERIOD, wanted, "button", MARIANA, DAY_1).id

        with clock.fixed_at(DAY_1):
            runs.carry_out(transaction.run(ask), DAY_1)

    def by_policy() -> None:
        with clock.fixed_at(DAY_1):
            cycle.issue_period(branch_id, PERIOD, MARIANA, DAY_1)

    together(committed_app, by_hand, by_policy, by_hand, by_policy)
    assert statuses(branch_id) == {"prompt issued": 30}
    numbers = db.session.scalars(sa.select(Invoice.sequence).where(Invoice.branch_id == branch_id))
    assert sorted(numbers) == list(range(1, 31))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BillingRun)) == 1
    assert verify(branch_id) == []


@pytest.mark.parametrize("guarded", [True, False])
def test_without_their_lock_two_that_issue_the_same_drafts_would_run_into_each_other(
    committed_app, guarded, monkeypatch,
) -> None:
    """PostgreSQL: whoever comes second leaves out what is in hand; without the lock the database has to refuse it."""
    branch_id = drafted(5)
    wanted = [(key, version) for key, version in issuable(branch_id, PERIOD)]
    meeting, held = threading.Barrier(2), issuing._held
    db.session.remove()
    faults: list[Exception] = []

    def after_both_have_looked(ids: list[int], now: datetime) -> set[int]:
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1)
        return held(ids, now)

    def unlocked(branch_id: int, ids: list[int]) -> list[object]:
        query = sa.select(*issuing.FIELDS).where(Invoice.branch_id == branch_id, Invoice.status == "draft")
        return list(db.session.execute(query.where(Invoice.id.in_(ids)).order_by(Invoice.id)))

    def issue() -> None:
        try:
            with clock.fixed_at(DAY_1):
                transaction.run(lambda: issuing.issue_invoices(
                    db.session.get_one(Branch, branch_id), wanted, MARIANA, DAY_1))
        except DBAPIError as error:
            faults.append(error)

    monkeypatch.setattr(issuing, "_held", after_both_have_looked)
    if not guarded:
        monkeypatch.setattr(issuing, "_lock_drafts", unlocked)
    together(committed_app, issue, issue)
    assert len(faults) == (0 if guarded or db.engine.dialect.name == "sqlite" else 1)
    assert statuses(branch_id) == {"prompt issued": 5}
    assert verify(branch_id) == []


def test_a_draft_that_was_edited_after_its_reviewer_looked_is_left_out_with_the_reason(committed_app) -> None:
    branch_id = drafted(5)
    wanted = [(key, version) for key, version in issuable(branch_id, PERIOD)]
    edited = wanted[2][0]

    def edit() -> None:
        draft = adjusting.open_draft(branch_id, edited, None)
        line = draft.lines[0]
        adjusting.adjust_line(draft, line, adjusting.LineChange("Con descuento", 1000, 300_000, 400_000), MARIANA)

    with clock.fixed_at(DAY_1):
        transaction.run(edit)
        run_id = transaction.run(lambda: runs.start_run(
            db.session.get_one(Branch, branch_id), PERIOD, wanted, "button", MARIANA, DAY_1).id)
        runs.carry_out(run_id, DAY_1)
    run = db.session.get_one(BillingRun, run_id)
    assert (run.state, run.done, run.skipped) == ("done", 4, 1)
    assert statuses(branch_id) == {"prompt issued": 4, "prompt draft": 1}


def test_the_draft_that_somebody_has_in_hand_is_left_out_and_the_rest_issued(committed_app) -> None:
    branch_id = drafted(5)
    wanted = [(key, version) for key, version in issuable(branch_id, PERIOD)]
    edited, in_hand, over = wanted[2][0], threading.Event(), threading.Event()
    skipped: dict[int, str] = {}
    db.session.remove()

    def edit() -> None:
        def unit() -> None:
            draft = adjusting.open_draft(branch_id, edited, None)
            change = adjusting.LineChange("Con descuento", 1000, 300_000, 400_000)
            adjusting.adjust_line(draft, draft.lines[0], change, MARIANA)
            db.session.flush()
            in_hand.set()
            over.wait(0.5)  # PostgreSQL passes the draft over at once, SQLite waits until it is put down
        transaction.run(unit)

    def issue() -> None:
        in_hand.wait()
        with clock.fixed_at(DAY_1):
            result = transaction.run(lambda: issuing.issue_invoices(
                db.session.get_one(Branch, branch_id), wanted, MARIANA, DAY_1))
        skipped.update(result.skipped)
        over.set()

    together(committed_app, edit, issue)
    assert (list(skipped), set(skipped.values()) <= {"busy", "changed"}) == ([edited], True)
    assert statuses(branch_id) == {"prompt issued": 4, "prompt draft": 1}


def test_a_contract_whose_price_changed_after_the_draft_is_not_issued_until_refreshed(committed_app) -> None:
    from fastoffice.contracts.models import LinePrice

    branch_id = drafted(3)
    price = db.session.scalars(sa.select(LinePrice).order_by(LinePrice.id)).first()
    price_id = price.id
    transaction.run(lambda: setattr(db.session.get_one(LinePrice, price_id), "prompt_price", 123_400))
    with clock.fixed_at(DAY_1):
        result = cycle.issue_period(branch_id, PERIOD, MARIANA, DAY_1)
    assert list(result.skipped.values()) == ["stale"]

    def refresh() -> None:
        draft = adjusting.open_draft(branch_id, next(iter(result.skipped)), None)
        adjusting.refresh(db.session.get_one(Branch, branch_id), draft, MARIANA)

    with clock.fixed_at(DAY_1):
        transaction.run(refresh)
        again = cycle.issue_period(branch_id, PERIOD, MARIANA, DAY_1)
    assert (len(again.issued), again.subtotal) == (1, 123_400)
