"""What may be recorded and what a payment would pay, in values."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastoffice.payments import errors, rules
from fastoffice.payments.rules import Payable, PaymentSpec

TODAY = date(2026, 12, 7)
DECEMBER = [Payable(1, "PLC-000001", 1_032_400, "MXN"), Payable(2, "PLC-000002", 406_000, "MXN"),
            Payable(3, "PLC-000003", 50_000, "USD")]


def test_the_oldest_of_the_same_currency_come_first() -> None:
    plan = rules.plan(1_100_000, "MXN", DECEMBER, None)
    assert (plan.parts, plan.credit) == (((1, 1_032_400), (2, 67_600)), 0)
    assert rules.plan(60_000, "USD", DECEMBER, None) == rules.Plan(((3, 50_000),), 10_000)


def test_the_chosen_come_in_the_order_they_were_chosen() -> None:
    plan = rules.plan(500_000, "MXN", DECEMBER, ((2, None), (1, 50_000)))
    assert (plan.parts, plan.credit) == (((2, 406_000), (1, 50_000)), 44_000)


@pytest.mark.parametrize(("wishes", "refusal"), [
    (((1, 1_032_401),), errors.PartTooHigh),
    (((1, 1_000_000), (2, 400_000)), errors.SharedTooMuch),
    (((9, None),), errors.NotTheirInvoice),
    (((1, None), (1, None)), errors.NotTheirInvoice),
    (((1, -5),), errors.NotTheirInvoice),
    (((3, None),), errors.OtherCurrency),
])
def test_wishes_that_cannot_be_met_are_refused(wishes, refusal) -> None:
    with pytest.raises(refusal):
        rules.plan(1_200_000, "MXN", DECEMBER, wishes)


@given(amount=st.integers(1, 10**9), balances=st.lists(st.integers(1, 10**7), max_size=12), picked=st.sets(
    st.integers(0, 11)), chosen=st.booleans())
def test_the_parts_never_exceed_the_money_nor_the_documents(amount, balances, picked, chosen) -> None:
    payables = [Payable(key, f"F-{key}", balance, "MXN") for key, balance in enumerate(balances)]
    wishes = tuple((key, None) for key in sorted(picked) if key < len(balances)) if chosen else None
    plan = rules.plan(amount, "MXN", payables, wishes)
    assert sum(part for _key, part in plan.parts) + plan.credit == amount
    assert all(0 < part <= balances[key] for key, part in plan.parts)
    assert plan.credit >= 0


@pytest.mark.parametrize(("day", "refusal"), [
    (TODAY + timedelta(days=1), errors.DateInFuture),
    (TODAY - timedelta(days=367), errors.DateTooOld),
    (date(2062, 12, 4), errors.DateInFuture),
])
def test_a_date_that_is_a_slip_is_refused(day, refusal) -> None:
    with pytest.raises(refusal):
        rules.check(PaymentSpec(1, "cash", 100, day), TODAY)


def test_today_and_a_year_ago_are_fine() -> None:
    for day in (TODAY, TODAY - timedelta(days=366)):
        rules.check(PaymentSpec(1, "cash", 100, day), TODAY)


@pytest.mark.parametrize(("state", "allowed"), [
    ("received", {"deposited", "cleared", "bounced"}), ("deposited", {"cleared", "bounced"}), ("cleared", {"bounced"}),
    ("bounced", set()), (None, set()),
])
def test_a_cheque_goes_one_way(state, allowed) -> None:
    assert {target for target in rules.CHEQUE if rules.may_turn(state, target)} == allowed
