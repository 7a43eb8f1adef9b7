"""Paying online, with the double of Stripe: booked once, whatever is told, lost, late or out of order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fastoffice import audit
from fastoffice.billing.models import InvoiceHold
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.gateway import GatewayAway
from fastoffice.payments.gateway.sealing import seal
from fastoffice.payments.models import CardAccount, PayAttempt, Payment, ProviderDifference, ProviderEvent, Receipt
from fastoffice.payments.service.online import beginning, looking, polling, reading, syncing
from tests.doubles.stripe import ASKS_ALWAYS, DECLINED, StripeDouble
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at, chain, close_month, invoices_of, issue_month, pay
from tests.factories.online import SECRET, an_account
from tests.factories.people import make_branch
from tests.factories.remembered import remembered

VIRTUAL = [("Oficina virtual", 350_000, 420_000)]  # 4,060.00 and 4,872.00 with IVA
PROMPT, LIST = 406_000, 487_200
CLIENT = audit.Actor("client")
PAID = [("prompt", "paid", PROMPT, PROMPT)]


class House:
    """Güemes, their invoice of December, and the way to Stripe and back."""

    def __init__(self, app: Any, stripe: StripeDouble, code: str = "PLC") -> None:
        self.stripe, self._app = stripe, app
        remembered(f"house {code}", lambda: self._make(code))
        self.branch = db.session.scalars(sa.select(Branch).where(Branch.code == code)).one()
        self.client = db.session.scalars(sa.select(Client).where(Client.branch_id == self.branch.id)).one()
        self.account = an_account(self.branch)
        stripe.webhook_to(self._hear, SECRET)
        self._address = f"/webhooks/stripe/{self.account.public_id}"
        self.branch_id, self.client_id, self.account_id = self.branch.id, self.client.id, self.account.id

    @staticmethod
    def _make(code: str) -> None:
        branch = make_branch(code)
        make_contract(make_client(branch, "Logística Güemes López, S.C."), lines=VIRTUAL)
        issue_month(branch)

    def _hear(self, body: bytes, signature: str) -> int:
        return int(self._app.test_client().post(
            self._address, data=body, headers={"Stripe-Signature": signature}).status_code)

    def begin(self, now: datetime, method: str = "card") -> str:
        """The session on whose page the client stands."""
        with self.stripe.at(now):
            invoice = invoices_of(self.client_id)[0]
            url = beginning.begin(self.branch_id, self.client_id, [invoice.id], method, CLIENT,
                                  "http://testserver/pay/return")
        session = self.stripe.sessions[-1]
        assert url == session["url"]
        return str(session["id"])

    def do(self, now: datetime, act: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        with self.stripe.at(now):
            return act(*arguments, **named)

    def hear(self, now: datetime, **how: Any) -> None:
        """Events arrive, a worker reads them."""
        with self.stripe.at(now):
            assert {status for _type, status in self.stripe.deliver(**how)} <= {200}
            reading.read_all(now)

    def look(self, now: datetime) -> None:
        """The ticker's round."""
        with self.stripe.at(now):
            looking.look(now)

    def sync(self, now: datetime) -> str:
        with self.stripe.at(now):
            return syncing.sync(self.attempt.id, now)

    @property
    def attempt(self) -> PayAttempt:
        """The last one."""
        return db.session.scalars(sa.select(PayAttempt).filter_by(branch_id=self.branch_id).order_by(PayAttempt.id.desc()).execution_options(
            populate_existing=True)).first()

    @property
    def chain(self) -> list[tuple[str, str, int, int]]:
        return chain(self.client_id)

    @property
    def payments(self) -> list[Payment]:
        return list(db.session.scalars(sa.select(Payment).filter_by(branch_id=self.branch_id).order_by(Payment.id)))

    @property
    def waits(self) -> bool:
        """Whether the deadline waits for somebody."""
        return bool(db.session.scalar(sa.select(sa.func.count()).select_from(InvoiceHold).filter_by(
            branch_id=self.branch_id, released_at=None)))


