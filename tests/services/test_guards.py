"""What the database refuses by itself, and that it would pass if the guard were gone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from fastoffice import audit, guards, transaction
from fastoffice.audit.models import AuditEntry
from fastoffice.billing.models import Allocation, Credit, Invoice, InvoiceLine, JournalEntry, Posting, Snapshot
from fastoffice.bookings.models import HoursEntry
from fastoffice.branches.models import Series
from fastoffice.clients.models import Client
from fastoffice.contracts.models import Contract
from fastoffice.extensions import db
from fastoffice.mailroom.models import MailHandover
from fastoffice.payments.models import Payment, Receipt, Refund
from fastoffice.visitors.models import HouseRules, LegalAlert, LegalNotice, RulesSignature, Visit
from tests.factories.people import make_branch

NOON = datetime(2026, 12, 1, 18, tzinfo=UTC)
DAY = date(2026, 12, 5)
WRITTEN_ONCE: dict[Any, str] = {
    AuditEntry: "actor", JournalEntry: "kind", Posting: "account", Receipt: "issued_by",
    Refund: "given_by", HoursEntry: "noted_by",
}
# of the lobby: what each guard must refuse, a statement each; `read_at` is said already
FORBIDDEN: dict[str, tuple[Any, dict[str, Any] | None]] = {
    "guard_house_rules_update": (HouseRules, {"texts": {"es": "Otra"}}),
    "guard_house_rules_delete": (HouseRules, None),
    "guard_rules_signature_update": (RulesSignature, {"text": "Otra"}),
    "guard_legal_notice_update": (LegalNotice, {"subject": "Otra"}),
    "guard_legal_notice_update_read": (LegalNotice, {"read_by": "Otra"}),
    "guard_legal_notice_delete": (LegalNotice, None),
    "guard_legal_alert_update": (LegalAlert, {"address": "otra@x.mx"}),
    "guard_legal_alert_update_read": (LegalAlert, {"read_text": "Otra"}),
    "guard_legal_alert_delete": (LegalAlert, None),
    "guard_mail_handover_update": (MailHandover, {"taken_by": "Otra"}),
    "guard_mail_handover_delete": (MailHandover, None),
}
# guards of the same row that a statement meets beside the one that is tried, and what hangs on the row
ALSO = {
    "guard_legal_notice_delete": guards.of_table("legal_alert"),
    "guard_legal_alert_update": [each for each in guards.of_table("legal_alert") if each.part],
}
HANGING: dict[str, tuple[Any, ...]] = {
    "guard_house_rules_delete": (RulesSignature,), "guard_legal_notice_delete": (LegalAlert,)}
NEVER_DELETED: dict[str, Any] = {"payment": Payment, "credit": Credit, "allocation": Allocation}
NEW_VALUES: dict[str, Any] = {
    "number": "F-9", "sequence": 9, "series_year": 2027, "client_data": {"name": "Somebody else"},
    "period": "2027-01", "due_on": date(2026, 12, 9), "closes_at": NOON, "issued_at": NOON.replace(hour=19),
    "list_total": 99,
}


def insert(model: Any, **values: Any) -> int:
    """A row written past the services; its id."""
    row = model(**values)
    db.session.add(row)
    db.session.flush()
    return int(row.id)


def fill(branch_id: int, series_id: int) -> dict[str, int]:
    client = insert(Client, branch_id=branch_id, legal_name="Ana", name_key="ana", created_at=NOON)
    lines = {"prompt_unit": 100, "list_unit": 120, "unit": 100, "subtotal": 100, "tax": 16, "withheld": 0,
             "list_subtotal": 120, "list_tax": 19, "list_withheld": 0, "tax_name": "IVA 16 %",
             "description": "Office", "branch_id": branch_id, "period": "2026-12"}
    money = {"branch_id": branch_id, "client_id": client, "period": "2026-12", "subtotal": 100, "tax": 16,
             "total": 116, "list_total": 139, "created_at": NOON, "kind": "one_off"}
    issued = insert(Invoice, status="issued", number="F-1", series_id=series_id, series_year=0, sequence=1,
                    issued_at=NOON, due_on=DAY, **money)
    draft = insert(Invoice, **money)
    entry = insert(JournalEntry, branch_id=branch_id, kind="issued", subject_type="invoice",
                   subject_id=issued, day=DAY, posted_at=NOON)
    insert(Posting, branch_id=branch_id, entry_id=entry, account="receivable", amount=116, client_id=client)
    taken = fill_payments(branch_id, series_id, client, insert(Invoice, **money))
    contract = insert(Contract, branch_id=branch_id, client_id=client, code="1", starts_on=DAY, created_at=NOON)
    insert(HoursEntry, branch_id=branch_id, contract_id=contract, month="2026-12", kind="granted", minutes=60,
           source="grant:1", noted_at=NOON, noted_by="Mariana")
    audit.record(audit.Actor("Mariana"), "invoice.issued", ("invoice", issued), branch_id=branch_id)
    fill_lobby(branch_id, client)
    return {**taken, "issued": issued, "draft": draft, "issued_line": insert(InvoiceLine, invoice_id=issued, **lines),
            "draft_line": insert(InvoiceLine, invoice_id=draft, **lines)}


def fill_payments(branch_id: int, series_id: int, client: int, invoice: int) -> dict[str, int]:
    """A payment with its receipt, refund and allocation; and one of each on which nothing hangs."""
    paid = {"branch_id": branch_id, "client_id": client, "amount": 116, "value_date": DAY, "method": "cash",
            "taken_by": "Mariana", "recorded_at": NOON, "state": "pending"}
    money = {"branch_id": branch_id, "client_id": client, "account": "cash", "value_date": DAY, "amount": 116,
             "created_at": NOON}
    used = insert(Credit, source="payment:1", **money)
    snapshot = insert(Snapshot, branch_id=branch_id, sha256="0" * 64, data={})
    insert(Receipt, branch_id=branch_id, payment_id=insert(Payment, request_key="a", **paid), series_id=series_id,
           series_year=0, sequence=1, number="R-1", issued_at=NOON, issued_on=DAY, issued_by="Mariana",
           snapshot_id=snapshot, data={})
    insert(Refund, branch_id=branch_id, client_id=client, credit_id=used, amount=1, method="cash", value_date=DAY,
           given_by="Mariana", recorded_at=NOON, request_key="a")
    return {"payment": insert(Payment, request_key="b", **paid), "credit": insert(Credit, source="payment:2", **money),
            "allocation": insert(Allocation, branch_id=branch_id, credit_id=used, invoice_id=invoice, amount=1,
                                 value_date=DAY, created_at=NOON, created_by="Mariana")}


def fill_lobby(branch_id: int, client: int) -> None:
    """What a visitor signed, what an authority delivered and who took a parcel."""
    of_branch = {"branch_id": branch_id}
    visit = insert(Visit, request_key="a", kind="authority", state="waiting", badge_nonce="a", badge_hash="a",
                   signed_in_by="reception", registered_by="Mariana", arrived_at=NOON, noted_at=NOON, closes_at=NOON,
                   **of_branch)
    rules = {"kind": "rules", "texts": {"es": "No fumar"}, "created_at": NOON, "created_by": "Mariana", **of_branch}
    insert(HouseRules, number=1, **rules)
    insert(RulesSignature, visit_id=visit, house_rules_id=insert(HouseRules, number=2, **rules), signed_name="Ana",
           language="es", text="No fumar", signed_at=NOON, **of_branch)
    said = {"read_at": NOON, "read_by": "Laura", **of_branch}
    notice = insert(LegalNotice, visit_id=visit, client_id=client, authority="SAT", official_name="Ruiz",
                    official_id="1", document_number="500", subject="Requerimiento", document_sha256="a" * 64,
                    received_at=NOON, received_by="Mariana", nonce="a", token_hash="a", **said)
    insert(LegalAlert, notice_id=notice, channel="portal", address="laura@guemes.mx", created_at=NOON, **said)
    insert(MailHandover, request_key="a", client_id=client, taken_by="Laura", is_named=True, proof="signature",
           handed_at=NOON, handed_by="Mariana", undo_until=NOON, **of_branch)


@pytest.fixture
def rows(app: Flask) -> dict[str, int]:
    """An issued invoice and a draft of one client, with postings, a receipt and an audit entry."""
    branch = make_branch("PLC")
    series = db.session.scalars(sa.select(Series.id).where(Series.branch_id == branch.id)).first()
    assert series is not None
    return transaction.run(fill, branch.id, series)


def refused(statement: Any) -> bool:
    """Whether the database refuses the statement; nothing of it stays either way."""
    savepoint = db.session.begin_nested()
    try:
        result = db.session.execute(statement)
        assert result.rowcount > 0, "the statement must meet a row, or it shows nothing"
    except IntegrityError:
        return True
    finally:
        savepoint.rollback()
    return False


def forbidden(guard: guards.Guard, rows: dict[str, int]) -> list[Any]:
    """Everything that the guard must refuse; each statement alone would pass without it."""
    if guard.name in FORBIDDEN:
        model, change = FORBIDDEN[guard.name]
        return [sa.delete(model) if change is None else sa.update(model).values(change)]
    for model, column in WRITTEN_ONCE.items():
        if guard.table == model.__tablename__:
            change = sa.update(model).values({column: "nobody"})
            return [change if guard.event == "UPDATE" else sa.delete(model)]
    if guard.table in NEVER_DELETED:
        table = NEVER_DELETED[guard.table]
        return [sa.delete(table).where(table.id == rows[guard.table])]
    model, row = (Invoice, "issued") if guard.table == "invoice" else (InvoiceLine, "issued_line")
    if guard.event == "DELETE":
        return [sa.delete(model).where(model.id == rows[row])]
    changes: list[dict[str, Any]] = [{name: value} for name, value in NEW_VALUES.items()]
    changes += [{"total": 200, "subtotal": 184}, {"replaces_id": rows["draft"]},
                {"status": "draft", "number": None}]
    if model is InvoiceLine:
        numbers = ("subtotal", "tax", "prompt_unit", "list_unit", "quantity_milli", "position")
        changes = [{name: 7} for name in numbers] + [{"description": "Another office"}]
    return [sa.update(model).where(model.id == rows[row]).values(change) for change in changes]


@pytest.mark.parametrize("guard", guards.GUARDS, ids=lambda guard: guard.name)
def test_the_database_refuses_to_rewrite_what_is_done(guard: guards.Guard, rows: dict[str, int]) -> None:
    passed = [str(statement) for statement in forbidden(guard, rows) if not refused(statement)]
    assert passed == []


@pytest.mark.parametrize("guard", guards.GUARDS, ids=lambda guard: guard.name)
def test_without_its_guard_history_could_be_rewritten(guard: guards.Guard, rows: dict[str, int]) -> None:
    guards.drop(db.session.connection(), [guard, *guards.of_table("posting"), *ALSO.get(guard.name, ())])
    if guard.event == "DELETE" and guard.table in ("journal_entry", "invoice"):
        db.session.execute(sa.delete(Posting))  # what hangs on it would refuse too
    for model in HANGING.get(guard.name, ()):
        db.session.execute(sa.delete(model))
    held = [str(statement) for statement in forbidden(guard, rows) if refused(statement)]
    assert held == []


def test_drafts_and_what_moves_on_an_issued_invoice_stay_free(rows: dict[str, int]) -> None:
    def of(model: Any, row: str) -> Any:
        return sa.update(model).where(model.id == rows[row])

    assert not refused(of(Invoice, "draft").values(subtotal=200, total=216))
    assert not refused(of(Invoice, "issued").values(status="partly_paid", paid=16))
    assert not refused(of(InvoiceLine, "issued_line").values(live=False))
    assert not refused(of(InvoiceLine, "draft_line").values(subtotal=200))
    assert not refused(sa.delete(InvoiceLine).where(InvoiceLine.id == rows["draft_line"]))
    assert not refused(sa.delete(Invoice).where(Invoice.id == rows["draft"]))
