"""Desks that write at the same moment, on each engine: one parcel, one batch, one hand-over."""

from __future__ import annotations

import threading
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from fastoffice import clock, transaction
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.mailroom import errors, service
from fastoffice.mailroom.models import MailBatch, MailHandover, MailItem
from tests.factories.contracts import make_client
from tests.factories.mail import MARIANA, make_item
from tests.factories.people import make_branch

DESKS = 4


def at_once(app: Flask, work: Callable[[int], object]) -> list[str]:
    """What each desk's unit came to: "done", or the name of the refusal."""
    barrier, found, lock = threading.Barrier(DESKS), [], threading.Lock()

    def desk(number: int) -> None:
        with app.app_context():
            barrier.wait(30)
            try:
                transaction.run(work, number)
                answer = "done"
            except errors.Conflict as refusal:
                answer = type(refusal).__name__
            db.session.remove()
        with lock:
            found.append(answer)

    desks = [threading.Thread(target=desk, args=(number,)) for number in range(DESKS)]
    for each in desks:
        each.start()
    for each in desks:
        each.join()
    return sorted(found)


def test_one_parcel_in_four_hands_is_logged_once(committed_app: Flask) -> None:
    branch = make_branch("PLC")
    make_client(branch, "Güemes")
    key = branch.id
    db.session.remove()

    def log(number: int) -> None:
        service.log_item(db.session.get_one(Branch, key), service.Entry(
            request_key=f"desk {number}", kind="parcel", addressee="Güemes", tracking="1Z9"), MARIANA, clock.now())

    assert at_once(committed_app, log) == ["AlreadyHere"] * (DESKS - 1) + ["done"]
    assert db.session.scalar(sa.select(sa.func.count(MailItem.id))) == 1


def test_four_desks_share_one_batch(committed_app: Flask) -> None:
    branch = make_branch("PLC")
    make_client(branch, "Güemes")
    key = branch.id
    db.session.remove()

    def log(number: int) -> None:
        service.log_item(db.session.get_one(Branch, key), service.Entry(
            request_key=f"desk {number}", kind="parcel", addressee="Güemes"), MARIANA, clock.now())

    assert at_once(committed_app, log) == ["done"] * DESKS
    assert db.session.scalar(sa.select(sa.func.count(MailBatch.id))) == 1


def test_one_parcel_is_handed_over_once(committed_app: Flask) -> None:
    branch = make_branch("PLC")
    client = make_client(branch, "Güemes")
    key, client_id, item_id = branch.id, client.id, make_item(branch, "Güemes").id
    db.session.remove()

    def hand(number: int) -> None:
        service.hand_over(db.session.get_one(Branch, key), client_id, [item_id], service.Taking(
            request_key=f"desk {number}", taken_by="Ana", authorised_by="Laura", signature_sha256="ab" * 32),
            MARIANA, clock.now())

    assert at_once(committed_app, hand) == ["NotHere"] * (DESKS - 1) + ["done"]
    assert db.session.scalar(sa.select(sa.func.count(MailHandover.id))) == 1
