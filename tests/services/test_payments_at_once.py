"""Two people, two tabs, a payment and the deadline: at the same moment, on really committed data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError

from fastoffice import bulk, clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import closing, credits, cycle, replacing, settling
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.payments import queries
from fastoffice.payments import service as payments
from fastoffice.payments.gateway import IntentState
from fastoffice.payments.models import Payment, Receipt
from fastoffice.payments.service import PaymentSpec
from fastoffice.payments.service.online import ending
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, PRIVATE, at, chain, invoices_of, issue_month, pay
from tests.factories.online import an_attempt
from tests.factories.people import make_branch

FULL = 1_032_400


@pytest.fixture
def polanco(committed_app) -> int:
    """Polanco with Güemes and December's invoice; the branch's id."""
    branch = make_branch("PLC")
    make_contract(make_client(branch, "Logística Güemes López, S.C."), lines=PRIVATE)
    issue_month(branch)
    return branch.id


def at_once(app: Flask, *works: Callable[[], Any]) -> list[Any]:
    """Run each in a thread and connection of its own, started together; their results or exceptions."""
    start, results = Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        with app.app_context():
            start.wait(timeout=20)
            try:
                results[place] = work()
            except Exception as error:  # noqa: BLE001  the test looks at it
                results[place] = error
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    return results


def record(branch_id: int, spec: PaymentSpec, now) -> int:
    def unit() -> int:
        return payments.record_payments(db.session.get_one(Branch, branch_id), [spec], MARIANA, now)[0]

    with clock.fixed_at(now):
        return transaction.run(unit)


def client_of(branch_id: int) -> int:
    return db.session.scalars(sa.select(Invoice.client_id).where(Invoice.branch_id == branch_id)).first()


def test_the_same_form_from_two_tabs_at_once_is_one_payment(committed_app, polanco) -> None:
    spec = PaymentSpec(client_of(polanco), "cash", FULL, date(2026, 12, 2), request_key="one form")
    db.session.rollback()
    first, second = at_once(committed_app, *[lambda: record(polanco, spec, at(2))] * 2)
    assert first == second
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Receipt)) == 1
    assert verify(polanco) == []


def test_two_desks_that_take_the_same_money_leave_one_as_credit(committed_app, polanco) -> None:
    client = client_of(polanco)
    spec = PaymentSpec(client, "cash", FULL, date(2026, 12, 2))
    db.session.rollback()
    first, second = at_once(committed_app, *[lambda: record(polanco, spec, at(2))] * 2)
    assert first != second
    assert queries.client_money(client) == queries.ClientMoney(0, FULL)
    assert verify(polanco) == []


@pytest.mark.parametrize("guarded", [True, False])
def test_without_the_clients_lock_the_second_desk_would_run_into_the_constraint(
    committed_app, polanco, guarded, monkeypatch,
) -> None:
    """SQLite has one writer anyway; PostgreSQL refuses to overpay, and the second payment would be lost to an error."""
    spec = PaymentSpec(client_of(polanco), "cash", FULL, date(2026, 12, 2))
    meeting, allocate = Barrier(2), credits.allocate
    db.session.rollback()

    def after_both_have_looked(*args: Any, **kwargs: Any) -> Any:
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=2)
        return allocate(*args, **kwargs)

    monkeypatch.setattr(settling.credits, "allocate", after_both_have_looked)
    if not guarded:
        monkeypatch.setattr(clients, "lock", lambda _ids: None)
    results = at_once(committed_app, *[lambda: record(polanco, spec, at(2))] * 2)
    lost = [result for result in results if isinstance(result, IntegrityError)]
    assert len(lost) == (0 if guarded or db.engine.dialect.name == "sqlite" else 1)
    assert verify(polanco) == []


def unlocked(ids: Sequence[int]) -> list[Any]:
    """The rows of documents as `replacing.lock_rows` answers them, read without holding them."""
    return bulk.rows_in(sa.select(*replacing.FIELDS).order_by(Invoice.id), Invoice.id, sorted(ids))


@pytest.mark.parametrize("guarded", [True, False])
def test_without_their_locks_the_second_of_two_deadlines_would_run_into_the_constraint(
    committed_app, polanco, guarded, monkeypatch,
) -> None:
    """Two tickers at midnight: held back by the lock the second finds nothing to do, without it it fails."""
    meeting, moments, now = Barrier(2), closing._moments, at(6, 0, 1)

    def after_both_have_looked(rows: Any) -> Any:
        if rows:
            with suppress(BrokenBarrierError):
                meeting.wait(timeout=2)
        return moments(rows)

    def deadline() -> None:
        with clock.fixed_at(now):
            transaction.run(lambda: closing.close_chunk(db.session.get_one(Branch, polanco), now, MARIANA))

    monkeypatch.setattr(closing, "_moments", after_both_have_looked)
    if not guarded:
        monkeypatch.setattr(clients, "lock", lambda _ids: None)
        monkeypatch.setattr(replacing, "lock_rows", unlocked)
    client = client_of(polanco)
    db.session.rollback()
    results = at_once(committed_app, deadline, deadline)
    failed = [result for result in results if isinstance(result, DBAPIError)]
    assert len(failed) == (0 if guarded or db.engine.dialect.name == "sqlite" else 1), results
    assert [row[0] for row in chain(client)] == ["prompt", "list"]
    assert verify(polanco) == []


@pytest.mark.parametrize("turn", range(3))
def test_money_in_time_and_the_deadline_at_once_never_leave_it_cancelled_and_paid(committed_app, polanco, turn) -> None:
    client, now = client_of(polanco), at(6, 0, 1)
    spec = PaymentSpec(client, "transfer", FULL, date(2026, 12, 5))
    db.session.rollback()

    def deadline() -> None:
        with clock.fixed_at(now):
            cycle.close_branch(polanco, MARIANA, now)

    results = at_once(committed_app, lambda: record(polanco, spec, now), deadline)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert chain(client)[-1] == ("prompt", "paid", FULL, FULL)
    assert queries.client_money(client) == queries.ClientMoney(0, 0)
    assert verify(polanco) == []


def test_two_managers_reverse_the_same_payment_at_once_and_one_is_told(committed_app, polanco) -> None:
    branch = db.session.get_one(Branch, polanco)
    payment_id = pay(branch, client_of(polanco), FULL, at(2)).id
    db.session.rollback()

    def reverse() -> None:
        def unit() -> None:
            payments.reverse_payment(db.session.get_one(Branch, polanco), db.session.get_one(Payment, payment_id),
                                     "duplicado", MARIANA, at(3))

        with clock.fixed_at(at(3)):
            transaction.run(unit)

    results = at_once(committed_app, reverse, reverse)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyReversed", "NoneType"]
    assert verify(polanco) == []


def test_a_card_that_the_page_and_an_event_tell_of_at_once_is_booked_once(committed_app, polanco) -> None:
    client = client_of(polanco)
    attempt = an_attempt(db.session.get_one(Branch, polanco), invoices_of(client)[0], at(2))
    number, key = attempt.id, attempt.key
    intent = IntentState("pi_1", "succeeded", FULL, FULL, "MXN", at(2), "card", "Visa ·· 4242", key, "")
    db.session.rollback()

    def book() -> None:
        with clock.fixed_at(at(2)):
            transaction.run(ending.book, number, intent, at(2))

    assert at_once(committed_app, book, book, book) == [None, None, None]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 1
    assert verify(polanco) == []
