"""Card payments that go back: refunds asked for once whatever dies in between, disputes won and lost."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.models import Credit, Posting
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.payments import duties, errors
from fastoffice.payments.gateway import DisputeState, GatewayAway, GatewayRefused, RefundState
from fastoffice.payments.models import CardDispute, CardRefund, Payment, ProviderDifference, Refund
from fastoffice.payments.service.online import accounts, disputes, polling, refunding, refunds_due
from fastoffice.payments.service.online.refunding import RefundOrder
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, PRIVATE, at, chain, close_month, invoices_of, issue_month, pay, within
from tests.factories.online import paid_online
from tests.factories.people import make_branch

FULL, INTENT = 1_032_400, "pi_guemes"


@dataclass
class Processor:
    """The processor's side: what it was asked, and how it behaves."""

    refunds: dict[str, RefundState] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    status: str = "succeeded"
    refuses: str = ""
    is_away: bool = False
    loses_answers: bool = False

    def refund(self, key: str, intent_id: str, amount: int, email: str = "") -> RefundState:
        if self.is_away:
            raise GatewayAway("APIConnectionError")
        if self.refuses:
            raise GatewayRefused(self.refuses)
        self.asked.append((key, amount))
        made = RefundState(f"re_{key[:8]}", self.status, amount, "MXN", intent_id, key)
        self.refunds.setdefault(key, made)
        if self.loses_answers:
            raise GatewayAway("APIConnectionError")
        return self.refunds[key]

    def refund_state(self, refund_id: str) -> RefundState:
        return next(each for each in self.refunds.values() if each.id == refund_id)

    def refunds_of(self, intent_id: str) -> list[RefundState]:
        return [each for each in self.refunds.values() if each.intent_id == intent_id]

    def turn(self, status: str) -> None:
        self.refunds = {key: replace(each, status=status, error="lost_or_stolen_card" if status == "failed" else "")
                        for key, each in self.refunds.items()}


@pytest.fixture
def polanco(app) -> Branch:
    return make_branch("PLC")


@pytest.fixture
def guemes(polanco):
    """Logística Güemes with December's invoice, issued on day 1."""
    client = make_client(polanco, "Logística Güemes López, S.C.")
    make_contract(client, lines=PRIVATE)
    issue_month(polanco)
    return client


@pytest.fixture
def processor(monkeypatch) -> Processor:
    found = Processor()
    monkeypatch.setattr(accounts, "gateway", lambda _account: found)
    return found


@pytest.fixture
def paid(polanco, guemes, processor) -> Payment:
    """They paid it by card on day 2."""
    return paid_online(polanco, invoices_of(guemes)[0], at(2), intent_id=INTENT)


def order(branch: Branch, payment: Payment, amount: int, now=None, key: str = "the form", **values: Any) -> int:
    number, wanted = payment.id, RefundOrder(amount, values.get("reason", "se canceló la sala"), key)
    moment = now or at(3)
    return within(branch, moment, lambda row: refunding.order(
        row, db.session.get_one(Payment, number), wanted, MARIANA, moment))


def refund(branch: Branch, payment: Payment, amount: int, now=None, **values: Any) -> CardRefund:
    number = order(branch, payment, amount, now, **values)
    with clock.fixed_at(now or at(3)):
        refunding.send(number, now or at(3))
    return db.session.get_one(CardRefund, number, populate_existing=True)


def in_account(name: str) -> int:
    return db.session.scalar(sa.select(sa.func.sum(Posting.amount)).where(Posting.account == name)) or 0


def credit_of(payment: Payment) -> Credit:
    return db.session.get_one(Credit, payment.credit_id, populate_existing=True)


def differing() -> list[str]:
    return list(db.session.scalars(sa.select(ProviderDifference.kind).order_by(ProviderDifference.id)))


# ---- refunds ----

def test_the_whole_payment_goes_back_and_its_invoice_is_open_with_its_own_due_date(polanco, guemes, paid,
                                                                                  processor) -> None:
    done = refund(polanco, paid, FULL)
    assert (done.state, done.provider_id, done.amount) == ("succeeded", f"re_{done.key[:8]}", FULL)
    assert processor.asked == [(done.key, FULL)]
    assert chain(guemes) == [("prompt", "issued", FULL, 0)]
    assert (credit_of(paid).refunded, credit_of(paid).spare, in_account("processor")) == (FULL, 0, 0)
    assert verify(polanco.id) == []


def test_a_part_goes_back_and_the_rest_still_pays(polanco, guemes, paid) -> None:
    refund(polanco, paid, 200_000)
    assert chain(guemes) == [("prompt", "partly_paid", FULL, FULL - 200_000)]
    assert in_account("processor") == FULL - 200_000
    assert verify(polanco.id) == []


