"""Two at the same moment: one visit by one key, one escalation, one exit, on really committed data."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from fastoffice import clock, transaction
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.visitors import jobs, service
from fastoffice.visitors.models import HostCall, ReceptionCall, Visit
from fastoffice.visitors.rules.visits import ANSWER_WITHIN
from fastoffice.visitors.service import SignIn
from tests.factories.lobby import TABLET, TEN, Lobby

MANY = 4


@pytest.fixture
def lobby(committed_app: Flask) -> Lobby:
    return Lobby()


def together(app: Flask, work: Callable[[int], object]) -> list[object]:
    """`work` on several connections at once; what each answered or was refused with."""
    start = Barrier(MANY)

    def one(number: int) -> object:
        with app.app_context(), clock.fixed_at(TEN):
            start.wait()
            try:
                return work(number)
            except Refusal as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(MANY) as threads:
        return list(threads.map(one, range(MANY)))


def count(model: type) -> int:
    db.session.rollback()  # what others committed meanwhile
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


def test_a_tablet_that_sends_four_times_signs_in_once(lobby: Lobby, committed_app: Flask) -> None:
    key = lobby.branch.id
    data = SignIn(request_key="same", name="Ana Pérez", contact="ana@x.mx", host_text="Güemes", remember=True)

    def send(_number: int) -> object:
        return transaction.run(lambda: service.sign_in(db.session.get_one(Branch, key), data, TABLET, TEN))

    answers = together(committed_app, send)
    assert len({answer.visit_id for answer in answers}) == 1  # type: ignore[attr-defined]
    assert (count(Visit), count(HostCall), count(Notice)) == (1, 1, 1)


def test_four_tickers_escalate_once(lobby: Lobby, committed_app: Flask) -> None:
    key = lobby.branch.id
    lobby.arrive()

    def tick(_number: int) -> object:
        with clock.fixed_at(TEN + ANSWER_WITHIN):
            return jobs.attend(key)

    together(committed_app, tick)
    assert (count(HostCall), count(ReceptionCall), count(Notice)) == (2, 1, 2)


def test_one_of_four_signs_the_visitor_out(lobby: Lobby, committed_app: Flask) -> None:
    key, came = lobby.branch.id, lobby.arrive()

    def leave(_number: int) -> object:
        return transaction.run(lambda: service.sign_out(db.session.get_one(Branch, key), came.badge, TABLET, TEN))

    answers = together(committed_app, leave)
    assert sum(isinstance(answer, service.SignedOut) for answer in answers) == 1
