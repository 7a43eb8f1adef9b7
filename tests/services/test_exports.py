"""Exports: stable names, amounts to the cent, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from fastoffice import export_files, exports, transaction
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.notifications.exporting import state_of
from tests.factories.contracts import make_client, make_contract
from tests.factories.money import at, close_month, issue_month, pay
from tests.factories.people import make_branch

PROMISED = ("number", "series", "stage", "status", "client", "tax_id", "contract", "period", "issued_at", "due_at",
            "currency", "lines", "subtotal", "tax", "withheld", "total", "paid", "balance", "replaces",
            "replaced_by", "cancelled_at", "cancel_reason")
NASTY = ("=1+1", "+52 55 1234", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "=HYPERLINK(\"http://evil.example\")")


@pytest.fixture
def polanco(app) -> Branch:
    """December: one client paid, one was replaced at list price."""
    branch = make_branch("PLC")
    for name in ("Güemes López, S.C.", "Energía Flores, S.C."):
        make_contract(make_client(branch, name), lines=[("Oficina", 890000, 1065000)], starts_on=date(2026, 1, 1))
    issue_month(branch)
    paying = db.session.query(Client).filter_by(legal_name="Güemes López, S.C.").one()
    pay(branch, paying, 1032400, at(3))
    close_month(branch)
    return branch


def branch_now(branch: Branch) -> Branch:
    return db.session.get_one(Branch, branch.id)


def rows(branch: Branch, kind: str, period: str | None = None) -> list[dict]:
    return list(exports.rows_of(kind, branch_now(branch), period))


def file_of(kind: str, form: str, branch: Branch) -> bytes:
    with exports.file_of(kind, form, branch_now(branch)) as content:
        return content.read()


def test_an_exported_invoice_has_every_promised_field(polanco) -> None:
    first, second, heir = rows(polanco, "invoices")
    assert set(PROMISED) <= set(first)
    assert (first["status"], first["paid"], first["balance"]) == ("paid", "10324.00", "0.00")
    assert (second["status"], second["replaced_by"], heir["replaces"]) == (
        "cancelled", heir["number"], second["number"])
    assert (heir["stage"], heir["total"], heir["balance"]) == ("list", "12354.00", "12354.00")
    assert first["due_at"] == "2026-12-05T23:59:59-06:00"
    assert second["cancelled_at"] == "2026-12-06T00:00:00-06:00"


def test_a_month_takes_only_its_own_rows(polanco) -> None:
    for kind in ("invoices", "payments", "ledger", "outbox"):
        assert rows(polanco, kind, "2026-12"), kind
        assert rows(polanco, kind, "2026-11") == [], kind


def test_the_books_sum_to_zero_in_their_export(polanco) -> None:
    assert sum(int(row["amount"].replace(".", "")) for row in rows(polanco, "ledger")) == 0


def test_a_payment_says_what_it_paid_and_what_is_left(polanco) -> None:
    [payment] = rows(polanco, "payments")
    assert (payment["amount"], payment["applied"], payment["left"]) == ("10324.00", "10324.00", "0.00")
    assert payment["allocations"] == [{"invoice": "PLC-000001", "period": "2026-12", "amount": "10324.00"}]


def test_the_outbox_has_one_row_for_each_notice_with_its_deliveries(polanco) -> None:
    notices = rows(polanco, "outbox")
    assert [row["kind"] for row in notices].count("invoice_replaced") == 1
    assert {row["state"] for row in notices} == {"queued"}
    assert [each["channel"] for each in notices[0]["deliveries"]] == ["email"]


def test_a_notice_is_as_bad_as_its_worst_delivery() -> None:
    assert state_of(["sent", "failed"]) == "failed"
    assert state_of(["sent", "queued"]) == "queued"
    assert state_of(["sent", "cancelled"]) == "cancelled"
    assert state_of(["sent"]) == "sent"


def test_the_audit_log_comes_in_its_own_order(polanco) -> None:
    numbers = [row["sequence"] for row in rows(polanco, "audit")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_clients_and_contracts_come_with_what_belongs_to_them(polanco) -> None:
    assert rows(polanco, "clients")[0]["contacts"][0]["for_billing"] is True
    contract = rows(polanco, "contracts")[0]
    assert contract["lines"][0]["prices"][0]["prompt_price"] == "8900.00"
    assert rows(polanco, "contracts", "2025-12") == []


def test_nothing_of_another_branch_is_in_an_export(polanco) -> None:
    tijuana = make_branch("TIJ")
    for kind in exports.KINDS:
        assert all("Güemes" not in str(row) for row in rows(tijuana, kind)), kind


@pytest.mark.parametrize("text", NASTY)
def test_typed_text_never_becomes_a_formula(app, text) -> None:
    branch = make_branch("PLC")
    client = make_client(branch)

    def rename() -> None:
        db.session.get_one(Client, client.id).legal_name = text

    transaction.run(rename)
    wide = file_of("clients", "csv", branch).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(wide, newline=""))
    assert row["legal_name"] == f"'{text}"
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file_of("clients", "xlsx", branch)))
    cell = sheet.get_sheet_by_index(0).to_python()[1][1]
    assert str(cell).startswith("'")


def test_amounts_stay_numbers_in_a_workbook_and_keep_their_sign(polanco) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(file_of("ledger", "xlsx", polanco)))
    heading, *lines = book.get_sheet_by_index(0).to_python()
    amounts = [line[heading.index("amount")] for line in lines]
    assert min(amounts) < 0 < max(amounts)
    text = file_of("ledger", "csv", polanco).decode("utf-8-sig")
    assert any(row["amount"].startswith("-") for row in csv.DictReader(io.StringIO(text)))


def test_what_one_sheet_cannot_hold_goes_on_in_the_next(monkeypatch) -> None:
    monkeypatch.setattr(export_files, "SHEET_ROWS", 2)
    target = io.BytesIO()
    export_files.write_xlsx(target, [{"id": number} for number in range(5)], ["id"], counts={"id"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue()))
    assert [book.get_sheet_by_name(name).to_python() for name in book.sheet_names] == [
        [["id"], [0], [1]], [["id"], [2], [3]], [["id"], [4]]]


def run(app, *words: str):
    return app.test_cli_runner().invoke(args=["export", *words])


def test_the_command_prints_one_array(app, polanco) -> None:
    answer = run(app, "invoices", "--branch", "plc", "--period", "2026-12", "--format", "json")
    assert answer.exit_code == 0, answer.output
    assert [row["number"] for row in json.loads(answer.stdout)] == ["PLC-000001", "PLC-000002", "PLC-000003"]
    empty = run(app, "invoices", "--branch", "PLC", "--period", "2020-01", "--format", "json")
    assert json.loads(empty.stdout) == []


def test_the_command_writes_a_csv_that_plain_readers_understand(app, polanco) -> None:
    answer = run(app, "invoices", "--branch", "PLC", "--format", "csv")
    assert next(csv.reader(io.StringIO(answer.stdout)))[0] == "number"


def test_the_command_writes_a_workbook_to_a_file(app, polanco, tmp_path) -> None:
    target = tmp_path / "diciembre.xlsx"
    answer = run(app, "invoices", "--branch", "PLC", "--format", "xlsx", "--output", str(target))
    assert answer.exit_code == 0, answer.output
    heading = CalamineWorkbook.from_path(str(target)).get_sheet_by_index(0).to_python()[0]
    assert set(PROMISED) <= set(heading)


@pytest.mark.parametrize("words", [
    ("invoices", "--branch", "NO", "--format", "json"),
    ("everything", "--branch", "PLC", "--format", "json"),
    ("invoices", "--branch", "PLC", "--format", "pdf"),
    ("invoices", "--branch", "PLC", "--period", "diciembre", "--format", "json"),
])
def test_a_wrong_word_is_answered_with_a_message_and_a_code(app, polanco, words) -> None:
    answer = run(app, *words)
    assert answer.exit_code != 0
    assert "Error" in answer.output
