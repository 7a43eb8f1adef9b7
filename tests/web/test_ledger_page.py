"""The books on screen: what the last check found, in words, and every account."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.faults import fault_sentence
from fastoffice.billing.models import Invoice, LedgerCheck
from fastoffice.billing.queries.ledger import trial_balance
from fastoffice.billing.service import cancelling, verifying
from fastoffice.extensions import db
from fastoffice.notifications.models import Notice
from fastoffice.payments import invariants
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import PRIVATE, at, issue_month, pay, within
from tests.factories.people import ACTOR, Cast, make_cast
from tests.web.browser import Browser
from tests.web.statements import counted_statements
from tests.web.test_invoice_pages import words


@pytest.fixture(autouse=True)
def day_two() -> Iterator[None]:
    with clock.fixed_at(at(2)):
        yield


@pytest.fixture
def cast(app) -> Cast:
    """Polanco issued two invoices; one client paid."""
    cast = make_cast()
    clients = [make_client(cast.polanco), make_client(cast.polanco)]
    for client in clients:
        make_contract(client, lines=PRIVATE)
    issue_month(cast.polanco)
    pay(cast.polanco, clients[0], 1_032_400, at(2))
    return cast


def note_faults(cast: Cast, *faults: str) -> None:
    branch_id = cast.polanco.id
    transaction.run(lambda: db.session.add(LedgerCheck(
        branch_id=branch_id, checked_at=at(1), faults=list(faults), counts={})))


def test_a_check_pressed_by_the_accountant_is_kept_and_shown(app, cast) -> None:
    books = Browser.of(app, cast.accountant)
    assert "aún no se ha revisado" in words(books.get("/staff/ledger/"))
    assert books.post("/staff/ledger/checks").status_code == 303
    page = books.get("/staff/ledger/")
    assert "Todo cuadra" in words(page)
    assert db.session.scalars(sa.select(LedgerCheck)).one().faults == []


def test_faults_are_told_in_words(app, cast) -> None:
    note_faults(cast, "deadline: PLC-000012 has no replacement", "balance: client 7 differs from the books by 100",
                "something <b>new</b>")
    page = Browser.of(app, cast.manager).get("/staff/ledger/")
    text = words(page)
    assert "3 fallas" in text
    assert "PLC-000012 se canceló por el plazo y no tiene reemplazo." in text
    assert "El saldo del cliente 7 difiere" in text
    assert "something &lt;b&gt;new&lt;/b&gt;" in page.text


def faults_of(module: object) -> set[str]:
    """Every fault that the module's checks can write, with 7 for its values and each choice of its words."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):  # type: ignore[arg-type]
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.JoinedStr):
            texts = [""]
            for part in node.value.values:
                inner = getattr(part, "value", None)
                choice = [inner.body.value, inner.orelse.value] if isinstance(inner, ast.IfExp) else ["7"]
                texts = [text + str(word) for text in texts
                         for word in ([inner] if isinstance(part, ast.Constant) else choice)]
            found.update(texts)
    return found


def test_every_fault_that_a_check_can_write_has_its_sentence(app) -> None:
    known = faults_of(verifying) | faults_of(invariants) | {
        "numbers: series PLC  has a gap or a duplicate", "numbers: series PLC 2026 has a gap or a duplicate",
        "balance: client 3 differs from the books by -5", "audit: branch 1 breaks before entry 5"}
    assert len(known) > 18
    with app.test_request_context(headers={"Accept-Language": "es"}):
        assert [text for text in sorted(known) if fault_sentence(text) == text] == []


def test_a_cancellation_by_hand_that_nobody_was_told_of_is_found(app, cast) -> None:
    [first, *_rest] = db.session.scalars(sa.select(Invoice).where(Invoice.status == "issued"))
    within(cast.polanco, at(2), lambda branch: cancelling.cancel_invoice(
        branch, db.session.get_one(Invoice, first.id), "Se facturó dos veces", ACTOR, at(2)))
    assert verifying.verify(cast.polanco.id) == []
    db.session.execute(sa.update(Notice).where(Notice.kind == "invoice_cancelled").values(kind="invoice_reminder"))
    assert verifying.verify(cast.polanco.id) == [f"outbox: {first.number} was cancelled by hand in silence"]


def test_the_trial_balance_adds_up_account_by_account(app, cast) -> None:
    [accounts] = trial_balance(cast.polanco.id).values()
    assert sum(row.balance for row in accounts) == 0
    by_name = {row.account: row for row in accounts}
    assert by_name["receivable"].balance == 1_032_400
    assert by_name["revenue"].credit == 1_780_000
    text = words(Browser.of(app, cast.accountant).get("/staff/ledger/"))
    assert "Clientes: por cobrar" in text
    assert "$10,324.00" in text


def test_the_sums_are_made_by_the_database(app, cast) -> None:
    books = Browser.of(app, cast.accountant)
    books.get("/staff/ledger/")
    with counted_statements() as sent:
        books.get("/staff/ledger/")
    assert len(sent) <= 8, "\n".join(sent)


def test_the_desk_does_not_see_the_books_and_no_branch_sees_anothers(app, cast) -> None:
    assert Browser.of(app, cast.mariana).get("/staff/ledger/").status_code == 403
    assert trial_balance(cast.tijuana.id) == {}