def test_what_pays_nothing_goes_back_first(polanco, guemes, processor) -> None:
    payment = paid_online(polanco, invoices_of(guemes)[0], at(2), amount=FULL + 50_000, intent_id=INTENT)
    refund(polanco, payment, 50_000)
    assert chain(guemes) == [("prompt", "paid", FULL, FULL)]
    with pytest.raises(errors.RefundTooHigh):
        order(polanco, payment, FULL + 1, key="another form")
    refund(polanco, payment, FULL, key="a third form")
    assert verify(polanco.id) == []


def test_pressed_twice_it_is_one_refund(polanco, paid, processor) -> None:
    assert order(polanco, paid, 100_000) == order(polanco, paid, 100_000)
    with pytest.raises(errors.SentBefore):
        order(polanco, paid, 200_000)
    assert len(db.session.scalars(sa.select(Refund)).all()) == 1


def test_killed_before_the_call_it_is_asked_for_by_the_next_tick(polanco, paid, processor) -> None:
    number = order(polanco, paid, 100_000)
    assert processor.asked == []
    later = at(3) + timedelta(minutes=5)
    assert "look_after_refunds" in " ".join(unit.job for unit in duties.due_units(later))
    with clock.fixed_at(later):
        assert refunds_due.look(later) == 1
    assert db.session.get_one(CardRefund, number, populate_existing=True).state == "succeeded"
    assert len(processor.asked) == 1


def test_killed_after_the_call_it_is_found_and_not_asked_for_again(polanco, paid, processor) -> None:
    number = order(polanco, paid, 100_000)
    processor.loses_answers = True
    with pytest.raises(GatewayAway):
        refunding.send(number, at(3))
    later = at(5)
    with clock.fixed_at(later):
        refunds_due.look(later)
    done = db.session.get_one(CardRefund, number, populate_existing=True)
    assert (done.state, len(processor.asked)) == ("succeeded", 1)
    assert verify(polanco.id) == []


def test_while_the_processor_is_away_the_refund_waits(polanco, paid, processor) -> None:
    number = order(polanco, paid, 100_000)
    processor.is_away = True
    later = at(4)
    assert refunds_due.look(later) == 0
    waiting = db.session.get_one(CardRefund, number, populate_existing=True)
    assert waiting.state == "created"
    assert waiting.next_check_at > later


def test_refused_it_pays_the_invoice_again_and_staff_are_told(polanco, guemes, paid, processor) -> None:
    processor.refuses = "charge_already_refunded"
    failed = refund(polanco, paid, 200_000)
    assert (failed.state, failed.error) == ("failed", "charge_already_refunded")
    assert chain(guemes) == [("prompt", "paid", FULL, FULL)]
    assert (credit_of(paid).refunded, in_account("processor")) == (0, FULL)
    assert differing() == ["refund_failed"]
    assert verify(polanco.id) == []


def test_sent_back_by_the_bank_days_later_after_the_deadline_the_prompt_price_returns(polanco, guemes, paid,
                                                                                     processor) -> None:
    done = refund(polanco, paid, FULL)
    close_month(polanco)
    assert [row[1] for row in chain(guemes)] == ["cancelled", "issued"]
    processor.turn("failed")
    with clock.fixed_at(at(9)):
        for _twice in range(2):
            refunding.look_at(done.account_id, done.provider_id, at(9))
    assert chain(guemes)[-1] == ("prompt", "paid", FULL, FULL)
    assert differing() == ["refund_failed"]
    assert verify(polanco.id) == []


def test_one_that_is_under_way_is_looked_at_until_it_is_done(polanco, paid, processor) -> None:
    processor.status = "pending"
    done = refund(polanco, paid, 100_000)
    assert done.state == "pending"
    processor.turn("succeeded")
    with clock.fixed_at(at(4)):
        refunds_due.look(at(4))
    assert db.session.get_one(CardRefund, done.id, populate_existing=True).state == "succeeded"


def test_a_key_that_was_changed_is_not_the_refunds_fault(polanco, paid, processor) -> None:
    number = order(polanco, paid, 100_000)
    processor.refuses = "AuthenticationError"
    with pytest.raises(GatewayRefused):
        refunding.send(number, at(3))
    assert db.session.get_one(CardRefund, number, populate_existing=True).state == "created"


def test_oxxo_and_money_that_came_by_hand_do_not_go_back_this_way(polanco, guemes, processor) -> None:
    oxxo = paid_online(polanco, invoices_of(guemes)[0], at(2), method="oxxo", amount=100_000)
    with pytest.raises(errors.NotThroughProcessor):
        order(polanco, oxxo, 100_000)
    with pytest.raises(errors.NotThroughProcessor):
        order(polanco, pay(polanco, guemes, 100_000, at(2)), 100_000)


