"""Money that goes away again: reversals, bounced cheques, refunds, and credit that changes its place."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fastoffice import transaction
from fastoffice.billing.models import Allocation, Credit, Invoice, InvoiceHold, Posting
from fastoffice.billing.service import cancelling
from fastoffice.billing.service.verifying import verify
from fastoffice.branches.models import Branch
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.payments import errors, outbox, queries
from fastoffice.payments import service as payments
from fastoffice.payments.models import Payment, Receipt, Refund
from fastoffice.payments.service import RefundSpec
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, PRIVATE, at, chain, close_month, invoices_of, issue_month, pay, within
from tests.factories.people import make_branch

FULL = 1_032_400


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


def reverse(branch: Branch, payment: Payment, now, reason="error de captura", **values) -> None:
    key = payment.id
    within(branch, now, lambda row: payments.reverse_payment(
        row, db.session.get_one(Payment, key), reason, MARIANA, now, **values))


def cheque(branch: Branch, client, day: int = 3, amount: int = FULL, **values) -> Payment:
    return pay(branch, client, amount, at(day), method="cheque", **values)


def turn(branch: Branch, payment: Payment, verb: str, now, *words: str) -> Payment:
    key = payment.id

    def work(row: Branch) -> None:
        found = db.session.get_one(Payment, key)
        if verb == "deposit":
            payments.deposit_cheque(found, MARIANA)
        elif verb == "clear":
            payments.clear_cheque(row, found, MARIANA, now)
        else:
            payments.bounce_cheque(row, found, words[0] if words else "fondos insuficientes", MARIANA, now)

    within(branch, now, work)
    return db.session.get_one(Payment, key)


def refund(branch: Branch, payment: Payment, amount: int, now, **values) -> int:
    spec = RefundSpec(**{"amount": amount, "method": "transfer", "value_date": now.date(), "reason": "pagó de más",
                         **values})
    credit_id = payment.credit_id
    return within(branch, now, lambda row: payments.refund_credit(
        row, db.session.get_one(Credit, credit_id), spec, MARIANA, now))


def in_account(name: str) -> int:
    return db.session.scalar(sa.select(sa.func.sum(Posting.amount)).where(Posting.account == name)) or 0


# ---- reversal ----

def test_a_reversal_after_ten_days_opens_the_invoice_with_its_own_due_date(polanco, guemes) -> None:
    payment = pay(polanco, guemes, FULL, at(2))
    assert chain(guemes) == [("prompt", "paid", FULL, FULL)]
    reverse(polanco, payment, at(12))
    [invoice] = invoices_of(guemes)
    assert (invoice.status, invoice.paid, invoice.due_on) == ("issued", 0, date(2026, 12, 5))
    assert queries.client_money(guemes.id) == queries.ClientMoney(FULL, 0)
    assert in_account("bank") == 0
    assert verify(polanco.id) == []


def test_the_deadline_then_acts_on_it_as_of_the_reversal(polanco, guemes) -> None:
    payment = pay(polanco, guemes, FULL, at(2))
    close_month(polanco)
    reverse(polanco, payment, at(12))
    close_month(polanco, at(12, 10, 1))
    assert chain(guemes) == [("prompt", "cancelled", FULL, 0), ("list", "issued", 1_235_400, 0)]
    assert invoices_of(guemes)[1].due_on == date(2026, 12, 17)
    assert verify(polanco.id) == []


def test_a_reversal_voids_the_receipt_and_stops_the_thank_you(polanco, guemes) -> None:
    payment = pay(polanco, guemes, FULL, at(2))
    notice = db.session.scalars(sa.select(Notice.id).where(Notice.kind == "payment_receipt")).one()
    assert outbox.still_counts([notice]) == {notice}
    reverse(polanco, payment, at(2, 11))
    assert outbox.still_counts([notice]) == set()
    kinds = db.session.scalars(sa.select(Document.filename).where(Document.subject_type == "payment").order_by(
        Document.id)).all()
    assert len(kinds) == 2
    assert kinds[0] == "R-PLC-000001.pdf"
    assert kinds[1].startswith("R-PLC-000001-")


def test_a_payment_is_reversed_once_with_a_reason_by_someone_who_saw_it_as_it_is(polanco, guemes) -> None:
    payment = pay(polanco, guemes, FULL, at(2))
    with pytest.raises(errors.ReasonMissing):
        reverse(polanco, payment, at(3), "   ")
    with pytest.raises(errors.ChangedMeanwhile):
        reverse(polanco, payment, at(3), version=99)
    reverse(polanco, payment, at(3))
    with pytest.raises(errors.AlreadyReversed):
        reverse(polanco, payment, at(4))
    assert verify(polanco.id) == []


def test_payments_are_never_deleted(polanco, guemes) -> None:
    payment = pay(polanco, guemes, FULL, at(2))
    for model in (Receipt, Allocation, Payment):
        with pytest.raises(IntegrityError):
            transaction.run(lambda model=model: db.session.execute(sa.delete(model)))
    assert db.session.get_one(Payment, payment.id).state == "received"


def test_a_reversed_payment_that_had_moved_to_the_replacement_leaves_it_open(polanco, guemes) -> None:
    payment = pay(polanco, guemes, 400_000, at(3))
    close_month(polanco)
    assert chain(guemes)[-1] == ("list", "partly_paid", 1_235_400, 400_000)
    reverse(polanco, payment, at(10))
    assert chain(guemes)[-1] == ("list", "issued", 1_235_400, 0)
    assert verify(polanco.id) == []


def test_a_written_off_invoice_stays_written_off_when_its_payment_is_reversed(polanco, guemes) -> None:
    payment = pay(polanco, guemes, 400_000, at(3))
    within(polanco, at(4), lambda row: cancelling.write_off(
        row, db.session.scalars(sa.select(Invoice)).one(), "cerró", MARIANA, at(4)))
    reverse(polanco, payment, at(10))
    [invoice] = invoices_of(guemes)
    assert (invoice.status, invoice.paid, invoice.written_off) == ("written_off", 0, FULL)
    assert verify(polanco.id) == []


# ---- cheques ----

def test_a_cheque_is_no_money_until_it_clears_and_the_deadline_waits_for_it(polanco, guemes) -> None:
    payment = cheque(polanco, guemes)
    assert (payment.state, payment.cheque_state, payment.receipt) == ("pending", "received", None)
    assert queries.client_money(guemes.id) == queries.ClientMoney(FULL, 0)
    close_month(polanco)
    assert chain(guemes) == [("prompt", "issued", FULL, 0)]
    turn(polanco, payment, "deposit", at(7))
    payment = turn(polanco, payment, "clear", at(9))
    assert (payment.state, payment.cheque_state, payment.value_date) == ("received", "cleared", date(2026, 12, 3))
    assert payment.receipt is not None
    close_month(polanco, at(9, 11))
    assert chain(guemes) == [("prompt", "paid", FULL, FULL)]
    assert verify(polanco.id) == []


def test_a_cheque_that_bounces_lets_the_deadline_act(polanco, guemes) -> None:
    payment = cheque(polanco, guemes)
    close_month(polanco)
    payment = turn(polanco, payment, "bounce", at(9))
    assert (payment.state, payment.cheque_state, payment.reversed_reason) == (
        "bounced", "bounced", "fondos insuficientes")
    close_month(polanco, at(9, 10, 1))
    assert chain(guemes) == [("prompt", "cancelled", FULL, 0), ("list", "issued", 1_235_400, 0)]
    assert verify(polanco.id) == []


def test_a_cheque_that_bounces_ten_days_after_it_cleared_is_reversed(polanco, guemes) -> None:
    payment = turn(polanco, cheque(polanco, guemes, 2), "clear", at(4))
    payment = turn(polanco, payment, "bounce", at(14))
    assert (payment.state, payment.cheque_state) == ("reversed", "bounced")
    [invoice] = invoices_of(guemes)
    assert (invoice.status, invoice.due_on) == ("issued", date(2026, 12, 5))
    assert verify(polanco.id) == []


def test_a_cheque_typed_by_mistake_is_forgotten_without_a_trace_in_the_books(polanco, guemes) -> None:
    payment = cheque(polanco, guemes)
    reverse(polanco, payment, at(4))
    assert db.session.get_one(Payment, payment.id).state == "reversed"
    assert db.session.scalars(sa.select(InvoiceHold.released_at)).one() is not None
    with pytest.raises(errors.ChequeCannot):
        turn(polanco, payment, "clear", at(5))
    assert verify(polanco.id) == []


def test_a_cheque_holds_only_what_it_covers(polanco) -> None:
    client = make_client(polanco)
    make_contract(client, lines=PRIVATE)
    make_contract(client, lines=PRIVATE)
    issue_month(polanco)
    _first, second = invoices_of(client)
    cheque(polanco, client, wishes=((second.id, None),))
    assert db.session.scalars(sa.select(InvoiceHold.invoice_id)).all() == [second.id]
    close_month(polanco)
    assert [each.status for each in invoices_of(client)] == ["cancelled", "issued", "issued"]


def test_cash_is_no_cheque(polanco, guemes) -> None:
    payment = pay(polanco, guemes, 100, at(2), method="cash")
    for verb in ("deposit", "clear", "bounce"):
        with pytest.raises(errors.ChequeCannot):
            turn(polanco, payment, verb, at(3))


# ---- refunds ----

def test_a_surplus_is_refunded_in_part_and_then_whole(polanco, guemes) -> None:
    payment = pay(polanco, guemes, FULL + 50_000, at(2))
    refund(polanco, payment, 20_000, at(3))
    assert queries.client_money(guemes.id).credit == 30_000
    refund(polanco, payment, 30_000, at(4))
    assert queries.client_money(guemes.id) == queries.ClientMoney(0, 0)
    assert in_account("bank") == FULL
    assert queries.unapplied_credits(polanco.id) == []
    assert verify(polanco.id) == []


@pytest.mark.parametrize(("amount", "values", "refusal"), [
    (50_001, {}, errors.CreditTooSmall),
    (0, {}, errors.NothingReceived),
    (100, {"method": "barter"}, errors.UnknownMethod),
    (100, {"reason": " "}, errors.ReasonMissing),
    (100, {"value_date": date(2026, 12, 1)}, errors.DateBeforePayment),
    (100, {"value_date": date(2026, 12, 9)}, errors.DateInFuture),
])
def test_a_refund_that_cannot_be_is_refused(polanco, guemes, amount, values, refusal) -> None:
    payment = pay(polanco, guemes, FULL + 50_000, at(2))
    with pytest.raises(refusal):
        refund(polanco, payment, amount, at(3), **values)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Refund)) == 0


def test_a_refund_form_sent_twice_is_one_refund(polanco, guemes) -> None:
    payment = pay(polanco, guemes, FULL + 50_000, at(2))
    first = refund(polanco, payment, 20_000, at(3), request_key="r")
    assert refund(polanco, payment, 20_000, at(3), request_key="r") == first
    assert queries.client_money(guemes.id).credit == 30_000
    with pytest.raises(errors.SentBefore):
        refund(polanco, payment, 30_000, at(3), request_key="r")


def test_a_payment_that_was_partly_refunded_is_not_reversed(polanco, guemes) -> None:
    payment = pay(polanco, guemes, FULL + 50_000, at(2))
    refund(polanco, payment, 1, at(3))
    with pytest.raises(errors.PartRefunded):
        reverse(polanco, payment, at(4))
    assert invoices_of(guemes)[0].status == "paid"


# ---- credit that changes its place ----

def test_credit_pays_the_oldest_or_the_chosen_invoice(polanco, guemes) -> None:
    pay(polanco, guemes, FULL + 300_000, at(2))
    make_contract(guemes, lines=[("Oficina virtual", 350_000, 420_000)])
    policy_off(polanco)
    issue_month(polanco, at(3))
    late = invoices_of(guemes)[1]
    assert late.paid == 0
    with pytest.raises(errors.NotTheirInvoice):
        within(polanco, at(3), lambda row: payments.apply_credit(row, guemes.id, [invoices_of(guemes)[0].id], MARIANA,
                                                                 at(3)))
    applied = within(polanco, at(3), lambda row: payments.apply_credit(row, guemes.id, [late.id], MARIANA, at(3)))
    assert (applied, invoices_of(guemes)[1].paid) == (300_000, 300_000)
    with pytest.raises(errors.NoCredit):
        within(polanco, at(3), lambda row: payments.apply_credit(row, guemes.id, None, MARIANA, at(3)))
    assert verify(polanco.id) == []


def policy_off(branch: Branch) -> None:
    def work(row: Branch) -> None:
        row.policy.apply_credit = False

    within(branch, at(2), work)


def test_money_put_on_the_wrong_invoice_goes_to_the_right_one(polanco) -> None:
    client = make_client(polanco)
    make_contract(client, lines=PRIVATE)
    make_contract(client, lines=PRIVATE)
    issue_month(polanco)
    first, second = invoices_of(client)
    pay(polanco, client, FULL, at(2), wishes=((first.id, None),))
    [key] = db.session.scalars(sa.select(Allocation.id))
    moved = within(polanco, at(3), lambda row: payments.reallocate(
        row, db.session.get_one(Allocation, key), [second.id], "era de la otra oficina", MARIANA, at(3)))
    assert moved == FULL
    assert [each.status for each in invoices_of(client)] == ["issued", "paid"]
    with pytest.raises(errors.AlreadyTakenBack):
        within(polanco, at(3), lambda row: payments.take_back(
            row, db.session.get_one(Allocation, key), "otra vez", MARIANA, at(3)))
    assert verify(polanco.id) == []


# ---- the client hears of it ----

def told(payment: Payment) -> list[tuple[dict[str, str], list[str]]]:
    rows = db.session.scalars(sa.select(Notice).where(
        Notice.kind == "payment_reversed", Notice.subject_id == payment.id))
    return [(row.context, [delivery.channel for delivery in row.deliveries]) for row in rows]


def test_a_reversal_tells_the_client_once_what_is_open_again_with_the_void_receipt(polanco, guemes) -> None:
    payment = pay(polanco, guemes, FULL, at(2))
    reverse(polanco, payment, at(12), "el banco la devolvió")
    [(words, channels)] = told(payment)
    assert (words["payment_amount"], words["reason"], words["balance"]) == (
        "$10,324.00", "el banco la devolvió", "$10,324.00")
    assert (words["invoice_number"], words["receipt_number"]) == ("PLC-000001", "R-PLC-000001")
    assert channels == ["email"]
    [notice] = db.session.scalars(sa.select(Notice).where(Notice.kind == "payment_reversed"))
    assert notice.documents == [["payment", payment.id, "receipt_void"]]


def test_a_bounced_cheque_tells_the_client_one_typed_wrong_does_not(polanco, guemes) -> None:
    bounced, wrong = cheque(polanco, guemes), cheque(polanco, guemes, amount=100)
    turn(polanco, bounced, "deposit", at(3))
    turn(polanco, bounced, "bounce", at(4), "fondos insuficientes")
    reverse(polanco, wrong, at(4))
    [(words, _channels)] = told(bounced)
    assert (words["invoice_number"], words["reason"]) == ("PLC-000001", "fondos insuficientes")
    assert words["receipt_number"] == ""
    assert told(wrong) == []
