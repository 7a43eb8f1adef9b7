"""The receipt as it is printed and sent: frozen, void once reversed, with the balance of the moment."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from fastoffice import transaction
from fastoffice.branches.models import Branch, FiscalIssuer
from fastoffice.clients.models import Client
from fastoffice.documents import registry
from fastoffice.extensions import db
from fastoffice.notifications import registry as outbox
from fastoffice.notifications.models import Notice
from fastoffice.payments import service as payments
from fastoffice.payments.models import Payment
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import MARIANA, at, close_month, issue_month, pay, within
from tests.factories.people import make_branch


@pytest.fixture
def polanco(app) -> Branch:
    return make_branch("PLC")


@pytest.fixture
def guemes(polanco):
    client = make_client(polanco, "Logística Güemes López, S.C.", tax_id="LGL850313D98")
    make_contract(client, lines=[("Oficina privada", 890_000, 1_065_000)])
    issue_month(polanco)
    return client


def printed(payment: Payment, kind: str = "receipt"):
    return registry.builder_of(kind)([payment.id]).get(payment.id)


def test_the_receipt_says_what_was_paid_and_what_is_left(polanco, guemes) -> None:
    payment = pay(polanco, guemes, 1_100_000, at(2), method="cash", reference="caja 1")
    paper = printed(payment).context
    assert (paper.number, paper.amount, paper.credit_left, paper.method) == (
        "R-PLC-000001", 1_100_000, 67_600, "Efectivo")
    assert [(row.number, row.applied, row.balance) for row in paper.applied_to] == [("PLC-000001", 1_032_400, 0)]
    assert paper.client.tax_id == "LGL850313D98"
    assert paper.reversed_on is None


def test_what_changes_later_does_not_change_the_receipt(polanco, guemes) -> None:
    payment = pay(polanco, guemes, 1_100_000, at(2))
    before = printed(payment)
    make_contract(guemes, lines=[("Oficina virtual", 350_000, 420_000)])
    issue_month(polanco, at(3))  # takes the credit that was left

    def rename() -> None:
        db.session.get_one(Client, guemes.id).legal_name = "Otro Nombre, S.A."
        db.session.execute(sa.update(FiscalIssuer).values(legal_name="Otra Razón, S.A."))

    transaction.run(rename)
    within(polanco, at(4), lambda row: payments.reverse_payment(
        row, db.session.get_one(Payment, payment.id), "devuelto", MARIANA, at(4)))
    assert printed(payment) == before


def test_a_reversed_payment_has_a_receipt_marked_void(polanco, guemes) -> None:
    payment = pay(polanco, guemes, 1_032_400, at(2))
    assert printed(payment, "receipt_void") is None
    within(polanco, at(9, 23), lambda row: payments.reverse_payment(
        row, db.session.get_one(Payment, payment.id), "devuelto por el banco", MARIANA, at(9, 23)))
    paper = printed(payment, "receipt_void").context
    assert (paper.reversed_on, paper.reversal_reason) == (date(2026, 12, 9), "devuelto por el banco")
    assert paper.number == "R-PLC-000001"


def test_the_thank_you_carries_the_balance_and_the_pay_link_of_the_moment_it_leaves(polanco, guemes) -> None:
    pay(polanco, guemes, 400_000, at(2))
    notice = db.session.scalars(sa.select(Notice.id).where(Notice.kind == "payment_receipt")).one()
    values = outbox.values("payment_receipt", [notice])[notice]
    assert values["balance"] == "$6,324.00"
    assert values["pay_link"].startswith("http")
    pay(polanco, guemes, 632_400, at(2, 11))
    assert outbox.values("payment_receipt", [notice])[notice] == {"balance": "$0.00", "pay_link": ""}


def test_the_apology_names_the_money_that_was_in_time_and_that_nothing_is_owed(polanco, guemes) -> None:
    close_month(polanco)
    pay(polanco, guemes, 400_000, at(7), value_date=date(2026, 12, 2))
    pay(polanco, guemes, 700_000, at(8), value_date=date(2026, 12, 4))
    notice = db.session.scalars(sa.select(Notice).where(Notice.kind == "invoice_restored")).one()
    assert notice.context["payment_amount"] == "$10,324.00"
    assert notice.context["payment_date"] == "4 de diciembre de 2026"
    assert outbox.values("invoice_restored", [notice.id])[notice.id]["balance"] == "$0.00"


def test_a_client_reads_in_their_own_language(polanco) -> None:
    client = make_client(polanco, "Acme Ltd", language="en")
    pay(polanco, client, 5_000, at(2), method="cash")
    notice = db.session.scalars(sa.select(Notice).where(Notice.kind == "payment_receipt")).one()
    assert notice.language == "en"
    assert notice.context["payment_method"] == "Cash"
    assert notice.context["payment_date"] == "December 2, 2026"
