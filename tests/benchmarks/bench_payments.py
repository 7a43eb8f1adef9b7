"""1,000 payments recorded, booked, allocated, proven and announced, against a plain insert of the same rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import audit, clock, transaction
from fastoffice.billing.models import Invoice
from fastoffice.billing.service import cycle
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments.models import Receipt
from fastoffice.payments.service import PaymentSpec, record_payments
from tests.benchmarks import rows
from tests.benchmarks.bench_app import bench_apps, in_app
from tests.benchmarks.bench_cycle import ISSUED_AT, make_contracts, timed

ACTOR = audit.Actor("bench")
WRITTEN = ("payment", "credit", "allocation", "journal_entry", "posting", "receipt", "document", "notice", "delivery",
           "audit_entry")
PAID_AT = datetime(2026, 12, 3, 18, tzinfo=UTC)
GOAL = 8.0


def specs_for(branch_id: int) -> list[PaymentSpec]:
    """One payment for each open invoice, in full, naming it."""
    query = sa.select(Invoice.id, Invoice.client_id, Invoice.total).where(
        Invoice.branch_id == branch_id, Invoice.status == "issued").order_by(Invoice.id)
    return [PaymentSpec(row.client_id, "transfer", row.total, date(2026, 12, 3), reference=f"SPEI {row.id}",
                        taken_by="Mariana", request_key=f"bench-{row.id}", wishes=((row.id, None),))
            for row in db.session.execute(query)]


def measure(count: int) -> tuple[float, float]:
    """Seconds to record `count` payments, and to insert the rows they wrote."""
    branch_id = make_contracts(count)
    with clock.fixed_at(ISSUED_AT):
        cycle.draft_period(branch_id, "2026-12", ACTOR, ISSUED_AT)
        cycle.issue_period(branch_id, "2026-12", ACTOR, ISSUED_AT)
    specs = specs_for(branch_id)
    before = rows.marks(WRITTEN)
    with clock.fixed_at(PAID_AT):
        seconds = timed(lambda: transaction.run(
            lambda: record_payments(db.session.get_one(Branch, branch_id), specs, ACTOR, PAID_AT)))
    written = rows.written_since(before, WRITTEN)
    assert len(written["payment"]) == len(written["allocation"]) == count
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Receipt)) == count
    return seconds, rows.seconds_to_insert(written)


def run(quick: bool = False) -> list[dict[str, Any]]:
    """The ratio per engine: the median of three measurements (one when quick)."""
    count = 200 if quick else 1_000
    figures = []
    for engine, app in bench_apps():
        found = sorted((in_app(app, lambda: measure(count)) for _time in range(1 if quick else 3)), key=lambda pair: pair[0] / pair[1])
        seconds, floor = found[len(found) // 2]
        ratio = seconds / floor
        figures.append({"name": f"{count} payments recorded and allocated, {engine}", "value": round(seconds, 3),
                        "unit": "s", "ratio": round(ratio, 2), "goal": f"<= {GOAL:g}", "ok": ratio <= GOAL})
    return figures
