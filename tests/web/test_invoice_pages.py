"""The page of an issued document: what Mariana, her manager and the accountant see and do there."""

from __future__ import annotations

import logging
import re
from html import unescape

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.models import Invoice, InvoiceHold, JournalEntry
from fastoffice.billing.service import pay_links
from fastoffice.billing.service.verifying import verify
from fastoffice.documents.models import Document
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.documents_of_polanco import PDF, make_file_ready
from tests.factories.money import at, close_month, invoices_of, issue_month, pay
from tests.web.browser import Browser, htmx_headers
from tests.web.statements import counted_statements

pytestmark = pytest.mark.usefixtures("day_two")
NASTY = "<script>alert(1)</script>{{7*7}}\u202e"


@pytest.fixture
def invoice(guemes) -> Invoice:
    return invoices_of(guemes)[0]


@pytest.fixture
def desk(app, cast) -> Browser:
    return Browser.of(app, cast.mariana)


def path(invoice: Invoice | int, rest: str = "") -> str:
    return f"/staff/invoices/{invoice if isinstance(invoice, int) else invoice.id}{rest}"


def words(page) -> str:
    """The visible text of an answer."""
    text = re.sub(r"<(script|style).*?</\1>", " ", page.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def hold_form(**values: str) -> dict[str, str]:
    return {"kind": "dispute", "reason": "No reconoce el cargo", "until": "2026-12-12", **values}


def test_the_page_says_what_is_owed_until_when_and_what_comes_then(desk, invoice) -> None:
    text = words(desk.get(path(invoice)))
    for expected in ("PLC-000001", "Logística Güemes López, S.C.", "$10,324.00", "$12,354.00", "emitida",
                     "pago puntual", "5 de diciembre de 2026", "23:59", "Emitida como PLC-000001"):
        assert expected in text


def test_the_page_costs_few_statements_however_much_happened(desk, invoice, cast, guemes) -> None:
    pay(cast.polanco, guemes, 100_000, at(2))
    pay(cast.polanco, guemes, 200_000, at(2))
    desk.post(path(invoice, "/holds"), data=hold_form())
    desk.get(path(invoice))
    with counted_statements() as sent:
        assert desk.get(path(invoice)).status_code == 200
    assert len(sent) <= 12, "\n".join(sent)


def test_a_replaced_document_and_its_successor_lead_to_each_other(app, cast, guemes) -> None:
    close_month(cast.polanco)
    old, new = invoices_of(guemes)
    with clock.fixed_at(at(7)):
        desk = Browser.of(app, cast.mariana)
        before, after = desk.get(path(old)), desk.get(path(new))
    assert "Cancelada y reemplazada por PLC-000002" in words(before)
    assert "Reemplaza a PLC-000001" in words(after)
    for page, link in ((before, path(new)), (after, path(old))):
        assert f'href="{link}"' in page.text
        assert "$10,324.00" in page.text
        assert "$12,354.00" in page.text
    assert "Registrar un pago" not in words(before), "nothing is owed on what is cancelled"
    assert "No pagada" in words(before) or "Cancelada al vencer el plazo" in words(before)


def test_a_partly_paid_document_shows_each_payment_and_the_balance(desk, cast, guemes, invoice) -> None:
    pay(cast.polanco, guemes, 400_000, at(2))
    text = words(desk.get(path(invoice)))
    assert "$4,000.00" in text
    assert "$6,324.00" in text
    assert "pago parcial" in text


def test_a_stranger_gets_nothing_by_any_way(app, cast, invoice) -> None:
    make_file_ready(invoice)
    stranger = Browser.of(app, cast.stranger)
    for rest in ("", "/files/invoice.pdf", "/holds/new"):
        assert stranger.get(path(invoice, rest)).status_code == 404
        assert stranger.get(path(invoice, rest), headers=htmx_headers()).status_code == 404
    assert stranger.post(path(invoice, "/holds"), data=hold_form()).status_code == 404
    assert db.session.scalars(sa.select(InvoiceHold)).all() == []


# ---- holds


def test_mariana_holds_a_disputed_invoice_and_the_page_says_who_why_and_until_when(desk, invoice) -> None:
    answer = desk.post(path(invoice, "/holds"), data=hold_form())
    assert answer.status_code == 303
    text = words(desk.get(path(invoice)))
    for expected in ("No reconoce el cargo", "Mariana Ruiz", "13 dic 2026, 00:00", "en disputa"):
        assert expected in text


def test_a_promise_needs_the_manager_and_what_was_typed_stays(app, cast, desk, invoice) -> None:
    assert "Promesa de pago" not in words(desk.get(path(invoice, "/holds/new")))
    refused = desk.post(path(invoice, "/holds"), data=hold_form(kind="promise", reason="Paga el viernes"))
    assert refused.status_code == 422
    assert "Lo tiene que autorizar la gerencia" in words(refused)
    assert "Paga el viernes" in refused.text
    manager = Browser.of(app, cast.manager)
    assert manager.post(path(invoice, "/holds"), data=hold_form(kind="promise")).status_code == 303
    assert db.session.scalars(sa.select(InvoiceHold)).one().kind == "promise"


@pytest.mark.parametrize(("typed", "said"), [
    ({"reason": " "}, "Escriba el motivo"), ({"until": ""}, "Elija"), ({"until": "31/13/2026"}, "día/mes/año"),
    ({"until": "2026-12-01"}, "desde hoy"), ({"until": "2032-01-01"}, "dentro de un año"), ({"kind": "x"}, "por qué"),
])
def test_a_hold_that_is_not_complete_is_refused_beside_its_field(desk, invoice, typed, said) -> None:
    answer = desk.post(path(invoice, "/holds"), data=hold_form(**typed))
    assert answer.status_code == 422
    assert said in words(answer)
    assert db.session.scalars(sa.select(InvoiceHold)).all() == []


def test_pressing_hold_twice_places_one_and_releasing_twice_is_calm(desk, invoice) -> None:
    for _press in range(2):
        assert desk.post(path(invoice, "/holds"), data=hold_form()).status_code == 303
    hold = db.session.scalars(sa.select(InvoiceHold)).one()
    for _press in range(2):
        assert desk.post(path(invoice, f"/holds/{hold.id}/release")).status_code == 303
    assert db.session.scalars(sa.select(InvoiceHold)).one().released_by == "Mariana Ruiz"


# ---- cancelling and writing off


def test_the_accountant_cancels_with_a_reason_once(app, cast, invoice) -> None:
    books = Browser.of(app, cast.accountant)
    page = books.get(path(invoice, "/cancellation"))
    assert "$10,324.00" in words(page)
    form = {"version": str(invoice.version), "reason": "RFC equivocado"}
    for _press in range(2):
        assert books.post(path(invoice, "/cancellation"), data=form).status_code == 303
    text = words(books.get(path(invoice)))
    assert "cancelada" in text
    assert "RFC equivocado" in text
    assert "Cancelada a mano" in text
    assert db.session.scalar(sa.select(sa.func.count()).where(JournalEntry.kind == "cancel")) == 1
    assert verify(cast.polanco.id) == []


def test_cancelling_without_a_reason_is_refused(app, cast, invoice) -> None:
    books = Browser.of(app, cast.accountant)
    answer = books.post(path(invoice, "/cancellation"), data={"version": str(invoice.version), "reason": " "})
    assert answer.status_code == 422
    assert "Escriba el motivo" in words(answer)


def test_money_on_a_cancelled_invoice_goes_back_to_credit_only_when_said_so(app, cast, guemes, invoice) -> None:
    pay(cast.polanco, guemes, 400_000, at(2))
    books = Browser.of(app, cast.accountant)
    version = str(invoices_of(guemes)[0].version)
    refused = books.post(path(invoice, "/cancellation"), data={"version": version, "reason": "Duplicada"})
    assert refused.status_code == 422
    assert "Duplicada" in refused.text
    assert "devolver el dinero" in words(refused).lower()
    done = books.post(path(invoice, "/cancellation"),
                      data={"version": version, "reason": "Duplicada", "money_to_credit": "y"})
    assert done.status_code == 303
    assert (invoices_of(guemes)[0].status, invoices_of(guemes)[0].paid) == ("cancelled", 0)
    assert verify(cast.polanco.id) == []


def test_who_cancels_from_an_old_page_is_told_first(app, cast, guemes, invoice) -> None:
    seen = str(invoice.version)
    pay(cast.polanco, guemes, 400_000, at(2))
    books = Browser.of(app, cast.accountant)
    answer = books.post(path(invoice, "/cancellation"), data={"version": seen, "reason": "Duplicada"})
    assert answer.status_code == 422
    assert "Alguien más lo cambió" in words(answer)
    assert "Duplicada" in answer.text
    assert invoices_of(guemes)[0].status == "partly_paid"


def test_only_the_manager_writes_off_what_will_not_come(app, cast, desk, invoice) -> None:
    form = {"version": str(invoice.version), "reason": "Empresa en liquidación"}
    assert desk.post(path(invoice, "/write-off"), data=form).status_code == 403
    manager = Browser.of(app, cast.manager)
    assert "$10,324.00" in words(manager.get(path(invoice, "/write-off")))
    for _press in range(2):
        assert manager.post(path(invoice, "/write-off"), data=form).status_code == 303
    assert "Se dieron por incobrables $10,324.00" in words(manager.get(path(invoice)))
    assert verify(cast.polanco.id) == []


def test_what_is_cancelled_cannot_be_ended_again(app, cast, guemes) -> None:
    close_month(cast.polanco)
    old = invoices_of(guemes)[0]
    manager = Browser.of(app, cast.manager)
    for rest in ("/cancellation", "/write-off"):
        assert manager.get(path(old, rest)).status_code == 422
        assert manager.post(path(old, rest), data={"reason": "x", "version": str(old.version)}).status_code == 422
    assert "su estado es “cancelada”" in words(manager.get(path(old, "/cancellation")))


# ---- files, pay link


def test_the_pdf_opens_in_the_browser_under_its_name(desk, invoice) -> None:
    make_file_ready(invoice)
    answer = desk.get(path(invoice, "/files/invoice.pdf"))
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "inline; filename=PLC-000001.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store", "a desk is shared"


def test_the_pdf_of_a_cancelled_document_stays_and_its_cancellation_joins_it(app, cast, guemes, invoice) -> None:
    make_file_ready(invoice)
    close_month(cast.polanco)
    make_file_ready(invoice, "cancellation", b"%PDF-1.7 cancelled")
    desk = Browser.of(app, cast.mariana)
    assert desk.get(path(invoice, "/files/invoice.pdf")).data == PDF
    assert desk.get(path(invoice, "/files/cancellation.pdf")).data == b"%PDF-1.7 cancelled"


def test_a_pdf_that_is_being_made_says_so_and_one_that_failed_can_be_tried_again(desk, invoice) -> None:
    assert "en preparación" in words(desk.get(path(invoice)))
    assert desk.get(path(invoice, "/files/invoice.pdf")).status_code == 404

    def fail() -> None:
        row = db.session.scalars(sa.select(Document)).one()
        row.state, row.error, row.attempts = "failed", f"no font {NASTY}", 5

    transaction.run(fail)
    page = desk.get(path(invoice))
    assert "no font &lt;script&gt;" in page.text
    assert "Intentar de nuevo" in words(page)
    assert desk.post(path(invoice, "/files/invoice/attempts")).status_code == 303
    assert db.session.scalars(sa.select(Document)).one().state == "due"


def test_a_file_that_is_gone_from_the_storage_is_a_calm_answer(desk, invoice) -> None:
    make_file_ready(invoice)

    def lose() -> None:
        db.session.scalars(sa.select(Document)).one().sha256 = "ab" * 32

    transaction.run(lose)
    answer = desk.get(path(invoice, "/files/invoice.pdf"))
    assert answer.status_code == 422
    assert "no se puede leer" in words(answer)


def test_there_is_no_other_kind_of_file(desk, invoice) -> None:
    for kind in ("secret", "../invoice", "receipt"):
        assert desk.get(path(invoice, f"/files/{kind}.pdf")).status_code == 404


def test_the_pay_link_is_offered_while_something_is_owed_and_never_logged(
    app, cast, desk, guemes, invoice, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = desk.get(path(invoice))
    url = pay_links.urls([invoice.id])[invoice.id]
    assert f'data-copy="{url}"' in page.text
    assert url.rsplit("/", 1)[1] not in caplog.text
    close_month(cast.polanco)
    assert url not in desk.get(path(invoice)).text


# ---- text is text


def test_nasty_text_stays_text_wherever_it_was_typed(app, cast) -> None:
    client = make_client(cast.polanco, f"{NASTY} S.A.")
    make_contract(client, lines=[(NASTY, 890_000, 1_065_000)])
    issue_month(cast.polanco)
    books = Browser.of(app, cast.manager)
    [invoice] = invoices_of(client)
    books.post(path(invoice, "/holds"), data=hold_form(reason=NASTY))
    books.post(path(invoice, "/cancellation"), data={"version": str(invoices_of(client)[0].version), "reason": NASTY})
    page = books.get(path(invoice))
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page.text
    assert invoices_of(client)[0].status == "cancelled"


def test_odd_numbers_and_control_characters_are_calm_answers(app, cast, invoice) -> None:
    manager = Browser.of(app, cast.manager)
    for address in ("/staff/invoices/99999999999999999999999", "/staff/invoices/0", "/staff/invoices/-1",
                    path(invoice, "/lines/99999999999999999999999"), "/staff/invoices/new?client=9999999999999999999"):
        assert manager.get(address).status_code in {200, 404, 422}, address
    form = {"version": str(invoice.version), "reason": "Dupli\x00cada\u202e por\nerror"}
    assert manager.post(path(invoice, "/cancellation"), data=form).status_code == 303
    assert "Duplicada por error" in words(manager.get(path(invoice)))
