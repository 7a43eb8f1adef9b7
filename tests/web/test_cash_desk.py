"""The cash desk: three steps, by keyboard, without scripts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.documents.files import files
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from fastoffice.payments.models import Payment
from tests.factories.contracts import make_client
from tests.factories.documents_of_polanco import PDF
from tests.factories.money import at, chain, invoices_of
from tests.web.browser import Browser, htmx_headers

pytestmark = pytest.mark.usefixtures("day_two")
DESK = "/staff/payments/desk"


def take(browser: Browser, client, **values):
    return browser.post(DESK, data={"client": client.id, "amount": "10,324.00", "method": "cash", "request_key": "a",
                                    "reference": "", **values})


def test_cash_is_taken_in_three_steps(mariana, guemes) -> None:
    found = mariana.get(f"{DESK}?q=guemes")
    assert found.location == f"{DESK}?client={guemes.id}"
    assert 'value="10324.00"' in mariana.get(found.location).text.replace(",", "")
    done = take(mariana, guemes)
    payment = db.session.scalars(sa.select(Payment)).one()
    assert done.location == f"{DESK}/{payment.id}"
    assert (payment.method, payment.value_date, payment.taken_by) == ("cash", at(2).date(), "Mariana Ruiz")
    assert chain(guemes)[0][1] == "paid"
    page = mariana.get(done.location).text
    assert payment.receipt.number in page
    assert f"para {invoices_of(guemes)[0].number}" in page


def test_the_printer_waits_for_the_receipt_and_then_gets_it(mariana, guemes) -> None:
    done = take(mariana, guemes, method="pos", reference="Lote 12").location
    payment = db.session.scalars(sa.select(Payment)).one()
    assert "se está haciendo" in mariana.get(done).text
    ready(payment)
    assert f"/staff/payments/{payment.id}/receipt" in mariana.get(done).text


def ready(payment: Payment) -> None:
    key = payment.id

    def unit() -> None:
        row = db.session.scalars(sa.select(Document).where(
            Document.subject_type == "payment", Document.subject_id == key, Document.kind == "receipt")).one()
        stored = files().put(PDF, "application/pdf")
        row.state, row.sha256, row.size, row.ready_at = "ready", stored.sha256, stored.size, clock.now()

    transaction.run(unit)


def test_pressed_twice_it_is_one_payment(mariana, guemes) -> None:
    assert take(mariana, guemes).location == take(mariana, guemes).location
    assert len(db.session.scalars(sa.select(Payment)).all()) == 1


@pytest.mark.parametrize("typed", [{"amount": "mucho"}, {"amount": "0"}, {"method": "card"}, {"method": "transfer"}])
def test_what_is_wrong_comes_back_beside_its_field(mariana, guemes, typed) -> None:
    answer = take(mariana, guemes, **typed)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert db.session.scalars(sa.select(Payment)).all() == []


def test_while_typing_hits_are_links_to_take_the_money(mariana, guemes, cast) -> None:
    make_client(cast.tijuana, "Güemes de Tijuana")
    hits = mariana.get(f"{DESK}?q=gue", headers=htmx_headers()).text
    assert hits.count("client=") == 1
    assert "$10,324.00" in hits
    reference = invoices_of(guemes)[0].reference
    assert mariana.get(f"{DESK}?q={reference}").location == f"{DESK}?client={guemes.id}"


def test_a_client_of_another_branch_is_not_there(app, cast, guemes) -> None:
    ximena: Browser = app.test_client()
    ximena.sign_in(cast.stranger)
    assert ximena.get(f"{DESK}?client={guemes.id}").status_code == 404
    assert take(ximena, guemes).status_code == 404
