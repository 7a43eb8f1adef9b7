"""A document cancelled and another issued in its place, in one unit: the deadline and its undoing share this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import audit, bulk, clock
from fastoffice.billing.models import Invoice, InvoiceLine
from fastoffice.billing.rules.amounts import Figures, TaxRates, figures, line_subtotal, sum_figures
from fastoffice.billing.service import credits, ledger, notices, pay_links, stage
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.documents import service as documents
from fastoffice.extensions import db

FIELDS = (Invoice.id, Invoice.client_id, Invoice.contract_id, Invoice.kind, Invoice.stage, Invoice.status,
          Invoice.period, Invoice.currency, Invoice.channels, Invoice.concept, Invoice.subtotal, Invoice.tax,
          Invoice.withheld, Invoice.total, Invoice.list_total, Invoice.paid, Invoice.basis, Invoice.number,
          Invoice.due_on, Invoice.closes_at, Invoice.reopened_at, Invoice.client_data, Invoice.replaces_id,
          Invoice.version)


@dataclass(frozen=True, slots=True)
class Replacing:
    """One document to be replaced. `at` is when the cancellation takes effect; `told` goes into the message too."""

    old: Any
    stage: str
    at: datetime
    issued_on: date
    due_on: date
    closes_at: datetime | None
    kind: str
    reason: str
    told: tuple[tuple[str, str], ...] = ()


def lock_rows(ids: Sequence[int]) -> list[Any]:
    """Rows of these invoices, locked in order of id, as they are now."""
    query = sa.select(*FIELDS).order_by(Invoice.id).with_for_update()
    return bulk.rows_in(query, Invoice.id, sorted(ids))


def replace(branch: Branch, items: Sequence[Replacing], notice: str, actor: audit.Actor, now: datetime) -> list[int]:
    """Cancel each old document and issue its replacement; the new ids in the same order. Raises NoSeries."""
    day = clock.local_date(now, branch.timezone)
    moving = credits.active_parts([item.old.id for item in items if item.old.paid])
    for parts in moving.values():
        credits.release(parts, "moved", branch_id=branch.id, day=day, at=now)
    _cancel(branch, items, actor, day, now)
    lines = _lines([item.old.id for item in items])
    people = stage.client_data(clients.billing_rows(sorted({item.old.client_id for item in items})))
    sums = {item.old.id: _totals(lines[item.old.id], item.stage) for item in items}
    numbers = stage.take_numbers(branch, len(items), day)
    snapshot = stage.snapshot_id(branch)
    rows = [_row(branch.id, item, sums[item.old.id], people[item.old.client_id], numbers.columns(offset), snapshot)
            for offset, item in enumerate(items)]
    new_ids = bulk.insert_returning_ids(Invoice, rows)
    bulk.insert(InvoiceLine, [
        _line(line, new_id, item.stage) for new_id, item in zip(new_ids, items, strict=True)
        for line in lines[item.old.id]])
    _post(branch.id, items, new_ids, rows, day, now)
    _move(branch, items, new_ids, rows, moving, actor, now)
    pay_links.make(branch.id, new_ids, now)
    _tell(branch, items, new_ids, rows, notice, actor)
    return new_ids


def _cancel(branch: Branch, items: Sequence[Replacing], actor: audit.Actor, day: date, now: datetime) -> None:
    table = bulk.table_of(Invoice)
    statement = sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(
        status="cancelled", live=False, cancelled_at=sa.bindparam("moment"), cancel_kind=sa.bindparam("how"),
        cancel_reason=sa.bindparam("why"), version=table.c.version + 1)
    db.session.connection().execute(statement, [
        {"row_id": item.old.id, "moment": item.at, "how": item.kind, "why": item.reason} for item in items])
    bulk.update_where_in(InvoiceLine, InvoiceLine.invoice_id, [item.old.id for item in items], live=False)
    ledger.post([
        ledger.issue_entry("cancel", item.old.id, item.old.client_id, day, item.old.currency,
                           (item.old.subtotal, item.old.tax, item.old.withheld), sign=-1) for item in items],
        branch_id=branch.id, at=now)
    for item in items:
        audit.record(actor, "invoice.cancelled", ("invoice", item.old.id),
                     {"kind": item.kind, "effective": item.at.isoformat()}, branch_id=branch.id)
    db.session.expire_all()


def _lines(invoice_ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {key: [] for key in invoice_ids}
    table = bulk.table_of(InvoiceLine)
    query = sa.select(*table.columns).order_by(table.c.invoice_id, table.c.position, table.c.id)
    for row in bulk.rows_in(query, table.c.invoice_id, invoice_ids):
        found[row.invoice_id].append(row)
    return found


def at_stage(line: Any, stage_name: str) -> Figures:
    """A line's figures at the prompt or list price."""
    if stage_name == "list":
        return Figures(line.list_subtotal, line.list_tax, line.list_withheld)
    rates = TaxRates(line.tax_name, line.vat_ppm, line.isr_withheld_ppm, line.vat_withheld_ppm)
    days = (line.days_billed, line.days_in_month) if line.days_billed else None
    return figures(line_subtotal(line.prompt_unit, line.quantity_milli, days), rates)


