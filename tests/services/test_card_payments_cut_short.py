"""The process dies after any unit of work and any call to Stripe; what goes on afterwards ends in the same books."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
import stripe as package

from fastoffice import transaction
from fastoffice.billing.service.verifying import verify
from fastoffice.extensions import db
from fastoffice.payments.models import ProviderDifference, Receipt
from fastoffice.payments.service.online import polling
from tests.factories.money import at, close_month
from tests.services.test_card_payments import LIST, PAID, PROMPT, House

CODES = count()
Story = Callable[[House], None]


class Died(BaseException):
    """kill -9, as far as the code that runs can tell: nothing after it happens."""


class Fate:
    """Counts the seams of a story and cuts it at one of them."""

    def __init__(self, cut_at: int | None) -> None:
        self.seams, self.cut_at = 0, cut_at

    def seam(self) -> None:
        self.seams += 1
        if self.seams == self.cut_at:
            raise Died

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def cut(*arguments: Any, **named: Any) -> Any:
            found = call(*arguments, **named)
            self.seam()  # dying before the next one is the same: nothing that lasts happens between two of them
            return found

        return cut


@contextmanager
def fated(cut_at: int | None) -> Iterator[Fate]:
    fate = Fate(cut_at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "run", fate.around(transaction.run))
        patch.setattr(package.RequestsClient, "request", fate.around(package.RequestsClient.request))
        yield fate


def a_house(app: Any, stripe: Any) -> House:
    stripe.reset()
    number = next(CODES)
    return House(app, stripe, f"X{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26]}{number // 26 % 10}")


def pays(house: House) -> None:
    """The client presses the button, pays if nothing is paid yet, comes back; the event comes and is read."""
    if not any(each["status"] == "complete" for each in house.stripe.sessions):
        house.do(at(3, 10, 5), house.stripe.pay, house.begin(at(3)))
    house.sync(at(3, 10, 6))
    house.hear(at(3, 10, 7))


def is_too_late(house: House) -> None:
    """Nobody pays; the page is closed and the deadline acts."""
    if house.chain[-1][0] != "list" and not house.attempt:
        house.begin(at(5, 23, 10))
    house.look(at(6, 0))
    close_month(house.branch, at(6, 0, 1))


def afterwards(house: House) -> None:
    """Another process goes on: ticker, events again, the nightly comparison, the deadline."""
    for moment in (at(6, 0, 20), at(6, 0, 40)):
        house.look(moment)
        house.hear(moment)
        house.do(moment, polling.poll, house.account_id, moment)
        close_month(house.branch, moment)


@pytest.mark.parametrize(("story", "chain", "paid"), [
    (pays, [each[1:] for each in PAID], 1),
    (is_too_late, [("cancelled", PROMPT, 0), ("issued", LIST, 0)], 0),
])
def test_wherever_it_dies_it_ends_in_the_same_ledger(app, stripe, story, chain, paid) -> None:
    first = a_house(app, stripe)
    with fated(None) as whole:
        story(first)
    assert whole.seams > 4
    for seam in range(1, whole.seams + 1):
        house = a_house(app, stripe)
        with fated(seam), pytest.raises(Died):
            story(house)
        db.session.rollback()
        story(house)
        afterwards(house)
        assert [each[1:] for each in house.chain] == chain, seam
        receipts, differences = (db.session.scalar(sa.select(sa.func.count()).select_from(model).filter_by(
            branch_id=house.branch_id)) for model in (Receipt, ProviderDifference))
        assert (len(house.payments), receipts, differences, house.waits) == (paid, paid, 0, False), seam
        assert verify(house.branch_id) == [], seam
