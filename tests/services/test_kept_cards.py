"""A card that the client lets us keep: one touch, never twice, never without consent, gone when they say so."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from fastoffice import audit, clock, transaction
from fastoffice.billing.service import holds, pay_links
from fastoffice.billing.service.verifying import verify
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.payments import errors
from fastoffice.payments.gateway import GatewayRefused
from fastoffice.payments.gateway.sealing import seal
from fastoffice.payments.models import CardAccount, PayAttempt, Payment, SavedCard
from fastoffice.payments.rules.autopay import LAST_DAY
from fastoffice.payments.service.online import autopay, beginning, cards, looking, warning
from tests.doubles.stripe import ASKS_ALWAYS, KEEPS_THEN_FAILS
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at, chain, close_month, invoices_of, issue_month, within
from tests.factories.online import an_account
from tests.factories.people import make_branch

LAURA = audit.Actor("Laura Güemes")
BACK = "http://testserver/portal/return"


class Desk:
    """Güemes with December's invoice, and a way to pay it."""

    def __init__(self, stripe) -> None:
        self.stripe = stripe
        self.branch = make_branch("PLC")
        self.client = make_client(self.branch, "Logística Güemes López, S.C.")
        make_contract(self.client, lines=[("Oficina virtual", 350_000, 420_000)])
        make_contract(self.client, lines=[("Estacionamiento", 120_000, 120_000)])
        issue_month(self.branch)
        an_account(self.branch)
        self.branch_id, self.client_id = self.branch.id, self.client.id

    def by_page(self, now, place: int, *, save_card: bool, card: str = "4242424242424242") -> None:
        """Type a card on the processor's page."""
        with self.stripe.at(now):
            invoice = invoices_of(self.client_id)[place]
            beginning.begin(self.branch_id, self.client_id, [invoice.id], "card", LAURA, BACK, save_card=save_card)
            self.stripe.pay(self.stripe.sessions[-1]["id"], card=card)
            self.look(now)

    def look(self, now) -> None:
        db.session.execute(sa.update(PayAttempt).where(PayAttempt.next_check_at.is_not(None)).values(next_check_at=now))
        db.session.commit()
        with self.stripe.at(now):
            looking.look(now)

    def touch(self, now, place: int) -> str:
        with self.stripe.at(now):
            [card] = cards.of_client(self.client_id)
            invoice = invoices_of(self.client_id)[place]
            return beginning.touch(self.branch_id, self.client_id, [invoice.id], card.id, LAURA, BACK)

    @property
    def payments(self) -> list[Payment]:
        return list(db.session.scalars(sa.select(Payment).order_by(Payment.id)))

    @property
    def attempt(self) -> PayAttempt:
        return db.session.scalars(sa.select(PayAttempt).order_by(PayAttempt.id.desc()).execution_options(
            populate_existing=True)).first()


@pytest.fixture
def desk(app, stripe) -> Desk:
    return Desk(stripe)


def test_a_card_is_kept_only_with_consent(desk) -> None:
    desk.by_page(at(2), 0, save_card=False)
    assert cards.of_client(desk.client_id) == []
    desk.by_page(at(3), 1, save_card=True)
    [card] = cards.of_client(desk.client_id)
    assert (card.label, card.consent_by, card.consent_at) == ("Visa ·· 4242", "Laura Güemes", at(3))


def test_one_touch_pays_the_next_invoice_and_sends_one_thank_you(desk) -> None:
    desk.by_page(at(2), 0, save_card=True)
    desk.touch(at(3), 1)
    assert [payment.method for payment in desk.payments] == ["card", "card"]
    assert {row[1] for row in chain(desk.client_id)} == {"paid"}
    assert (desk.attempt.kind, desk.attempt.state) == ("saved", "paid")
    assert verify(desk.branch_id) == []


def test_a_second_touch_finds_nothing_to_pay(desk) -> None:
    desk.by_page(at(2), 0, save_card=True)
    desk.touch(at(3), 1)
    with pytest.raises(errors.NothingOwed):
        desk.touch(at(3), 1)
    assert len(desk.payments) == 2


def test_a_button_of_yesterday_does_not_charge_todays_price(desk) -> None:
    """The tab shows the prompt price; the deadline has passed, whether or not it has acted already."""
    desk.by_page(at(2), 1, save_card=True)
    for deadline_acts in (False, True):
        if deadline_acts:
            close_month(desk.branch)
        with pytest.raises(errors.PriceChanged):
            desk.touch(at(6, 0, 5), 0)
    assert (len(desk.payments), desk.attempt.kind) == (1, "checkout")
    desk.touch(at(6, 0, 6), -1)
    assert [payment.amount for payment in desk.payments] == [139_200, 487_200]