def _totals(lines: Sequence[Any], stage_name: str) -> Figures:
    return sum_figures(at_stage(line, stage_name) for line in lines)


def _line(line: Any, invoice_id: int, stage_name: str) -> dict[str, Any]:
    amount = at_stage(line, stage_name)
    row = {key: value for key, value in line._mapping.items() if key != "id"}
    unit = line.list_unit if stage_name == "list" else line.prompt_unit
    return {**row, "invoice_id": invoice_id, "live": True, "unit": unit, "subtotal": amount.subtotal,
            "tax": amount.tax, "withheld": amount.withheld}


def _row(branch_id: int, item: Replacing, total: Figures, client: dict[str, Any], numbered: dict[str, Any],
         snapshot: int) -> dict[str, Any]:
    old = item.old
    return {
        "branch_id": branch_id, "client_id": old.client_id, "contract_id": old.contract_id, "kind": old.kind,
        "stage": item.stage, "status": "issued", "live": True, "period": old.period, "currency": old.currency,
        "channels": old.channels, "concept": old.concept, "note": "", "basis": old.basis, "changes": [],
        "error": "", "subtotal": total.subtotal, "tax": total.tax, "withheld": total.withheld,
        "total": total.total, "list_total": old.list_total, "paid": 0, "written_off": 0, **numbered,
        "snapshot_id": snapshot, "client_data": client, "issued_at": item.at, "issued_on": item.issued_on,
        "due_on": item.due_on, "closes_at": item.closes_at, "replaces_id": old.id, "created_at": clock.now(),
        "version": 1,
    }


def _post(branch_id: int, items: Sequence[Replacing], new_ids: Sequence[int], rows: Sequence[dict[str, Any]],
          day: date, now: datetime) -> None:
    ledger.post([
        ledger.issue_entry("issue", new_id, item.old.client_id, day, item.old.currency,
                           (row["subtotal"], row["tax"], row["withheld"]))
        for new_id, item, row in zip(new_ids, items, rows, strict=True)], branch_id=branch_id, at=now)


def _move(branch: Branch, items: Sequence[Replacing], new_ids: Sequence[int], rows: Sequence[dict[str, Any]],
          moving: dict[int, list[tuple[int, credits.Part]]], actor: audit.Actor, now: datetime) -> None:
    """Money already paid goes to the new document, oldest value date first; what it doesn't take stays credit."""
    parts = []
    for new_id, item, row in zip(new_ids, items, rows, strict=True):
        room = row["total"]
        for key, part in moving.get(item.old.id, ()):
            amount = min(room, part.amount)
            if amount > 0:
                parts.append(credits.Part(part.credit_id, new_id, part.client_id, amount, part.value_date,
                                          part.currency, moved_from_id=key))
                room -= amount
    day = clock.local_date(now, branch.timezone)
    credits.allocate(parts, branch_id=branch.id, actor=actor, day=day, at=now)


def _tell(branch: Branch, items: Sequence[Replacing], new_ids: Sequence[int], rows: Sequence[dict[str, Any]],
          notice: str, actor: audit.Actor) -> None:
    files, told = [], []
    paid = _paid(new_ids)
    for new_id, item, row in zip(new_ids, items, rows, strict=True):
        files += [documents.DocumentSpec(branch.id, "invoice", new_id, "invoice", f"{row['number']}.pdf"),
                  documents.DocumentSpec(branch.id, "invoice", item.old.id, "cancellation",
                                         f"{item.old.number}-cancelada.pdf")]
        told.append((
            notices.Told(new_id, item.old.client_id, item.old.channels, row["number"], row["reference"],
                         item.old.period, item.old.currency, row["total"], row["list_total"],
                         row["total"] - paid.get(new_id, 0), item.due_on, item.closes_at, row["client_data"]),
            {**dict(item.told), "old_number": item.old.number, "reason": item.reason,
             "old_total": notices.money.display(item.old.total, item.old.currency)},
            [("invoice", new_id, "invoice"), ("invoice", item.old.id, "cancellation")]))
        audit.record(actor, "invoice.issued", ("invoice", new_id),
                     {"number": row["number"], "total": row["total"], "replaces": item.old.id,
                      "due_on": item.due_on.isoformat()}, branch_id=branch.id)
    documents.owe_documents(files)
    notices.owe(branch, notice, told, branches.document_data(branch))


def _paid(ids: Sequence[int]) -> dict[int, int]:
    query = sa.select(Invoice.id, Invoice.paid).where(Invoice.paid > 0)
    return {row.id: row.paid for row in bulk.rows_in(query, Invoice.id, ids)}
