"""Events, the return page, the ticker, the deadline, reception and the nightly comparison in any order: one ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fastoffice.billing.service.verifying import verify
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.payments import queries
from fastoffice.payments.models import ProviderDifference, Receipt
from fastoffice.payments.service.online import polling
from tests.factories.money import at, close_month, pay
from tests.services.test_card_payments import LIST, PAID, PROMPT, House

CODES = count()
MINUTES = 23  # between two steps: the deadline falls among them
Step = Callable[[House, datetime], Any]
HEARD = st.fixed_dictionaries({
    "duplicate": st.integers(0, 2), "reverse": st.booleans(),
    "drop": st.sets(st.sampled_from(["charge.*", "payment_intent.*", "checkout.*"])).map(sorted),
})


def told(how: dict[str, Any]) -> Step:
    return lambda house, now: house.hear(now, **how)


STEPS: dict[str, Step] = {
    "return": lambda house, now: house.sync(now),
    "tick": lambda house, now: house.look(now),
    "deadline": lambda house, now: close_month(house.branch, now),
    "compare": lambda house, now: house.do(now, polling.poll, house.account_id, now),
    "cash": lambda house, now: pay(house.branch, house.client_id, PROMPT, now, method="cash"),
}
PLANS = st.permutations(list(STEPS)).flatmap(lambda names: st.tuples(
    st.just(names), st.lists(HEARD, min_size=2, max_size=2), st.lists(st.integers(0, 6), min_size=2, max_size=2)))


def a_house(app: Any, stripe: Any) -> House:
    stripe.reset()
    letters, number = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", next(CODES)
    return House(app, stripe, f"Y{letters[number // 26 % 26]}{letters[number % 26]}")


def live_through(house: House, plan: Any, start: datetime, without: str = "") -> datetime:
    """The steps of a plan, one after the other; in the end everything is looked at once more."""
    names, heard, places = plan
    steps = [STEPS[name] for name in names if name != without]
    for how, place in zip(heard, places, strict=True):
        steps.insert(place, told(how))
    now = start
    for step in steps:
        step(house, now)
        now += timedelta(minutes=MINUTES)
    for last in ("tick", "deadline", "compare"):
        now += timedelta(hours=2)
        STEPS[last](house, now)
    return now


def each(test: Callable[[Any], None], plans: int = 6) -> None:
    """`test` with some plans, the same in every run."""
    settings(max_examples=plans, deadline=None, derandomize=True, phases=[Phase.generate],
             suppress_health_check=list(HealthCheck))(
        given(PLANS)(test))()


def of_branch(model: Any, house: House, **where: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).filter_by(
        branch_id=house.branch_id, **where)) or 0


def test_money_that_came_in_time_ends_in_one_ledger(app, stripe) -> None:
    def run(plan: Any) -> None:
        house = a_house(app, stripe)
        session = house.begin(at(5, 22, 30))
        house.do(at(5, 22, 40), stripe.pay, session)
        live_through(house, plan, at(5, 22, 45))
        assert house.chain == PAID
        assert sorted((each.method, each.amount) for each in house.payments) == [("card", PROMPT), ("cash", PROMPT)]
        assert {each.value_date for each in house.payments if each.method == "card"} == {date(2026, 12, 5)}
        assert (house.attempt.state, house.waits, queries.client_money(house.client_id).credit) == ("paid", False, PROMPT)
        assert (of_branch(Receipt, house), of_branch(ProviderDifference, house)) == (2, 0)
        assert of_branch(Notice, house, kind="payment_receipt") == 2, "one mail for each payment"
        assert verify(house.branch_id) == []

    each(run)


@pytest.mark.parametrize("method", ["card", "oxxo", "spei"])
def test_what_nobody_paid_ends_as_if_nobody_had_begun(app, stripe, method) -> None:
    def run(plan: Any) -> None:
        house = a_house(app, stripe)
        session = house.begin(at(4, 21, 30), method)
        if method != "card":
            house.do(at(4, 21, 40), {"oxxo": stripe.give_voucher, "spei": stripe.show_clabe}[method], session)
        live_through(house, plan, at(5, 22, 45), without="cash")
        for moment in (at(9, 12), at(9, 14)):
            house.look(moment)
            close_month(house.branch, moment)
        assert [(each[1], each[2], each[3]) for each in house.chain] == [("cancelled", PROMPT, 0), ("issued", LIST, 0)]
        assert (house.payments, house.waits, house.attempt.state in ("expired", "failed")) == ([], False, True)
        assert verify(house.branch_id) == []

    each(run, plans=3)


def test_money_that_came_after_midnight_ends_on_the_replacement(app, stripe) -> None:
    def run(plan: Any) -> None:
        house = a_house(app, stripe)
        session = house.begin(at(5, 23, 50))
        house.do(at(6, 0, 5), stripe.pay, session)
        live_through(house, plan, at(6, 0, 6), without="cash")
        assert [(each[1], each[2], each[3]) for each in house.chain] == [
            ("cancelled", PROMPT, 0), ("partly_paid", LIST, PROMPT)]
        assert (len(house.payments), of_branch(Receipt, house), of_branch(ProviderDifference, house)) == (1, 1, 0)
        assert verify(house.branch_id) == []

    each(run)


