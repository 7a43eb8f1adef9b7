"""The books on screen: what the last check found, in words, and every account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.billing.faults import fault_sentence
from fastoffice.billing.models import LedgerCheck
from fastoffice.billing.queries.ledger import trial_balance
from fastoffice.extensions import db
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at, issue_month, pay
from tests.factories.people import Cast, make_cast
from tests.web.statements import counted_statements
from tests.web.test_invoice_pages import PRIVATE, browser, words


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
    books = browser(app, cast.accountant)
    assert "aún no se ha revisado" in words(books.get("/staff/ledger/"))
    assert books.post("/staff/ledger/checks").status_code == 303
    page = books.get("/staff/ledger/")
    assert "Todo cuadra" in words(page)
    assert db.session.scalars(sa.select(LedgerCheck)).one().faults == []


def test_faults_are_told_in_words(app, cast) -> None:
    note_faults(cast, "deadline: PLC-000012 has no replacement", "balance: client 7 differs from the books by 100",
                "something <b>new</b>")
    page = browser(app, cast.manager).get("/staff/ledger/")
    text = words(page)
    assert "3 fallas" in text
    assert "PLC-000012 se canceló por el plazo y no tiene reemplazo." in text
    assert "El saldo del cliente 7 difiere" in text
    assert "something &lt;b&gt;new&lt;/b&gt;" in page.text


def test_every_fault_that_a_check_can_write_has_its_sentence(app) -> None:
    known = (
        "ledger: entry 5 is off by 3", "cycle: contract line 4 is billed twice in 2026-12",
        "cycle: invoice 9 and its lines disagree on being live", "numbers: series PLC  has a gap or a duplicate",
        "numbers: series PLC 2026 has a gap or a duplicate", "totals: invoice 3 is not the sum of its lines",
        "allocations: invoice 3 does not match what pays it", "allocations: credit 3 does not match what it pays",
        "balance: client 3 differs from the books by -5", "balance: invoice 3 differs from the books",
        "deadline: PLC-1 has no notice", "deadline: PLC-1 has no replacement", "outbox: PLC-1 was never announced",
        "outbox: notice 3 has no delivery", "audit: branch 1 breaks before entry 5",
    )
    with app.test_request_context(headers={"Accept-Language": "es"}):
        assert [text for text in known if fault_sentence(text) == text] == []


def test_the_trial_balance_adds_up_account_by_account(app, cast) -> None:
    [accounts] = trial_balance(cast.polanco.id).values()
    assert sum(row.balance for row in accounts) == 0
    by_name = {row.account: row for row in accounts}
    assert by_name["receivable"].balance == 1_032_400
    assert by_name["revenue"].credit == 1_780_000
    text = words(browser(app, cast.accountant).get("/staff/ledger/"))
    assert "Clientes: por cobrar" in text
    assert "$10,324.00" in text


def test_the_sums_are_made_by_the_database(app, cast) -> None:
    books = browser(app, cast.accountant)
    books.get("/staff/ledger/")
    with counted_statements() as sent:
        books.get("/staff/ledger/")
    assert len(sent) <= 8, "\n".join(sent)


def test_the_desk_does_not_see_the_books_and_no_branch_sees_anothers(app, cast) -> None:
    assert browser(app, cast.mariana).get("/staff/ledger/").status_code == 403
    assert trial_balance(cast.tijuana.id) == {}
