"""Drafting + issuing, and the deadline, at 1,000 and 10,000 contracts, against a plain insert of the same rows."""

from __future__ import annotations

import functools
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask

from fastoffice import audit, bulk, clock, transaction
from fastoffice.billing.service import cycle
from fastoffice.branches.models import Branch, TaxProfile
from fastoffice.branches.service import NewBranch, create_branch
from fastoffice.clients.models import Client, ClientContact
from fastoffice.contracts.models import Contract, ContractLine, LinePrice
from fastoffice.extensions import db
from tests.benchmarks import rows
from tests.benchmarks.bench_app import bench_apps, in_app

ACTOR = audit.Actor("bench")
WRITTEN = ("invoice", "invoice_line", "journal_entry", "posting", "pay_link", "document", "notice", "delivery",
           "audit_entry")
ISSUED_AT = datetime(2026, 12, 1, 15, tzinfo=UTC)
CLOSED_AT = datetime(2026, 12, 6, 6, 1, tzinfo=UTC)
GOAL, LINEAR = 6.0, 1.2


def make_contracts(count: int) -> int:
    """A branch with `count` contracts of one line; its id."""
    def unit() -> int:
        branch = create_branch(ACTOR, NewBranch(code="BEN", name="Bench", clabe="012180001234567899"))
        db.session.flush()
        profile = db.session.scalars(sa.select(TaxProfile.id).where(TaxProfile.is_default)).first()
        made = datetime(2026, 1, 1, tzinfo=UTC)
        clients = bulk.insert_returning_ids(Client, [
            {"branch_id": branch.id, "legal_name": f"Cliente {n}, S.A. de C.V.", "name_key": f"cliente {n}",
             "trade_name": "", "tax_regime": "601", "cfdi_use": "G03", "fiscal_postal_code": "06600", "address": "",
             "language": "es", "client_group": "", "notes": "", "search_text": f"cliente {n}", "created_at": made,
             "version": 1} for n in range(count)])
        bulk.insert(ClientContact, [
            {"branch_id": branch.id, "client_id": client, "name": "Cuentas por pagar", "email": f"c{client}@x.example",
             "phone": "", "for_billing": True} for client in clients])
        contracts = bulk.insert_returning_ids(Contract, [
            {"branch_id": branch.id, "client_id": client, "code": f"C-{client}", "state": "active",
             "starts_on": date(2026, 1, 1), "channels": ["email"], "currency": "MXN", "deposit": 0,
             "meeting_minutes": 0, "notes": "", "created_at": made, "version": 1} for client in clients])
        lines = bulk.insert_returning_ids(ContractLine, [
            {"branch_id": branch.id, "contract_id": contract, "position": 1, "description": "Oficina privada 2 pers.",
             "tax_profile_id": profile, "prorate": True} for contract in contracts])
        bulk.insert(LinePrice, [
            {"branch_id": branch.id, "contract_line_id": line, "valid_from": date(2026, 1, 1), "prompt_price": 890_000,
             "list_price": 1_065_000} for line in lines])
        return branch.id

    return transaction.run(unit)


def timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(count: int) -> dict[str, float]:
    """Seconds of each step and of its floor."""
    branch_id = make_contracts(count)
    before = rows.marks(WRITTEN)
    with clock.fixed_at(ISSUED_AT):
        issue = timed(lambda: (cycle.draft_period(branch_id, "2026-12", ACTOR, ISSUED_AT),
                               cycle.issue_period(branch_id, "2026-12", ACTOR, ISSUED_AT)))
    written = rows.written_since(before, WRITTEN)
    assert len(written["invoice"]) == count
    issue_floor = rows.seconds_to_insert(written)
    del written  # what is measured next must not pay for the collector walking over these rows
    before = rows.marks(WRITTEN)
    with clock.fixed_at(CLOSED_AT):
        close = timed(lambda: cycle.close_branch(branch_id, ACTOR, CLOSED_AT))
    written = rows.written_since(before, WRITTEN)
    assert len(written["invoice"]) == count
    close_floor = rows.seconds_to_insert(written)
    assert db.session.get_one(Branch, branch_id)
    return {"issue": issue, "issue_floor": issue_floor, "close": close, "close_floor": close_floor}


def around(app: Flask, small: int, large: int) -> dict[int, dict[str, float]]:
    """Both sizes; the small one, which is over in half a second, twice before and twice after the large one, so that
    a machine whose speed changes disturbs both. The median of each figure counts."""
    found = [(count, in_app(app, functools.partial(measure, count))) for count in (small, small, large, small, small)]
    return {size: {name: statistics.median(figures[name] for count, figures in found if count == size)
                   for name in ("issue", "issue_floor", "close", "close_floor")} for size in (small, large)}


def run(quick: bool = False) -> list[dict[str, Any]]:
    """Ratios per engine and size."""
    results = []
    sizes = (200, 1_000) if quick else (1_000, 10_000)
    for engine, app in bench_apps():
        found = around(app, *sizes)
        for step, name in (("issue", "draft + issue"), ("close", "deadline")):
            for count, figures in found.items():
                ratio = figures[step] / figures[f"{step}_floor"]
                results.append({"name": f"{name}, {count} contracts, {engine}", "value": round(figures[step], 3),
                                "unit": "s", "ratio": round(ratio, 2), "goal": f"<= {GOAL}", "ok": ratio <= GOAL})
            per = [found[count][step] / count for count in sizes]
            growth = per[1] / per[0]
            results.append({"name": f"{name}, cost per contract {sizes[1]}/{sizes[0]}, {engine}",
                            "value": round(per[1] * 1000, 3), "unit": "ms", "ratio": round(growth, 2),
                            "goal": f"<= {LINEAR}", "ok": growth <= LINEAR})
    return results
