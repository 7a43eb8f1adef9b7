"""Two people of the branch answer one request at the same moment, or the client takes it back: one of them counts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from fastoffice import audit, clock, transaction
from fastoffice.audit.models import AuditEntry
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.payments.models import Payment
from fastoffice.receivables import errors, service
from fastoffice.receivables.models import ClientRequest
from fastoffice.receivables.service import Arrived, loading
from tests.factories.money import at, chain
from tests.services.test_client_requests import LAURA, OPEN, PROMPT, Desk, correct, end_of
from tests.services.test_payments_at_once import at_once

MARIANA, JORGE = audit.Actor("Mariana Ruiz"), audit.Actor("Jorge Peña")
DAY = date(2026, 12, 4)
Verb = Callable[[Branch, ClientRequest], Any]

ASKED: dict[str, Callable[[Desk], ClientRequest]] = {
    "dispute": lambda desk: desk.dispute(at(4)),
    "instalments": lambda desk: desk.instalments(at(4), (5, 200_000), (20, 206_000)),
    "transfer": lambda desk: desk.transfer(at(4)),
    "data": lambda desk: correct(desk, {"trade_name": "Güemes"}),
}
ACCEPTED: dict[str, Verb] = {
    "dispute": lambda branch, found: service.accept_dispute(branch, found, "Sí", date(2026, 12, 9), MARIANA, at(5)),
    "instalments": lambda branch, found: service.accept_instalments(branch, found, "", MARIANA, at(5)),
    "transfer": lambda branch, found: service.confirm_transfer(branch, found, Arrived(PROMPT, DAY), "", MARIANA, at(5)),
    "data": lambda branch, found: service.accept_data(branch, found, ["trade_name"], "", MARIANA, at(5)),
}


def refuses(branch: Branch, found: ClientRequest) -> None:
    service.reject(branch, found, "No procede", None, JORGE, at(5))


def takes_back(_branch: Branch, found: ClientRequest) -> None:
    service.withdraw(found, LAURA, at(5))


def does(desk: Desk, request: ClientRequest, verb: Verb) -> Callable[[], Any]:
    """What one of them does, in a unit of their own."""
    branch_id, request_id = desk.branch.id, request.id

    def work() -> Any:
        with clock.fixed_at(at(5)):
            return transaction.run(lambda: verb(
                db.session.get_one(Branch, branch_id), db.session.get_one(ClientRequest, request_id)))

    return work


def meet(monkeypatch: pytest.MonkeyPatch, *, guarded: bool = True) -> None:
    """Each has read the request as new before either holds it."""
    meeting, lock = Barrier(2), loading.lock

    def after_both_have_looked(request: ClientRequest) -> None:
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=0.3)  # SQLite lets the second one look when the first is done
        if guarded:
            lock(request)

    monkeypatch.setattr(loading, "lock", after_both_have_looked)


def decisions(request_id: int) -> list[str]:
    query = sa.select(AuditEntry.action).where(
        AuditEntry.subject_type == "request", AuditEntry.subject_id == request_id,
        AuditEntry.action.in_(("request.accepted", "request.rejected", "request.withdrawn")))
    return list(db.session.scalars(query))


def effects(desk: Desk) -> tuple[Any, ...]:
    """What a yes does: a payment, a wait, a name in the client's file."""
    client = db.session.get_one(Client, desk.client.id, populate_existing=True)
    return db.session.scalar(sa.select(sa.func.count(Payment.id))), desk.holds, client.trade_name


YES = {"dispute": (0, [("dispute", end_of(9))], ""), "instalments": (0, [("promise", end_of(20))], ""),
       "transfer": (1, [], ""), "data": (0, [], "Güemes")}


@pytest.mark.parametrize("kind", ASKED)
def test_one_answer_counts_and_the_other_one_hears_who_gave_it(committed_app, monkeypatch, kind) -> None:
    desk = Desk()
    request = ASKED[kind](desk)
    number, works = request.id, [does(desk, request, ACCEPTED[kind]), does(desk, request, refuses)]
    meet(monkeypatch)
    results = at_once(committed_app, *works)
    [late] = [each for each in results if isinstance(each, Exception)]
    assert isinstance(late, errors.AnsweredAlready)
    said_yes = desk.read(request).state == "accepted"
    assert ("Mariana Ruiz" if said_yes else "Jorge Peña") in str(late.message)
    assert decisions(number) == ["request.accepted" if said_yes else "request.rejected"]
    assert effects(desk) == (YES[kind] if said_yes else (0, [], ""))
    assert (len(desk.mails), verify(desk.branch.id)) == (1, [])


def test_a_client_who_takes_it_back_while_reception_records_the_money(committed_app, monkeypatch) -> None:
    desk = Desk()
    request = ASKED["transfer"](desk)
    number, works = request.id, [does(desk, request, ACCEPTED["transfer"]), does(desk, request, takes_back)]
    meet(monkeypatch)
    results = at_once(committed_app, *works)
    assert sum(isinstance(each, errors.AnsweredAlready) for each in results) == 1
    was_paid = desk.read(request).state == "accepted"
    assert decisions(number) == ["request.accepted" if was_paid else "request.withdrawn"]
    assert chain(desk.client) == ([("prompt", "paid", PROMPT, PROMPT)] if was_paid else OPEN)
    assert (len(desk.mails), desk.holds, verify(desk.branch.id)) == (int(was_paid), [], [])


def test_taken_back_in_two_tabs_it_is_taken_back_once(committed_app, monkeypatch) -> None:
    desk = Desk()
    request = ASKED["dispute"](desk)
    number, works = request.id, [does(desk, request, takes_back)] * 2
    meet(monkeypatch)
    assert at_once(committed_app, *works) == [None, None]
    assert (decisions(number), desk.holds) == (["request.withdrawn"], [])


def test_without_their_lock_the_second_one_would_run_into_the_first(committed_app, monkeypatch) -> None:
    """PostgreSQL: the row's version stops them, as a fault and not as an answer."""
    desk = Desk()
    request = ASKED["dispute"](desk)
    works = [does(desk, request, ACCEPTED["dispute"]), does(desk, request, refuses)]
    meet(monkeypatch, guarded=False)
    results = at_once(committed_app, *works)
    [late] = [each for each in results if isinstance(each, Exception)]
    calm = db.engine.dialect.name == "sqlite"  # its one writer at a time is the lock
    assert isinstance(late, errors.AnsweredAlready if calm else StaleDataError)
