"""A manager gives money back in parts while the process that serves her is killed between any two steps.

The process is forked and kills itself with -9 before its n-th step: a statement that writes, a commit, a call to the
processor, or its answer. Another process goes on; the processor's double lives on.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
import stripe as package

from fastoffice import clock, transaction
from fastoffice.billing.models import Credit
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.payments.models import CardRefund, Payment, ProviderDifference, Refund
from fastoffice.payments.service.online import polling, refunding, refunds_due
from tests.factories.money import MARIANA, at
from tests.faults.arena import FORK
from tests.services.test_card_payments import PROMPT, House

PART = 1_000
MOST_STEPS = 60

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


class Fate:
    """Dies before the n-th step of what follows."""

    def __init__(self, last: int) -> None:
        self.left = last

    def step(self, *_about: Any) -> None:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)

    def writes(self, _connection: Any, _cursor: Any, statement: str, *_about: Any) -> None:
        if not statement.startswith("SELECT"):
            self.step()

    def awaits(self) -> None:
        """In a process of its own: nothing of this is ever taken back."""
        sa.event.listen(db.engine, "before_cursor_execute", self.writes)
        sa.event.listen(db.engine, "commit", self.step)
        asks = package.RequestsClient.request

        def ask(*arguments: Any, **named: Any) -> Any:
            self.step()
            answer = asks(*arguments, **named)
            self.step()
            return answer

        package.RequestsClient.request = ask  # type: ignore[method-assign]


def killed_at(app: Any, step: int, act: Callable[[], Any]) -> bool:
    """Whether a process that did this died before that step; one with fewer steps did all of it."""
    def life() -> None:
        with app.app_context():
            Fate(step).awaits()
            act()
            db.session.remove()
        os._exit(0)

    db.session.remove()
    db.engine.dispose()  # a connection must not be shared between processes
    process = FORK.Process(target=life)
    process.start()
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def press(branch_id: int, payment_id: int, form: str, moment: datetime) -> str:
    """The manager's button."""
    def unit() -> int:
        return refunding.order(db.session.get_one(Branch, branch_id), db.session.get_one(Payment, payment_id),
                               refunding.RefundOrder(PART, "se canceló la sala", form), MARIANA, moment)

    with clock.fixed_at(moment):
        return refunding.send(transaction.run(unit), moment)


def look(moment: datetime) -> None:
    """The ticker's round."""
    with clock.fixed_at(moment):
        refunds_due.look(moment)


def hear(account_id: int, provider_id: str, moment: datetime) -> None:
    """A worker that was told of a refund."""
    with clock.fixed_at(moment):
        refunding.look_at(account_id, provider_id, moment)


@pytest.fixture
def house(committed_app, stripe) -> House:
    """Güemes paid December's invoice by card on day 3."""
    found = House(committed_app, stripe)
    found.do(at(3, 10, 5), stripe.pay, found.begin(at(3)))
    found.sync(at(3, 10, 6))
    assert len(found.payments) == 1
    return found


def test_every_part_is_booked_once_and_given_back_once_wherever_the_process_dies(committed_app, house, stripe) -> None:
    number = house.payments[0].id
    forms = [f"form {step}" for step in range(1, MOST_STEPS)]
    with stripe.at(at(4)):
        kills = 0
        for step, form in enumerate(forms, 1):
            if not killed_at(committed_app, step, lambda form=form: press(house.branch_id, number, form, at(4))):
                break  # it was over before that step
            kills += 1
        assert kills > 12
        for form in forms[:kills:2]:  # she presses again; the others are left to the ticker
            press(house.branch_id, number, form, at(4, 10, 1))
    moment = at(4, 11)
    with stripe.at(moment):
        for step in count(1, 4):
            if not killed_at(committed_app, step, lambda moment=moment: look(moment)):
                break
            moment += timedelta(hours=7)  # what the dead had in hand is due again
    _holds(house, stripe, failed=0)
    _come_back(committed_app, house, stripe, moment)


def _come_back(app: Any, house: House, stripe: Any, moment: datetime) -> None:
    """The bank sends some of them back; who hears of it dies too, and the nightly comparison hears of all."""
    some = [each["id"] for each in stripe.all("refund")][::3]
    with stripe.at(moment):
        for step, refund_id in enumerate(some):
            stripe.finish_refund(refund_id, "failed")
            killed_at(app, 1 + 2 * step, lambda refund_id=refund_id: hear(house.account_id, refund_id, moment))
        polling.poll(house.account_id, moment)
    _holds(house, stripe, failed=len(some))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ProviderDifference)) == len(some)


def _holds(house: House, stripe: Any, failed: int) -> None:
    theirs = Counter(each["metadata"]["refund"] for each in stripe.all("refund"))
    ours = Counter(db.session.scalars(sa.select(CardRefund.key)))
    booked = db.session.scalar(sa.select(sa.func.count()).select_from(Refund))
    assert (theirs, set(ours.values()), booked) == (ours, {1}, len(ours))
    states = Counter(db.session.scalars(sa.select(CardRefund.state)))
    assert states == Counter({"succeeded": len(ours) - failed, "failed": failed})
    told = Counter(db.session.scalars(sa.select(Notice.kind).where(Notice.subject_type == "refund")))
    assert told == Counter({"payment_refunded": len(ours), "refund_failed": failed})
    assert db.session.scalar(sa.select(Credit.refunded)) == PART * (len(ours) - failed)
    _stage, status, _total, paid = house.chain[-1]  # the deadline may have come meanwhile
    assert (status, paid) == ("partly_paid", PROMPT - PART * (len(ours) - failed))
    assert verify(house.branch_id) == []
