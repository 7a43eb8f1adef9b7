"""Money that comes in: what it pays, what stays, and what the client holds in hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fastoffice import transaction
from fastoffice.billing.models import Allocation, Credit
from fastoffice.billing.service import holds
from fastoffice.billing.service.verifying import verify
from fastoffice.documents.models import Document
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.payments import errors, queries
from fastoffice.payments import service as payments
from fastoffice.payments.models import Payment, Receipt
from fastoffice.payments.service import PaymentSpec
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import (
    MARIANA,
    PRIVATE,
    at,
    chain,
    close_month,
    invoices_of,
    issue_month,
    pay,
    within,
)
from tests.factories.people import make_branch

VIRTUAL = [("Oficina virtual", 350_000, 420_000)]  # 4,060.00 and 4,872.00


@pytest.fixture
def polanco(app):
    return make_branch("PLC")


@pytest.fixture
def guemes(polanco):
    """Logística Güemes with a private office, and its invoice of December."""
    client = make_client(polanco, "Logística Güemes López, S.C.")
    make_contract(client, lines=PRIVATE)
    return client


@pytest.fixture
def both(polanco, guemes):
    """Güemes also rents a virtual office: two invoices, issued on day 1."""
    make_contract(guemes, lines=VIRTUAL)
    issue_month(polanco)
    return guemes


def left(client) -> int:
    return queries.client_money(client.id).credit


def test_cash_pays_the_oldest_invoice_first(polanco, both) -> None:
    pay(polanco, both, 1_100_000, at(2), method="cash")
    assert [(each.paid, each.status) for each in invoices_of(both)] == [
        (1_032_400, "paid"), (67_600, "partly_paid")]
    assert verify(polanco.id) == []


def test_the_chosen_invoice_is_paid_and_the_surplus_is_the_clients_credit(polanco, both) -> None:
    second = invoices_of(both)[1]
    pay(polanco, both, 500_000, at(2), wishes=((second.id, None),))
    assert [each.status for each in invoices_of(both)] == ["issued", "paid"]
    assert left(both) == 94_000
    assert [row.left for row in queries.unapplied_credits(polanco.id)] == [94_000]
    assert verify(polanco.id) == []


def test_a_chosen_invoice_takes_the_amount_that_was_said(polanco, both) -> None:
    first, second = invoices_of(both)
    pay(polanco, both, 500_000, at(2), wishes=((first.id, 300_000), (second.id, 200_000)))
    assert [each.paid for each in invoices_of(both)] == [300_000, 200_000]
    assert left(both) == 0


def test_a_client_who_pays_twice_has_the_second_payment_as_credit(polanco, guemes) -> None:
    issue_month(polanco)
    invoice = invoices_of(guemes)[0]
    for _tab in range(2):
        pay(polanco, guemes, 1_032_400, at(2), wishes=((invoice.id, None),))
    assert invoices_of(guemes)[0].paid == 1_032_400
    assert left(guemes) == 1_032_400
    assert queries.client_money(guemes.id).balance == -1_032_400
    assert verify(polanco.id) == []


def test_more_cannot_be_shared_out_than_came_in(polanco, both) -> None:
    first, second = invoices_of(both)
    with pytest.raises(errors.SharedTooMuch):
        pay(polanco, both, 100_000, at(2), wishes=((first.id, 60_000), (second.id, 60_000)))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 0


def test_the_database_itself_refuses_to_spend_a_credit_twice(polanco, both) -> None:
    credit_id = pay(polanco, both, 100_000, at(2)).credit_id
    with pytest.raises(IntegrityError):
        transaction.run(lambda: db.session.execute(
            sa.update(Credit).where(Credit.id == credit_id).values(applied=100_001)))


@pytest.mark.parametrize(("spec", "field"), [
    ({"value_date": date(2026, 12, 3)}, "value_date"),
    ({"value_date": date(2016, 12, 2)}, "value_date"),
    ({"amount": 0}, "amount"),
    ({"amount": -5}, "amount"),
    ({"method": "barter"}, "method"),
    ({"currency": "XXQ"}, "currency"),
    ({"reference": "9" * 81}, "reference"),
])
def test_what_cannot_be_is_refused_beside_its_field(polanco, both, spec, field) -> None:
    values = {"client_id": both.id, "method": "cash", "amount": 100, "value_date": date(2026, 12, 2), **spec}
    with pytest.raises(Refusal) as refusal:
        within(polanco, at(2), lambda row: payments.record_payments(row, [PaymentSpec(**values)], MARIANA, at(2)))
    assert refusal.value.field == field


def test_at_2330_in_tijuana_it_is_still_today_there(app) -> None:
    tijuana = make_branch("TIJ")
    client = make_client(tijuana)
    now = at(6, 1, 30)  # 23:30 of day 5 in Tijuana
    with pytest.raises(errors.DateInFuture):
        pay(tijuana, client, 100, now, value_date=date(2026, 12, 6))
    assert pay(tijuana, client, 100, now).value_date == date(2026, 12, 5)


def test_a_client_of_another_branch_and_anothers_invoice_are_refused(polanco, both) -> None:
    stranger = make_client(make_branch("TIJ"))
    with pytest.raises(errors.NotOurClient):
        pay(polanco, stranger, 100, at(2))
    other = make_client(polanco)
    with pytest.raises(errors.NotTheirInvoice):
        pay(polanco, other, 100, at(2), wishes=((invoices_of(both)[0].id, None),))


def test_a_form_sent_twice_is_one_payment(polanco, both) -> None:
    first = pay(polanco, both, 100_000, at(2), request_key="form-1")
    again = pay(polanco, both, 100_000, at(2, 11), request_key="form-1")
    assert first.id == again.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Receipt)) == 1
    assert queries.client_money(both.id).open == 1_438_400 - 100_000


def test_a_form_sent_twice_with_another_amount_says_so(polanco, both) -> None:
    pay(polanco, both, 100_000, at(2), request_key="form-1")
    with pytest.raises(errors.SentBefore):
        pay(polanco, both, 900_000, at(2), request_key="form-1")


def test_many_payments_at_once_are_numbered_without_gaps(polanco) -> None:
    clients = [make_client(polanco) for _ in range(3)]
    for client in clients:
        make_contract(client, lines=VIRTUAL)
    issue_month(polanco)
    specs = [PaymentSpec(client.id, "transfer", 406_000, date(2026, 12, 2)) for client in clients]
    ids = within(polanco, at(2), lambda row: payments.record_payments(row, specs, MARIANA, at(2)))
    rows = db.session.execute(sa.select(Receipt.payment_id, Receipt.number).order_by(Receipt.id)).all()
    assert rows == list(zip(ids, ["R-PLC-000001", "R-PLC-000002", "R-PLC-000003"], strict=True))
    assert {each.status for client in clients for each in invoices_of(client)} == {"paid"}
    assert verify(polanco.id) == []


def test_every_payment_gets_a_receipt_its_file_and_one_thank_you(polanco, both) -> None:
    payment = pay(polanco, both, 1_100_000, at(2), method="cash", reference=" caja 7 ")
    receipt = payment.receipt
    assert receipt is not None
    assert receipt.data["credit_left"] == 0
    assert [(row["number"], row["amount"], row["balance"]) for row in receipt.data["applied"]] == [
        ("PLC-000001", 1_032_400, 0), ("PLC-000002", 67_600, 338_400)]
    [file] = db.session.scalars(sa.select(Document).where(Document.subject_type == "payment"))
    assert (file.kind, file.subject_id, file.filename) == ("receipt", payment.id, "R-PLC-000001.pdf")
    [notice] = db.session.scalars(sa.select(Notice).where(Notice.kind == "payment_receipt"))
    assert notice.context["payment_amount"] == "$11,000.00"
    assert notice.context["invoice_number"] == "PLC-000001, PLC-000002"
    assert notice.context["balance"] == "$3,384.00"
    assert [delivery.channel for delivery in notice.deliveries] == ["email"]


def test_a_client_without_mail_gets_the_receipt_as_the_invoices_travel(polanco) -> None:
    client = make_client(polanco, "Sin Correo, S.A.", email="")
    make_contract(client, channels=("post",))
    issue_month(polanco)
    pay(polanco, client, 1_000, at(2))
    notice = db.session.scalars(sa.select(Notice).where(Notice.kind == "payment_receipt")).one()
    assert [delivery.channel for delivery in notice.deliveries] == ["post"]


def test_a_transfer_of_day_4_recorded_on_day_7_brings_the_prompt_price_back_paid(polanco, guemes) -> None:
    issue_month(polanco)
    close_month(polanco)
    old = invoices_of(guemes)[0]
    spec = PaymentSpec(guemes.id, "transfer", 1_032_400, date(2026, 12, 4), wishes=((old.id, None),))
    outcome = within(polanco, at(7), lambda row: payments.record_payment(row, spec, MARIANA, at(7)))
    assert chain(guemes) == [("prompt", "cancelled", 1_032_400, 0), ("list", "cancelled", 1_235_400, 0),
                             ("prompt", "paid", 1_032_400, 1_032_400)]
    assert outcome.restored == ("PLC-000003",)
    assert outcome.replaced == ()
    assert left(guemes) == 0
    assert verify(polanco.id) == []


def test_a_payment_of_day_8_against_the_old_number_pays_part_of_the_replacement(polanco, guemes) -> None:
    issue_month(polanco)
    close_month(polanco)
    old = invoices_of(guemes)[0]
    pay(polanco, guemes, 1_032_400, at(8), wishes=((old.id, None),))
    assert chain(guemes) == [("prompt", "cancelled", 1_032_400, 0), ("list", "partly_paid", 1_235_400, 1_032_400)]
    assert queries.client_money(guemes.id).open == 203_000
    assert verify(polanco.id) == []


def test_two_parts_on_time_known_late_bring_the_prompt_price_back_with_the_second(polanco, guemes) -> None:
    issue_month(polanco)
    close_month(polanco)
    pay(polanco, guemes, 500_000, at(7), value_date=date(2026, 12, 3))
    assert chain(guemes)[-1] == ("list", "partly_paid", 1_235_400, 500_000)
    pay(polanco, guemes, 532_400, at(8), value_date=date(2026, 12, 5))
    assert chain(guemes)[-1] == ("prompt", "paid", 1_032_400, 1_032_400)
    assert left(guemes) == 0
    assert verify(polanco.id) == []


def test_the_part_said_for_a_disputed_invoice_is_given_once_though_its_deadline_passed(polanco, both) -> None:
    first = invoices_of(both)[0]
    within(polanco, at(3), lambda row: holds.place_hold(row, first.id, "dispute", "dice que no usó la sala", MARIANA,
                                                        at(3)))
    pay(polanco, both, 900_000, at(7), value_date=date(2026, 12, 4), wishes=((first.id, 100_000),))
    assert invoices_of(both)[0].paid == 100_000
    assert left(both) == 900_000 - 100_000 - 406_000  # the other invoice was paid in time by what was left
    assert verify(polanco.id) == []


def test_the_old_reference_finds_the_invoice_however_it_is_typed(polanco, guemes) -> None:
    issue_month(polanco)
    invoice = invoices_of(guemes)[0]
    reference = invoice.reference
    for typed in (reference, reference.lower(), f" {reference[:3]}-{reference[3:9]} {reference[9:]} ",
                  invoice.number, invoice.number.lower().replace("-", " "), "plc000001"):
        assert queries.find_invoice_by_reference(polanco, typed).id == invoice.id
    with pytest.raises(errors.WrongCheckDigits):
        queries.find_invoice_by_reference(polanco, reference[:-1] + str((int(reference[-1]) + 1) % 10))
    for nothing in ("", "  ", "PLC-999999", "x", "ñandú"):
        with pytest.raises(errors.UnknownReference):
            queries.find_invoice_by_reference(polanco, nothing)


def test_a_reference_of_another_branch_is_unknown_here(polanco, guemes) -> None:
    issue_month(polanco)
    tijuana = make_branch("TIJ")
    with pytest.raises(errors.UnknownReference):
        queries.find_invoice_by_reference(tijuana, invoices_of(guemes)[0].reference)


def test_money_in_another_currency_waits_as_credit_of_its_own(polanco, both) -> None:
    pay(polanco, both, 100_000, at(2), currency="USD")
    assert queries.client_money(both.id, "USD").credit == 100_000
    assert queries.client_money(both.id).credit == 0
    assert [each.paid for each in invoices_of(both)] == [0, 0]
    assert verify(polanco.id) == []


def test_without_a_series_for_receipts_nothing_is_recorded(polanco, both) -> None:
    from fastoffice.branches.models import Series

    transaction.run(lambda: db.session.execute(
        sa.update(Series).where(Series.kind == "receipt").values(is_active=False)))
    with pytest.raises(errors.NoReceiptSeries):
        pay(polanco, both, 100_000, at(2))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 0


def test_a_payment_known_a_month_later_pays_the_oldest_debt(polanco, guemes) -> None:
    issue_month(polanco)
    close_month(polanco)
    issue_month(polanco, at(1, month=1, year=2027), "2027-01")
    pay(polanco, guemes, 1_235_400, at(2, month=1, year=2027), value_date=date(2026, 12, 4) + timedelta(days=20))
    assert chain(guemes)[1:] == [("list", "paid", 1_235_400, 1_235_400), ("prompt", "issued", 1_032_400, 0)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Allocation)) == 1