def test_a_bank_that_wants_to_ask_sends_the_client_to_the_page(desk) -> None:
    desk.by_page(at(2), 0, save_card=True, card=ASKS_ALWAYS)
    with desk.stripe.at(at(2)):
        desk.stripe.answer_bank(desk.stripe.sessions[-1]["id"])
    desk.look(at(2))
    with pytest.raises(errors.CardDeclined) as refusal:
        desk.touch(at(3), 1)
    assert "confirm" in str(refusal.value)
    assert (desk.attempt.state, desk.attempt.error) == ("failed", "authentication_required")
    desk.by_page(at(3), 1, save_card=False)
    assert len(desk.payments) == 2


def test_an_answer_that_was_lost_is_looked_for_and_never_asked_again(desk) -> None:
    desk.by_page(at(2), 0, save_card=True)
    desk.stripe.away = "lost"
    desk.touch(at(3), 1)
    assert (desk.attempt.state, len(desk.payments)) == ("created", 1)
    desk.stripe.away = None
    desk.look(at(3, 11))
    assert (desk.attempt.state, len(desk.payments)) == ("paid", 2)


def test_a_question_that_never_arrived_charges_nothing_after_the_price_has_ended(desk) -> None:
    desk.by_page(at(2), 1, save_card=True)
    desk.stripe.away = "500"
    desk.touch(at(5, 23, 59), 0)
    desk.stripe.away = None
    desk.look(at(6, 0, 5))
    close_month(desk.branch)
    assert (desk.attempt.state, desk.attempt.error, len(desk.payments)) == ("failed", "unanswered", 1)
    assert verify(desk.branch_id) == []


def test_a_card_that_is_removed_is_gone_here_and_there(desk) -> None:
    desk.by_page(at(2), 0, save_card=True)
    [card] = cards.of_client(desk.client_id)
    method_id = card.method_id
    with desk.stripe.at(at(3)):
        cards.remove(desk.client_id, card.id, LAURA)
    assert cards.of_client(desk.client_id) == []
    assert db.session.scalar(sa.select(SavedCard.removed_at)) == at(3)
    [method] = [each for each in desk.stripe.all("payment_method") if each["id"] == method_id]
    assert method["customer"] is None


def order(desk, on_day: int, now) -> None:
    """Laura orders the kept card to be charged by itself."""
    [card] = cards.of_client(desk.client_id)
    with clock.fixed_at(now):
        transaction.run(autopay.order, desk.branch_id, desk.client_id, card.id, on_day, LAURA, now, consent=True)


def tick(desk, now) -> None:
    with desk.stripe.at(now):
        autopay.charge_all(now)


def notices(kind: str) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Notice).where(Notice.kind == kind)) or 0


def test_on_the_chosen_day_the_card_is_charged_by_itself_once_and_not_before_nine(desk) -> None:
    desk.by_page(at(2), 0, save_card=True)
    order(desk, 4, at(2))
    tick(desk, at(3, 12))
    tick(desk, at(4, 8, 59))
    assert len(desk.payments) == 1
    for _again in range(3):
        tick(desk, at(4, 9))
    assert (len(desk.payments), desk.attempt.kind, desk.attempt.state) == (2, "autopay", "paid")
    assert verify(desk.branch_id) == []


def test_a_declined_card_is_tried_again_on_other_days_three_times_and_told_each_time(desk) -> None:
    desk.by_page(at(2), 0, save_card=True, card=KEEPS_THEN_FAILS)
    order(desk, 2, at(2))
    for day in (2, 3, 4, 5):
        tick(desk, at(day, 10))
        tick(desk, at(day, 11))
    tries = db.session.scalars(sa.select(PayAttempt.state).where(PayAttempt.kind == "autopay")).all()
    assert (tries, notices("card_declined"), len(desk.payments)) == (["failed"] * 3, 3, 1)


def test_a_bank_that_wants_to_ask_about_what_is_charged_by_itself_sends_the_client_the_link(desk) -> None:
    desk.by_page(at(2), 0, save_card=True, card=ASKS_ALWAYS)
    with desk.stripe.at(at(2)):
        desk.stripe.answer_bank(desk.stripe.sessions[-1]["id"])
    desk.look(at(2))
    order(desk, 3, at(2))
    tick(desk, at(3, 9))
    [told] = db.session.scalars(sa.select(Notice.context).where(Notice.kind == "card_declined"))
    assert told["pay_link"] == pay_links.urls([invoices_of(desk.client_id)[1].id]).popitem()[1]
    desk.by_page(at(3, 10), 1, save_card=False)
    assert len(desk.payments) == 2


def test_after_the_deadline_the_replacement_waits_for_its_own_day(desk) -> None:
    """Down on the last day of the prompt price: what was ordered for it is not charged at the list price early."""
    desk.by_page(at(2), 1, save_card=True)
    order(desk, LAST_DAY, at(2))
    tick(desk, at(6, 9))
    close_month(desk.branch, at(6, 9))
    tick(desk, at(6, 10))
    assert len(desk.payments) == 1
    due = invoices_of(desk.client_id)[-1].due_on
    tick(desk, at(due.day, 9))
    assert [payment.amount for payment in desk.payments] == [139_200, 487_200]