def test_a_refund_made_at_the_processor_by_hand_waits_for_a_person(polanco, paid, processor) -> None:
    account_id = accounts.of_branch(polanco.id).id
    theirs = RefundState("re_byhand", "succeeded", 5_000, "MXN", INTENT, "")
    for _twice in range(2):
        transaction.run(refunding.told, account_id, theirs, at(4))
    transaction.run(refunding.told, account_id, replace(theirs, id="re_other", intent_id="pi_nobodys"), at(4))
    assert differing() == ["unknown_refund"]


# ---- disputes ----

def dispute(status: str, **values: Any) -> DisputeState:
    return DisputeState(**{"id": "du_1", "status": status, "amount": FULL, "currency": "MXN", "intent_id": INTENT,
                           "reason": "fraudulent", "answer_by": at(15), "opened_at": at(8), **values})


def tell(branch: Branch, *statuses: str, **values: Any) -> CardDispute:
    account_id = accounts.of_branch(branch.id).id
    with clock.fixed_at(at(10)):
        for status in statuses:
            transaction.run(disputes.told, account_id, dispute(status, **values), at(10))
    return db.session.scalars(sa.select(CardDispute).execution_options(populate_existing=True)).one()


def test_a_disputed_payment_goes_on_paying_its_invoice_and_is_not_refunded_meanwhile(polanco, guemes, paid,
                                                                                     processor) -> None:
    found = tell(polanco, "needs_response", "needs_response", "under_review")
    assert (found.state, found.answer_by, found.payment_id) == ("under_review", at(15), paid.id)
    assert chain(guemes) == [("prompt", "paid", FULL, FULL)]
    with pytest.raises(errors.InDispute):
        order(polanco, paid, FULL)


def test_a_lost_dispute_takes_the_payment_back_once(polanco, guemes, paid) -> None:
    found = tell(polanco, "needs_response", "lost", "lost", "under_review")
    assert (found.state, found.closed_at) == ("lost", at(10))
    assert db.session.get_one(Payment, paid.id, populate_existing=True).state == "reversed"
    assert chain(guemes) == [("prompt", "issued", FULL, 0)]
    assert in_account("processor") == 0
    kinds = sa.select(sa.func.count()).where(Notice.kind == "payment_reversed")
    assert db.session.scalar(kinds) == 1
    assert verify(polanco.id) == []


def test_a_won_dispute_changes_nothing_and_one_that_changes_afterwards_is_shown(polanco, guemes, paid) -> None:
    assert tell(polanco, "warning_needs_response", "won", "won").state == "won"
    assert chain(guemes) == [("prompt", "paid", FULL, FULL)]
    assert differing() == []
    assert tell(polanco, "lost").state == "won"
    assert differing() == ["dispute_changed"]


def test_of_a_payment_that_was_refunded_in_part_the_rest_is_lost(polanco, guemes, paid, processor) -> None:
    refund(polanco, paid, 200_000)
    tell(polanco, "lost", amount=FULL - 200_000)
    assert chain(guemes) == [("prompt", "issued", FULL, 0)]
    assert (credit_of(paid).refunded, in_account("processor")) == (FULL, 0)
    assert verify(polanco.id) == []


def test_a_dispute_about_money_that_we_do_not_know_waits_for_a_person(polanco, guemes, paid) -> None:
    account_id = accounts.of_branch(polanco.id).id
    transaction.run(disputes.told, account_id, dispute("needs_response", intent_id="pi_nobodys"), at(10))
    assert differing() == ["unknown_dispute"]


def test_the_nightly_comparison_hears_of_both(polanco, guemes, paid, processor, monkeypatch) -> None:
    processor.status = "pending"
    done = refund(polanco, paid, 100_000)
    processor.turn("succeeded")
    tell(polanco, "needs_response", amount=FULL - 100_000)
    lost = dispute("lost", amount=FULL - 100_000)
    monkeypatch.setattr(processor, "intents_since", lambda _moment: [], raising=False)
    monkeypatch.setattr(processor, "intent", lambda _key: None, raising=False)
    monkeypatch.setattr(processor, "refunds_since", lambda _moment: list(processor.refunds.values()), raising=False)
    monkeypatch.setattr(processor, "disputes_since", lambda _moment: [], raising=False)
    monkeypatch.setattr(processor, "dispute", lambda _key: lost, raising=False)
    with clock.fixed_at(at(11)):
        polling.poll(done.account_id, at(11))
    assert db.session.get_one(CardRefund, done.id, populate_existing=True).state == "succeeded"
    assert db.session.scalars(sa.select(CardDispute.state)).one() == "lost"
    assert chain(guemes) == [("prompt", "issued", FULL, 0)]
    assert verify(polanco.id) == []
