"""Payments on screen: what Mariana sees, types and gets back."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from fastoffice import clock
from fastoffice.billing.models import Allocation
from fastoffice.extensions import db
from fastoffice.payments import queries
from fastoffice.payments.models import Payment, Receipt, Refund
from tests.factories.contracts import make_client
from tests.factories.money import at, chain, close_month, invoices_of, pay
from tests.web.browser import Browser, htmx_headers

pytestmark = pytest.mark.usefixtures("day_two")


def form(client, **values: str) -> dict[str, str]:
    return {"client": str(client.id), "amount": "10,324.00", "value_date": "2026-12-02", "method": "cash",
            "currency": "MXN", "request_key": "form-1", "reference": "", "note": "",
            "taken_by": "Mariana Ruiz", **values}


def text(answer) -> str:
    return answer.get_data(as_text=True)


def the_payment() -> Payment:
    return db.session.scalars(sa.select(Payment)).one()


def test_mariana_finds_the_client_by_name_or_by_the_reference_on_the_transfer(mariana, guemes) -> None:
    hits = text(mariana.get("/staff/payments/new?q=guemes", headers=htmx_headers()))
    assert f"client={guemes.id}" in hits
    assert "$10,324.00" in hits
    reference = invoices_of(guemes)[0].reference
    named = text(mariana.get(f"/staff/payments/new?q={reference.lower()}", headers=htmx_headers()))
    assert f"invoice={invoices_of(guemes)[0].id}" in named
    assert "<html" not in named


def test_the_form_comes_with_what_is_owed_and_todays_date(mariana, guemes) -> None:
    page = text(mariana.get(f"/staff/payments/new?client={guemes.id}"))
    assert 'value="10324.00"' in page
    assert 'value="2026-12-02"' in page
    assert "PLC-000001" in page
    assert "Güemes" in text(mariana.get(f"/staff/payments/new?invoice={invoices_of(guemes)[0].id}"))


def test_a_payment_is_recorded_and_its_page_shows_what_it_pays(mariana, guemes) -> None:
    answer = mariana.post("/staff/payments/", data=form(guemes, reference="caja 1"))
    assert answer.status_code == 303
    page = text(mariana.get(answer.location))
    assert "PLC-000001" in page
    assert "R-PLC-000001" in page
    assert "caja 1" in page
    assert chain(guemes) == [("prompt", "paid", 1_032_400, 1_032_400)]
    assert the_payment().taken_by == "Mariana Ruiz"


@pytest.mark.parametrize(("changes", "words"), [
    ({"amount": "diez mil"}, "diez mil"),
    ({"amount": "0"}, 'value="0"'),
    ({"amount": ""}, "aria-invalid"),
    ({"value_date": "2026-12-03"}, "2026-12-03"),
    ({"value_date": "2025-01-01"}, "2025-01-01"),
    ({"value_date": ""}, "aria-invalid"),
    ({"method": "trueque"}, "aria-invalid"),
    ({"part": "mucho"}, "mucho"),
    ({"part": "-5"}, "Escriba un importe mayor que cero."),
    ({"currency": "XXX"}, "Elija una de las monedas."),
    ({"invoices": "999"}, "PLC-000001"),
])
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(mariana, guemes, changes, words) -> None:
    typed = {f"part-{invoices_of(guemes)[0].id}" if name == "part" else name: value for name, value in changes.items()}
    answer = mariana.post("/staff/payments/", data=form(guemes, note="trae el vale 77", **typed))
    assert answer.status_code == 422
    page = text(answer)
    assert words in page
    assert "trae el vale 77" in page
    assert "form-1" in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 0


def test_an_amount_above_the_balance_of_a_ticked_invoice_is_refused(mariana, guemes) -> None:
    invoice = invoices_of(guemes)[0]
    answer = mariana.post("/staff/payments/", data=form(
        guemes, amount="20,000.00", invoices=str(invoice.id), **{f"part-{invoice.id}": "15000"}))
    assert answer.status_code == 422
    assert "$10,324.00" in text(answer)
    assert 'value="15000"' in text(answer)


def test_a_ticked_invoice_that_was_paid_meanwhile_leaves_the_money_as_credit(cast, mariana, guemes) -> None:
    invoice = invoices_of(guemes)[0]
    pay(cast.polanco, guemes, 1_032_400, at(2))
    answer = mariana.post("/staff/payments/", data=form(guemes, invoices=str(invoice.id)))
    assert answer.status_code == 303
    assert queries.client_money(guemes.id).credit == 1_032_400


def test_the_same_form_sent_twice_shows_the_first_payment(mariana, guemes) -> None:
    first = mariana.post("/staff/payments/", data=form(guemes))
    second = mariana.post("/staff/payments/", data=form(guemes))
    assert first.location == second.location
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Receipt)) == 1


def test_the_preview_says_what_gets_paid_and_what_stays(mariana, guemes) -> None:
    shown = text(mariana.post("/staff/payments/preview", data=form(guemes, amount="12000"), headers=htmx_headers()))
    assert "$10,324.00" in shown
    assert "$1,676.00" in shown
    assert "<html" not in shown
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 0


def test_the_preview_foretells_that_the_prompt_price_comes_back(cast, mariana, guemes) -> None:
    close_month(cast.polanco)
    with clock.fixed_at(at(7)):
        late = text(mariana.post("/staff/payments/preview", data=form(guemes, value_date="2026-12-07")))
        on_time = text(mariana.post("/staff/payments/preview", data=form(guemes, value_date="2026-12-04")))
    assert "notice" not in late
    assert "notice" in on_time
    assert "PLC-000002" in on_time


def test_replaced_invoices_are_never_offered(cast, mariana, guemes) -> None:
    close_month(cast.polanco)
    with clock.fixed_at(at(7)):
        page = text(mariana.get(f"/staff/payments/new?client={guemes.id}&invoice={invoices_of(guemes)[0].id}"))
    old, new = invoices_of(guemes)
    assert f'name="invoices" value="{new.id}"' in page
    assert f'name="invoices" value="{old.id}"' not in page
    assert old.number in page  # said beside its replacement: it can't be paid any more


def test_the_list_is_filtered_and_searched(cast, mariana, guemes) -> None:
    other = make_client(cast.polanco, "Zapata y Asociados")
    pay(cast.polanco, guemes, 1_032_400, at(2), reference="SPEI 555")
    pay(cast.polanco, other, 5_000, at(2), method="cheque", value_date=date(2026, 11, 30))
    everything = text(mariana.get("/staff/payments/"))
    assert "Güemes" in everything
    assert "Zapata" in everything
    for address, shown, hidden in (
        ("?method=cheque", "Zapata", "Güemes"), ("?show=pending", "Zapata", "Güemes"),
        ("?since=2026-12-01", "Güemes", "Zapata"), ("?until=2026-11-30", "Zapata", "Güemes"),
        ("?q=guemes", "Güemes", "Zapata"), ("?q=spei+555", "Güemes", "Zapata"), ("?q=plc-000001", "Güemes", "Zapata"),
        ("?q=r-plc-000001", "Güemes", "Zapata"), (f"?client={other.id}", "Zapata", "Güemes"),
    ):
        page = text(mariana.get(f"/staff/payments/{address}", headers=htmx_headers()))
        assert shown in page, address
        assert hidden not in page, address
    for odd in ("?page=-3", "?page=x", "?since=ayer", "?client=%00", "?show=x&method=y", "?q=%25%5F%27"):
        assert mariana.get(f"/staff/payments/{odd}").status_code == 200, odd


def test_a_reversal_says_what_will_happen_and_does_it_once(cast, manager, guemes) -> None:
    payment = pay(cast.polanco, guemes, 1_032_400, at(2))
    address = f"/staff/payments/{payment.id}/reversal"
    asked = text(manager.get(address, headers=htmx_headers()))
    assert "PLC-000001" in asked
    assert "R-PLC-000001" in asked
    version = re.search(r'name="version" value="(\d+)"', asked)[1]
    assert manager.post(address, data={"version": version, "reason": ""}).status_code == 422
    assert manager.post(address, data={"version": "99", "reason": "duplicado"}).status_code == 422
    assert manager.post(address, data={"version": version, "reason": "duplicado"}).status_code == 303
    assert manager.post(address, data={"version": version, "reason": "duplicado"}).status_code == 422
    page = text(manager.get(f"/staff/payments/{payment.id}"))
    assert "duplicado" in page
    assert "Graciela Torres" in page


def test_after_the_deadline_the_reversal_warns_of_the_list_price(cast, manager, guemes) -> None:
    payment = pay(cast.polanco, guemes, 1_032_400, at(2))
    before = text(manager.get(f"/staff/payments/{payment.id}/reversal"))
    with clock.fixed_at(at(8)):
        after = text(manager.get(f"/staff/payments/{payment.id}/reversal"))
    assert after.count("<li><b>") == before.count("<li><b>") + 1


def test_surplus_is_applied_or_refunded_from_the_page(cast, mariana, manager, guemes) -> None:
    payment = pay(cast.polanco, guemes, 1_100_000, at(2))
    assert "Güemes" in text(mariana.get("/staff/payments/credits"))
    assert mariana.get(f"/staff/payments/{payment.id}/refunds/new").status_code == 403
    assert 'value="676.00"' in text(manager.get(f"/staff/payments/{payment.id}/refunds/new"))
    data = {"amount": "700", "value_date": "2026-12-02", "method": "cash", "reason": "pagó de más", "request_key": "k"}
    refused = manager.post(f"/staff/payments/{payment.id}/refunds", data=data)
    assert refused.status_code == 422
    assert "$676.00" in text(refused)
    data["amount"] = "676"
    for _click in range(2):
        assert manager.post(f"/staff/payments/{payment.id}/refunds", data=data).status_code == 303
    assert db.session.scalar(sa.select(sa.func.sum(Refund.amount))) == 67_600
    assert mariana.post(f"/staff/payments/{payment.id}/application").status_code == 422


def test_money_is_taken_back_from_an_invoice_with_a_reason(cast, mariana, guemes) -> None:
    pay(cast.polanco, guemes, 1_032_400, at(2))
    [key] = db.session.scalars(sa.select(Allocation.id))
    address = f"/staff/payments/allocations/{key}/release"
    assert "PLC-000001" in text(mariana.get(address))
    assert mariana.post(address, data={"reason": ""}).status_code == 422
    assert mariana.post(address, data={"reason": "era de otro mes"}).status_code == 303
    assert queries.client_money(guemes.id) == queries.ClientMoney(1_032_400, 1_032_400)
    assert mariana.post(address, data={"reason": "otra vez"}).status_code == 422


def test_a_cheque_goes_its_way_on_the_page(mariana, guemes) -> None:
    answer = mariana.post("/staff/payments/", data=form(guemes, method="cheque", reference="0012"))
    payment = the_payment()
    page = text(mariana.get(answer.location))
    assert f"/staff/payments/{payment.id}/clearance" in page
    assert "PLC-000001" in page, "what it shall pay"
    assert mariana.post(f"/staff/payments/{payment.id}/deposit", data={"version": payment.version}).status_code == 303
    stale = mariana.post(f"/staff/payments/{payment.id}/clearance", data={"version": "1"})
    assert stale.status_code == 303
    assert the_payment().state == "pending"
    mariana.post(f"/staff/payments/{payment.id}/clearance", data={"version": the_payment().version})
    assert the_payment().cheque_state == "cleared"
    bounced = mariana.post(f"/staff/payments/{payment.id}/bounce",
                           data={"version": the_payment().version, "reason": "sin fondos"})
    assert bounced.status_code == 403, "it counts already: that is a reversal"


def test_the_receipt_is_a_pdf_once_it_is_made(cast, mariana, guemes) -> None:
    from fastoffice.documents.files import files
    from fastoffice.documents.models import Document

    payment = pay(cast.polanco, guemes, 1_032_400, at(2))
    assert mariana.get(f"/staff/payments/{payment.id}/receipt").status_code == 303
    stored = files().put(b"%PDF-1.7 recibo", "application/pdf")
    db.session.execute(sa.update(Document).where(Document.kind == "receipt").values(
        state="ready", sha256=stored.sha256, size=stored.size))
    answer = mariana.get(f"/staff/payments/{payment.id}/receipt")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", b"%PDF-1.7 recibo")
    assert "R-PLC-000001.pdf" in answer.headers["Content-Disposition"]


def test_nothing_of_polanco_exists_for_tijuana(app, cast, guemes) -> None:
    payment = pay(cast.polanco, guemes, 1_032_400, at(2))
    stranger: Browser = app.test_client()
    stranger.sign_in(cast.stranger)
    own = f"/{payment.id}"
    for address in (own, f"{own}/receipt", f"{own}/application", f"/new?client={guemes.id}",
                    f"/new?invoice={invoices_of(guemes)[0].id}"):
        assert stranger.get(f"/staff/payments{address}").status_code == 404, address
    assert stranger.post("/staff/payments/", data=form(guemes)).status_code == 404
    assert stranger.post("/staff/payments/preview", data=form(guemes)).status_code == 404
    assert "Güemes" not in text(stranger.get("/staff/payments/?q=guemes"))


def test_texts_of_strangers_are_shown_as_text(mariana, guemes) -> None:
    odd = "<script>alert(1)</script>{{7*7}}"
    answer = mariana.post("/staff/payments/", data=form(guemes, reference=odd, note=odd))
    page = text(mariana.get(answer.location))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "{{7*7}}" in page


def test_invisible_and_reversed_characters_do_not_reach_the_books(mariana, guemes) -> None:
    odd = "caja\x00 \u202e7\u200b\u2066"
    answer = mariana.post("/staff/payments/", data=form(guemes, reference=odd, note=odd, request_key="k\x00ey"))
    assert answer.status_code == 303
    assert (the_payment().reference, the_payment().note) == ("caja 7", "caja 7")
    for address in ("/staff/payments/?q=%00", "/staff/payments/?q=caja%00+7", "/staff/payments/new?q=%00%00"):
        assert mariana.get(address).status_code == 200


def test_pages_cost_the_same_number_of_statements_however_many_payments(cast, mariana, guemes) -> None:
    def statements(address: str) -> int:
        count = 0

        def one_more(*_args: object) -> None:
            nonlocal count
            count += 1

        engine = db.engine
        event.listen(engine, "before_cursor_execute", one_more)
        try:
            assert mariana.get(address).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", one_more)
        return count

    first = pay(cast.polanco, guemes, 1_000, at(2))
    mariana.get("/staff/payments/")
    addresses = ["/staff/payments/", f"/staff/payments/{first.id}", f"/staff/payments/new?client={guemes.id}"]
    before = [statements(address) for address in addresses]
    for day in range(12):
        pay(cast.polanco, guemes, 1_000, at(2), value_date=date(2026, 12, 2) - timedelta(days=day))
    assert [statements(address) for address in addresses] == before
    assert 2 < before[0] <= 12