def test_what_the_client_asked_about_is_not_charged_by_itself_before_its_hold_ends(desk) -> None:
    desk.by_page(at(2), 0, save_card=True)
    order(desk, 4, at(2))
    asked, until = invoices_of(desk.client_id)[1].id, clock.end_of_day(date(2026, 12, 9), "America/Mexico_City")
    within(desk.branch, at(3), lambda branch: holds.place_hold(
        branch, asked, "dispute", "Tengo una aclaración", LAURA, at(3), until_at=until))
    for day in (4, 8):
        tick(desk, at(day))
    assert len(desk.payments) == 1
    tick(desk, at(9))
    assert len(desk.payments) == 2


def test_what_was_charged_by_itself_without_an_answer_is_not_charged_again_by_a_touch(desk) -> None:
    """And the other way round: nobody knows yet whether it went through."""
    desk.by_page(at(2), 0, save_card=True)
    order(desk, 3, at(2))
    desk.stripe.away = "lost"
    tick(desk, at(3, 9))
    desk.stripe.away = None
    assert (desk.attempt.kind, desk.attempt.state) == ("autopay", "created")
    with pytest.raises(errors.StillUnderWay):
        desk.touch(at(3, 9), 1)
    tick(desk, at(4, 9))
    desk.look(at(4, 10))
    assert len(desk.payments) == 2
    assert [each["status"] for each in desk.stripe.all("payment_intent")] == ["succeeded"] * 2


def test_what_the_client_is_paying_on_a_page_is_not_charged_by_itself(desk) -> None:
    desk.by_page(at(2), 0, save_card=True)
    order(desk, 3, at(2))
    with desk.stripe.at(at(3, 8, 50)):
        invoice = invoices_of(desk.client_id)[1]
        beginning.begin(desk.branch_id, desk.client_id, [invoice.id], "card", LAURA, BACK)
    tick(desk, at(3, 9))
    assert (desk.attempt.kind, desk.attempt.state, len(desk.payments)) == ("checkout", "open", 1)


def test_who_only_looked_at_a_clabe_keeps_the_price_that_was_ordered(desk) -> None:
    desk.by_page(at(2), 0, save_card=True)
    order(desk, LAST_DAY, at(2))
    with desk.stripe.at(at(3)):
        invoice = invoices_of(desk.client_id)[1]
        beginning.begin(desk.branch_id, desk.client_id, [invoice.id], "spei", LAURA, BACK)
        desk.stripe.show_clabe(desk.stripe.sessions[-1]["id"])
    desk.look(at(3, 11))
    assert (desk.attempt.method, desk.attempt.state) == ("spei", "processing")
    tick(desk, at(5, 9))
    assert [payment.method for payment in desk.payments] == ["card", "card"]
    assert db.session.scalars(sa.select(PayAttempt.state).where(PayAttempt.method == "spei")).all() == ["expired"]


def test_without_consent_or_after_it_was_taken_back_nothing_is_charged_by_itself(desk) -> None:
    desk.by_page(at(2), 0, save_card=True)
    [card] = cards.of_client(desk.client_id)
    with pytest.raises(errors.ConsentMissing):
        transaction.run(autopay.order, desk.branch_id, desk.client_id, card.id, 3, LAURA, at(2), consent=False)
    order(desk, 3, at(2))
    transaction.run(autopay.stop, desk.branch_id, desk.client_id, LAURA, at(2))
    tick(desk, at(3, 10))
    assert len(desk.payments) == 1


def test_a_card_that_ends_this_month_is_told_once(desk) -> None:
    desk.by_page(at(2), 0, save_card=True)
    order(desk, 3, at(2))
    db.session.execute(sa.update(SavedCard).values(exp_year=2026, exp_month=12))
    db.session.commit()
    for _again in range(2):
        transaction.run(warning.expiring, at(3))
    assert notices("card_expiring") == 1
    assert warning.count_expiring(at(4)) == 0


def test_a_branch_that_takes_no_cards_any_more_charges_none_by_itself(desk) -> None:
    desk.by_page(at(2), 0, save_card=True)
    order(desk, 3, at(2))
    assert len(autopay.due(at(3, 10))) == 1
    db.session.scalars(sa.select(CardAccount)).one().methods = ["spei"]
    db.session.commit()
    assert autopay.due(at(3, 10)) == []


def test_when_the_branch_changes_its_account_old_cards_are_gone_and_new_ones_can_be_kept(desk) -> None:
    desk.by_page(at(2), 0, save_card=True)
    order(desk, 5, at(2))
    db.session.scalars(sa.select(CardAccount)).one().secret_key_sealed = seal("sk_test_another000000000000000")
    db.session.commit()
    with pytest.raises(GatewayRefused):
        desk.touch(at(3), 1)
    assert (cards.of_client(desk.client_id), autopay.order_of(desk.client_id)) == ([], None)
    desk.by_page(at(3, 11), 1, save_card=True)
    assert (len(desk.payments), len(cards.of_client(desk.client_id))) == (2, 1)
    assert verify(desk.branch_id) == []
