"""Two tabs, the event, the return page, the ticker and reception at the same moment, on really committed data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from fastoffice import clock
from fastoffice.billing.service.verifying import verify
from fastoffice.errors import Refusal
from fastoffice.payments import errors
from fastoffice.payments.service.online import autopay, beginning, cards, looking, reading, syncing
from tests.factories.money import MARIANA, at, close_month, invoices_of, pay
from tests.services.test_card_payments import CLIENT, PAID, PROMPT, House
from tests.services.test_kept_cards import BACK, Desk, order
from tests.services.test_payments_at_once import at_once


@pytest.fixture
def house(committed_app, stripe) -> House:
    return House(committed_app, stripe)


def timed(now: datetime, work: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    """`work` at `now`, for a thread that does not inherit the test's clock."""
    def run() -> Any:
        with clock.fixed_at(now):
            return work(*arguments)

    return run


def press(house: House, method: str, now: datetime) -> Callable[[], Any]:
    invoice_id = invoices_of(house.client_id)[0].id
    return timed(now, beginning.begin, house.branch_id, house.client_id, [invoice_id], method, CLIENT,
                 "http://testserver/pay/return")


def test_two_tabs_that_are_pressed_at_once_stand_on_one_page(committed_app, house) -> None:
    with house.stripe.at(at(3)) as now:
        answers = at_once(committed_app, *(press(house, "card", now) for _tab in range(3)))
    [session] = house.stripe.sessions
    assert answers == [session["url"]] * 3


def test_card_and_voucher_pressed_at_once_leave_one_page_open(committed_app, house) -> None:
    with house.stripe.at(at(3)) as now:
        answers = at_once(committed_app, press(house, "card", now), press(house, "oxxo", now))
    assert all(isinstance(each, str | Refusal) for each in answers)
    still_open = [each for each in house.stripe.sessions if each["status"] == "open"]
    assert [each["client_reference_id"] for each in still_open] == [house.attempt.key]


def test_whoever_learns_first_that_it_was_paid_books_it_alone(committed_app, house) -> None:
    session = house.begin(at(5, 23, 50))
    house.do(at(5, 23, 55), house.stripe.pay, session)
    key = house.attempt.id
    with house.stripe.at(at(6)) as now:
        house.stripe.deliver(duplicate=1)
        at_once(committed_app, timed(now, syncing.sync, key, now), timed(now, syncing.sync, key, now),
                timed(now, reading.read_all, now), timed(now, looking.look, now), timed(now, close_month, house.branch, now))
        reading.read_all(now)
    assert (house.chain, len(house.payments), house.waits) == (PAID, 1, False)
    assert verify(house.branch_id) == []


def test_a_transfer_in_time_and_the_deadline_at_once_never_leave_it_cancelled_and_paid(committed_app, house) -> None:
    """Nothing waits for a transfer: whoever is first, the prompt price is paid in the end."""
    session = house.begin(at(5, 22), "spei")
    house.do(at(5, 22, 5), house.stripe.show_clabe, session)
    house.do(at(5, 23, 50), house.stripe.transfer, session, PROMPT)
    key, branch = house.attempt.id, house.branch
    with house.stripe.at(at(6, 0, 1)) as now:
        at_once(committed_app, timed(now, syncing.sync, key, now), timed(now, close_month, branch, now))
    assert (len(house.payments), house.chain[-1][:2], house.chain[-1][3]) == (1, ("prompt", "paid"), PROMPT)
    assert {each[1] for each in house.chain[:-1]} <= {"cancelled"}
    assert verify(house.branch_id) == []


def test_one_touch_pressed_three_times_at_once_charges_once(committed_app, stripe) -> None:
    desk = Desk(stripe)
    desk.by_page(at(2), 0, save_card=True)
    [card], invoice = cards.of_client(desk.client_id), invoices_of(desk.client_id)[1]
    press = (beginning.touch, desk.branch_id, desk.client_id, [invoice.id], card.id, CLIENT, BACK)
    with stripe.at(at(3)) as now:
        answers = at_once(committed_app, *(timed(now, *press) for _press in range(3)))
    assert all(isinstance(each, str | errors.StillUnderWay | errors.NothingOwed) for each in answers), answers
    assert len(desk.payments) == len(stripe.all("payment_intent")) == 2
    assert verify(desk.branch_id) == []


def test_workers_that_charge_kept_cards_at_once_while_she_presses_charge_once(committed_app, stripe) -> None:
    desk = Desk(stripe)
    desk.by_page(at(2), 0, save_card=True)
    order(desk, 3, at(2))
    [card], invoice = cards.of_client(desk.client_id), invoices_of(desk.client_id)[1]
    with stripe.at(at(3)) as now:
        at_once(committed_app, timed(now, autopay.charge_all, now), timed(now, autopay.charge_all, now), timed(
            now, beginning.touch, desk.branch_id, desk.client_id, [invoice.id], card.id, CLIENT, BACK))
    assert len(desk.payments) == len(stripe.all("payment_intent")) == 2
    assert verify(desk.branch_id) == []


def test_cash_at_the_desk_while_the_card_is_booked_keeps_both(committed_app, house) -> None:
    session = house.begin(at(3))
    house.do(at(3, 10, 5), house.stripe.pay, session)
    key, branch = house.attempt.id, house.branch
    with house.stripe.at(at(3, 10, 6)) as now:
        at_once(committed_app, timed(now, syncing.sync, key, now),
                lambda: pay(branch, house.client_id, PROMPT, now, method="cash"))
    assert (house.chain, sorted(each.method for each in house.payments)) == (PAID, ["card", "cash"])
    assert verify(house.branch_id) == []
    assert MARIANA.name in {each.taken_by for each in house.payments}