@pytest.fixture
def house(app, stripe) -> House:
    return House(app, stripe)


def count(model: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_card_pays_the_invoice_and_one_receipt_is_made(house) -> None:
    session = house.begin(at(3))
    assert (house.attempt.state, house.waits) == ("open", True)
    house.do(at(3, 10, 5), house.stripe.pay, session)
    house.hear(at(3, 10, 6))
    assert house.chain == PAID
    [payment] = house.payments
    assert (payment.method, payment.amount, payment.value_date, payment.reference) == (
        "card", PROMPT, date(2026, 12, 3), "Visa ·· 4242")
    assert (house.attempt.state, house.attempt.payment_id, house.waits, count(Receipt)) == ("paid", payment.id, False, 1)
    assert verify(house.branch_id) == []


@pytest.mark.parametrize("how", [
    {"duplicate": 2}, {"reverse": True}, {"reverse": True, "duplicate": 1}, {"only": ["charge.succeeded"]},
    {"only": ["payment_intent.created", "checkout.session.completed"]}, {"drop": ["checkout.*"]},
], ids=str)
def test_events_come_twice_backwards_or_only_some_of_them(house, how) -> None:
    session = house.begin(at(3))
    house.do(at(3, 10, 5), house.stripe.pay, session)
    house.hear(at(3, 10, 6), **how)
    house.hear(at(3, 10, 7))
    assert (house.chain, len(house.payments), count(Receipt)) == (PAID, 1, 1)
    assert count(ProviderEvent) == len({event["id"] for event in house.stripe.all("event")}) or "drop" in how
    assert verify(house.branch_id) == []


def test_a_declined_card_pays_nothing_and_another_one_on_the_same_page_does(house) -> None:
    session = house.begin(at(3))
    house.do(at(3, 10, 5), house.stripe.pay, session, card=DECLINED)
    house.hear(at(3, 10, 6))
    assert (house.attempt.state, house.attempt.error, house.payments) == ("open", "generic_decline", [])
    house.do(at(3, 10, 7), house.stripe.pay, session)
    house.hear(at(3, 10, 8))
    assert (house.chain, len(house.payments), house.attempt.error) == (PAID, 1, "")


def test_the_bank_asks_and_the_deadline_waits_for_the_answer_no_longer_than_the_page(house) -> None:
    session = house.begin(at(5, 23, 10))
    house.do(at(5, 23, 20), house.stripe.pay, session, card=ASKS_ALWAYS)
    house.hear(at(5, 23, 21))
    assert (house.attempt.state, house.waits) == ("open", True)
    house.look(at(6, 0, 0))
    assert (house.attempt.state, house.waits) == ("expired", False)


def test_a_page_that_nobody_paid_is_closed_before_its_invoice_is_replaced(house) -> None:
    house.begin(at(5, 23, 10))
    close_month(house.branch, at(6, 0))
    assert house.chain == [("prompt", "issued", PROMPT, 0)], "the deadline waits until the page is closed"
    house.look(at(6, 0))
    assert house.stripe.sessions[-1]["status"] == "expired"
    close_month(house.branch, at(6, 0, 1))
    assert [each[:3] for each in house.chain] == [("prompt", "cancelled", PROMPT), ("list", "issued", LIST)]


def test_money_that_comes_after_midnight_goes_to_the_replacement(house) -> None:
    session = house.begin(at(5, 23, 50))
    house.do(at(6, 0, 5), house.stripe.pay, session)
    house.hear(at(6, 0, 6))
    assert [(each[1], each[3]) for each in house.chain] == [("cancelled", 0), ("partly_paid", PROMPT)]
    assert house.payments[0].value_date == date(2026, 12, 6)
    assert verify(house.branch_id) == []


def test_money_that_came_a_minute_before_midnight_and_is_told_after_it_counts(house) -> None:
    session = house.begin(at(5, 23, 50))
    house.do(at(5, 23, 59), house.stripe.pay, session)
    close_month(house.branch, at(6, 0))
    house.look(at(6, 0, 1))
    assert (house.chain, house.payments[0].value_date) == (PAID, date(2026, 12, 5))


def test_a_voucher_that_was_paid_in_time_counts_for_its_day_when_it_is_told_two_days_later(house) -> None:
    session = house.begin(at(4), "oxxo")
    house.do(at(4, 10, 5), house.stripe.give_voucher, session)
    house.hear(at(4, 10, 6))
    assert (house.attempt.state, house.waits) == ("processing", True)
    house.do(at(5, 22), house.stripe.take_to_shop, session)
    close_month(house.branch, at(6, 0))
    house.look(at(6, 0, 1))
    assert (house.attempt.state, house.chain[0][1]) == ("processing", "issued")
    house.do(at(7), house.stripe.confirm_voucher, session)
    house.hear(at(7, 10, 1))
    assert (house.chain, house.payments[0].value_date, house.payments[0].method) == (PAID, date(2026, 12, 5), "oxxo")


def test_a_voucher_that_nobody_paid_ends_and_the_deadline_acts(house) -> None:
    session = house.begin(at(4), "oxxo")
    house.do(at(4, 10, 5), house.stripe.give_voucher, session)
    house.hear(at(9, 10))
    assert (house.attempt.state, house.waits) == ("failed", False)


def test_no_voucher_is_given_that_could_be_paid_after_the_price_has_ended(house) -> None:
    with pytest.raises(errors.OxxoNotNow):
        house.begin(at(5, 9), "oxxo")
    session = house.begin(at(3, 23, 40), "oxxo")
    house.do(at(4, 0, 5), house.stripe.give_voucher, session)
    details = house.stripe.all("payment_intent")[0]["next_action"]["oxxo_display_details"]
    assert details["expires_after"] < at(6, 0).timestamp()


def test_what_no_event_told_is_found_by_the_nightly_comparison(house) -> None:
    session = house.begin(at(3))
    house.do(at(3, 10, 5), house.stripe.pay, session)
    house.hear(at(3, 10, 6), drop=["*"])
    assert house.payments == []
    house.do(at(4, 3), polling.poll, house.account_id, at(4, 3))
    assert (house.chain, len(house.payments), count(ProviderDifference)) == (PAID, 1, 0)


def test_an_answer_that_was_lost_is_the_same_page_when_it_is_asked_again(house) -> None:
    house.stripe.go_away("lost", calls=3)
    with pytest.raises(GatewayAway):
        house.begin(at(3))
    assert (house.attempt.state, house.attempt.session_id) == ("created", None)
    house.begin(at(3, 10, 1))
    assert len(house.stripe.sessions) == 1
    house.do(at(3, 10, 5), house.stripe.pay, house.attempt.session_id)
    assert (house.sync(at(3, 10, 6)), house.chain) == ("paid", PAID)


def test_while_stripe_is_away_the_deadline_waits(house) -> None:
    house.begin(at(5, 23, 10))
    house.stripe.away = "500"
    house.look(at(6, 0))
    close_month(house.branch, at(6, 0, 1))
    assert (house.chain[0][1], house.attempt.state) == ("issued", "open")
    house.stripe.away = None
    house.look(at(6, 0, 30))
    assert house.attempt.state == "expired"


def test_two_tabs_stand_on_one_page_and_another_means_closes_it(house) -> None:
    first, again = house.begin(at(3)), house.begin(at(3, 10, 1))
    assert first == again
    assert house.begin(at(3, 10, 2), "oxxo") != first
    assert [each["status"] for each in house.stripe.sessions] == ["expired", "open"]


def test_reception_takes_the_money_while_the_page_is_open_and_what_comes_twice_is_the_clients_credit(house) -> None:
    session = house.begin(at(3))
    pay(house.branch, house.client_id, PROMPT, at(3, 10, 3), method="cash")
    house.do(at(3, 10, 5), house.stripe.pay, session)
    house.hear(at(3, 10, 6))
    assert (house.chain, [each.amount for each in house.payments]) == (PAID, [PROMPT, PROMPT])
    assert verify(house.branch_id) == []


def test_events_of_strangers_and_old_ones_are_not_kept(house) -> None:
    session = house.begin(at(3))
    house.do(at(3, 10, 5), house.stripe.pay, session)
    with house.stripe.at(at(3, 10, 6)):
        house.stripe.clock = lambda: (at(3, 10, 6) - timedelta(minutes=6)).timestamp()
        assert {status for _type, status in house.stripe.deliver()} == {400}
    house.stripe.webhook_to(house._hear, "whsec_of_somebody_else")
    house.do(at(3, 10, 20), house.stripe.dispute, house.stripe.all("payment_intent")[0]["id"])
    with house.stripe.at(at(3, 10, 21)):
        assert {status for _type, status in house.stripe.deliver(only=["charge.dispute.*"])} == {400}
    assert count(ProviderEvent) == 0


def by_transfer(house: House, now: datetime) -> str:
    """The client stands before their CLABE."""
    session = house.begin(now, "spei")
    house.do(now + timedelta(minutes=5), house.stripe.show_clabe, session)
    house.hear(now + timedelta(minutes=6))
    assert (house.attempt.state, house.waits) == ("processing", False)
    return session


def test_a_transfer_to_the_clabe_pays_when_it_is_enough(house) -> None:
    session = by_transfer(house, at(3))
    house.do(at(3, 11), house.stripe.transfer, session, PROMPT - 6_000)
    house.hear(at(3, 11, 1))
    assert (house.attempt.state, house.payments) == ("processing", [])
    house.do(at(4, 11), house.stripe.transfer, session, 6_000)
    house.hear(at(4, 11, 1), duplicate=1)
    assert (house.chain, house.payments[0].method, house.payments[0].value_date) == (PAID, "spei", date(2026, 12, 4))
    assert (len(house.payments), verify(house.branch_id)) == (1, [])


def test_a_transfer_in_time_brings_the_price_back_when_it_is_heard_of_after_the_deadline(house) -> None:
    session = by_transfer(house, at(4))
    house.do(at(5, 23, 50), house.stripe.transfer, session, PROMPT)
    close_month(house.branch, at(6, 0))
    assert house.chain[0][1] == "cancelled"
    house.hear(at(6, 0, 3))
    assert (house.payments[0].value_date, house.chain[-1][:2], house.chain[-1][3]) == (
        date(2026, 12, 5), ("prompt", "paid"), PROMPT)
    assert verify(house.branch_id) == []


def test_a_late_transfer_goes_to_the_replacement_though_nobody_waited_for_it_any_more(house) -> None:
    session = by_transfer(house, at(4))
    close_month(house.branch, at(6, 0))
    house.look(at(6, 0, 1))
    assert house.attempt.state == "failed"
    house.do(at(8), house.stripe.transfer, session, PROMPT)
    house.hear(at(8, 10, 1))
    assert (house.attempt.state, house.chain[-1]) == ("paid", ("list", "partly_paid", LIST, PROMPT))


def test_who_asked_for_a_clabe_may_pay_by_card_after_all(house) -> None:
    session = by_transfer(house, at(3))
    card = house.begin(at(3, 11))
    house.do(at(3, 11, 5), house.stripe.pay, card)
    house.hear(at(3, 11, 6))
    house.do(at(4), house.stripe.transfer, session, PROMPT)
    house.hear(at(4, 10, 1))
    assert (house.chain, [each.method for each in house.payments]) == (PAID, ["card", "spei"]), "and has credit"
    assert verify(house.branch_id) == []


@pytest.mark.parametrize(("change", "difference"), [
    (lambda known, key: known.pop(key), ("missing_money", PROMPT)),
    (lambda known, key: known[key].update(amount_received=PROMPT - 100), ("amount", -100)),
], ids=["they do not know it", "they know another amount"])
def test_what_is_in_our_books_alone_is_shown_to_a_person_too(house, change, difference) -> None:
    session = house.begin(at(3))
    house.do(at(3, 10, 5), house.stripe.pay, session)
    house.hear(at(3, 10, 6))
    with house.stripe._state.book_of("payment_intent", house.attempt.intent_id) as book:
        change(book.tables["payment_intent"], house.attempt.intent_id)
    for day in (4, 5):
        house.do(at(day, 3), polling.poll, house.account_id, at(day, 3))
    [found] = db.session.scalars(sa.select(ProviderDifference))
    assert ((found.kind, found.amount), found.object_id) == (difference, house.attempt.intent_id)
    assert house.chain == PAID


def test_the_endpoint_was_down_for_four_days_and_everything_is_booked_with_its_own_day(house) -> None:
    session = house.begin(at(5, 22, 30))
    house.do(at(5, 22, 40), house.stripe.pay, session)
    house.stripe.away = "500"
    for day in (6, 7, 8, 9):
        house.look(at(day, 9))
        close_month(house.branch, at(day, 9))
    assert (house.chain[0][1], house.payments) == ("issued", [])
    house.stripe.away = None
    house.hear(at(9, 22))
    close_month(house.branch, at(9, 23))
    assert (house.chain, house.payments[0].value_date) == (PAID, date(2026, 12, 5))
    assert verify(house.branch_id) == []


def test_a_part_that_reception_took_is_not_asked_for_again_online(house) -> None:
    first = house.begin(at(3))
    pay(house.branch, house.client_id, 100_000, at(3, 10, 3), method="cash")
    session = house.begin(at(3, 10, 4))
    assert (session != first, house.attempt.amount) == (True, PROMPT - 100_000)
    house.do(at(3, 10, 5), house.stripe.pay, session)
    house.hear(at(3, 10, 6))
    assert (house.chain, [each["status"] for each in house.stripe.sessions]) == (PAID, ["expired", "complete"])
    assert verify(house.branch_id) == []


def test_money_that_pays_nothing_is_shown_to_a_person_once(house) -> None:
    session = by_transfer(house, at(3))
    house.do(at(3, 11), house.stripe.transfer, session, PROMPT + 5_000)
    house.hear(at(3, 11, 1))
    for day in (4, 5):
        house.do(at(day, 3), polling.poll, house.account_id, at(day, 3))
    [difference] = db.session.scalars(sa.select(ProviderDifference))
    assert (difference.kind, difference.amount, house.chain) == ("unknown_money", 5_000, PAID)


def test_a_copy_of_the_live_database_asks_nobody_elsewhere(house) -> None:
    house.begin(at(3))
    db.session.get_one(CardAccount, house.account_id).livemode = True
    db.session.commit()
    with pytest.raises(errors.OnlineOff):
        house.begin(at(3, 10, 5))
    house.look(at(3, 11, 30))
    house.do(at(3, 11, 30), polling.poll, house.account_id, at(3, 11, 30))
    assert (house.attempt.state, house.stripe.sessions[-1]["status"]) == ("open", "open")
    assert polling.due(at(3, 11, 31)) == []


def test_a_comparison_that_could_not_be_made_is_tried_again_later_and_says_so(house) -> None:
    house.stripe.away = "500"
    house.do(at(3), polling.poll, house.account_id, at(3))
    assert polling.due(at(3)) == []
    assert db.session.get_one(CardAccount, house.account_id, populate_existing=True).polled_at is None
    house.stripe.away = None
    assert polling.due(at(3, 11)) == [house.account_id]
    house.do(at(3, 11), polling.poll, house.account_id, at(3, 11))
    assert polling.due(at(3, 12)) == []


def test_a_page_of_an_account_that_the_branch_left_keeps_no_deadline_waiting(house) -> None:
    house.begin(at(3))
    db.session.get_one(CardAccount, house.account_id).secret_key_sealed = seal("sk_test_another000000000000000")
    db.session.commit()
    house.look(at(3, 12))
    assert (house.attempt.state, house.waits) == ("expired", False)
    house.begin(at(3, 13))
    assert house.attempt.state == "open"
