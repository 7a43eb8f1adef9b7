"""Everything happens once because a constraint says so: each refuses a second row, and its twin without it takes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from fastoffice import audit, clock, transaction
from fastoffice.billing.models import InvoiceHold
from fastoffice.billing.service import cycle, holds, runs
from fastoffice.branches.models import Branch, TaxProfile
from fastoffice.charges import service as charges
from fastoffice.extensions import db
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service import record_payments
from tests.factories.contracts import make_client, make_contract
from tests.factories.people import make_branch

MARIANA = audit.Actor("Mariana R.")
DAY_1 = datetime(2026, 12, 1, 15, tzinfo=UTC)
DAY_6 = datetime(2026, 12, 6, 6, 1, tzinfo=UTC)

Change = dict[str, Any]
# name of the guard, its table, which row to repeat, and what must differ for other guards' sake
GUARDS: list[tuple[str, str, str, Change]] = [
    ("uq_invoice_live_contract_period", "invoice", "live AND kind = 'recurring'",
     {"number": "X-1", "sequence": 991, "replaces_id": None}),
    ("uq_invoice_line_live", "invoice_line", "live AND contract_line_id IS NOT NULL", {}),
    ("uq_invoice_line_charge", "invoice_line", "live AND charge_id IS NOT NULL", {}),
    ("uq_invoice_replaces_id", "invoice", "replaces_id IS NOT NULL",
     {"number": "X-2", "sequence": 992, "live": False}),
    ("uq_invoice_series_id_series_year_sequence", "invoice", "number IS NOT NULL",
     {"number": "X-3", "replaces_id": None, "live": False}),
    ("uq_invoice_branch_id_number", "invoice", "number IS NOT NULL",
     {"sequence": 993, "replaces_id": None, "live": False}),
    ("uq_journal_entry_branch_id_kind_subject_type_subject_id", "journal_entry", "1 = 1", {}),
    ("uq_credit_branch_id_source", "credit", "1 = 1", {}),
    ("uq_payment_branch_id_request_key", "payment", "request_key IS NOT NULL", {}),
    ("uq_pending_charge_branch_id_origin", "pending_charge", "1 = 1", {}),
    ("uq_invoice_hold_open", "invoice_hold", "released_at IS NULL", {}),
    ("uq_billing_run_branch_id_request_key", "billing_run", "1 = 1", {}),
    ("uq_duty_done_branch_id_duty_key", "duty_done", "1 = 1", {}),
    ("uq_delivery_notice_id_channel", "delivery", "1 = 1", {"message_id": "<another@testserver>"}),
    ("uq_delivery_message_id", "delivery", "1 = 1", {"channel": "pigeon"}),
    ("uq_document_subject_type_subject_id_kind", "document", "1 = 1", {}),
    ("uq_receipt_payment_id", "receipt", "1 = 1", {"number": "X-4", "sequence": 994}),
    ("uq_pay_link_invoice_id", "pay_link", "1 = 1", {"token_hash": "0" * 64}),
]


@pytest.fixture
def a_month(app) -> None:
    """A branch whose month has one of everything."""
    branch = make_branch("PLC")
    branch_id = branch.id
    first, second = make_client(branch), make_client(branch)
    make_contract(first), make_contract(second)
    payer = second.id

    def unit(work: Callable[[Branch], object], moment: datetime) -> None:
        with clock.fixed_at(moment):
            transaction.run(lambda: work(db.session.get_one(Branch, branch_id)))

    profile = db.session.scalars(sa.select(TaxProfile.id).where(TaxProfile.is_default)).first()
    unit(lambda row: charges.add_charge(row, payer, None, "Sala", date(2026, 12, 1), 1000, 35_000, profile, "sala:1",
                                        MARIANA, DAY_1), DAY_1)
    with clock.fixed_at(DAY_1):
        cycle.draft_period(branch_id, "2026-12", MARIANA, DAY_1)
        cycle.issue_period(branch_id, "2026-12", MARIANA, DAY_1)
    unit(lambda row: runs.start_run(row, "2026-12", [], "a key", MARIANA, DAY_1), DAY_1)
    unit(lambda row: record_payments(
        row, [PaymentSpec(payer, "cash", 900_000, date(2026, 12, 1), request_key="form")], MARIANA, DAY_1), DAY_1)
    with clock.fixed_at(DAY_6):
        cycle.close_branch(branch_id, MARIANA, DAY_6)
    heir = db.session.scalar(sa.text("SELECT id FROM invoice WHERE stage = 'list'"))
    unit(lambda row: holds.place_hold(row, heir, "dispute", "No está de acuerdo", MARIANA, DAY_6), DAY_6)
    db.session.execute(sa.text("INSERT INTO duty_done (branch_id, duty, key, done_at) VALUES (:b, 'draft', 'x', :at)")
                       .bindparams(b=branch_id, at=DAY_1.replace(tzinfo=None)))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(InvoiceHold)) == 1


def repeat(table_name: str, which: str, change: Change) -> None:
    """Insert the row once more."""
    table = db.metadata.tables[table_name]
    row = db.session.execute(sa.select(table).where(sa.text(which)).order_by(table.c.id.desc()).limit(1)).mappings().one()
    values = {name: value for name, value in row.items() if name != "id"}
    with db.session.begin_nested():
        db.session.execute(sa.insert(table), [{**values, **change}])


def take_away(guard: str, table_name: str) -> bool:
    """Drop the guard inside the test's transaction; False where the engine can't (SQLite and constraints)."""
    names = {index.name for index in db.metadata.tables[table_name].indexes}
    if guard in names:
        db.session.execute(sa.text(f"DROP INDEX {guard}"))
    elif db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.text(f"ALTER TABLE {table_name} DROP CONSTRAINT {guard}"))
    else:
        return False
    return True


@pytest.mark.parametrize(("guard", "table", "which", "change"), GUARDS, ids=[guard[0] for guard in GUARDS])
def test_a_second_one_is_refused_and_without_the_guard_it_is_not(a_month, guard, table, which, change) -> None:
    with pytest.raises(IntegrityError):
        repeat(table, which, change)
    if take_away(guard, table):
        repeat(table, which, change)
