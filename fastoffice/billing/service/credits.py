"""Credit and its allocation to invoices, many at a time. Callers hold the clients' locks (clients.queries.lock)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from fastoffice import audit, bulk
from fastoffice.billing.models import Allocation, Credit, Invoice
from fastoffice.billing.service import ledger
from fastoffice.extensions import db


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came in. `source` ("payment:12") makes it count once; `account` is where it lies."""

    client_id: int
    source: str
    account: str
    currency: str
    value_date: date
    amount: int


@dataclass(frozen=True, slots=True)
class Part:
    """An amount of a credit for an invoice, in minor units."""

    credit_id: int
    invoice_id: int
    client_id: int
    amount: int
    value_date: date
    currency: str
    moved_from_id: int | None = None


def receive(items: Sequence[Received], *, branch_id: int, day: date, at: datetime) -> list[int]:
    """Book money as its client's credit; the credits' ids in the same order."""
    ids = bulk.insert_returning_ids(Credit, [
        {"branch_id": branch_id, "client_id": item.client_id, "source": item.source, "account": item.account,
         "currency": item.currency, "value_date": item.value_date, "amount": item.amount, "applied": 0,
         "refunded": 0, "reversed_amount": 0, "created_at": at} for item in items])
    ledger.post([
        ledger.Entry("received", ("credit", credit_id), day, item.currency, (
            ledger.Line(item.account, item.amount), ledger.Line(ledger.CREDIT, -item.amount, item.client_id)))
        for credit_id, item in zip(ids, items, strict=True)], branch_id=branch_id, at=at)
    return ids


def allocate(parts: Sequence[Part], *, branch_id: int, actor: audit.Actor, day: date, at: datetime) -> list[int]:
    """Pay invoices with credit; the allocations' ids. Constraints refuse more than either has."""
    if not parts:
        return []
    ids = bulk.insert_returning_ids(Allocation, [
        {"branch_id": branch_id, "credit_id": part.credit_id, "invoice_id": part.invoice_id, "amount": part.amount,
         "value_date": part.value_date, "created_at": at, "created_by": actor.name,
         "moved_from_id": part.moved_from_id} for part in parts])
    _add_to_credits(_sums((part.credit_id, part.amount) for part in parts))
    _add_to_invoices(_sums((part.invoice_id, part.amount) for part in parts), at)
    ledger.post([
        ledger.allocation_entry("allocation", allocation_id, part.client_id, part.invoice_id, day, part.currency,
                                part.amount)
        for allocation_id, part in zip(ids, parts, strict=True)], branch_id=branch_id, at=at)
    for allocation_id, part in zip(ids, parts, strict=True):
        audit.record(actor, "invoice.money_applied", ("invoice", part.invoice_id),
                     {"amount": part.amount, "allocation": allocation_id, "value_date": part.value_date.isoformat()},
                     branch_id=branch_id)
    return ids


def active_parts(invoice_ids: Sequence[int]) -> dict[int, list[tuple[int, Part]]]:
    """By invoice: (allocation id, part) of what pays it now, in order of value date."""
    query = sa.select(
        Allocation.id, Allocation.credit_id, Allocation.invoice_id, Credit.client_id, Allocation.amount,
        Allocation.value_date, Credit.currency,
    ).join(Credit, Credit.id == Allocation.credit_id).where(Allocation.released_at.is_(None)).order_by(
        Allocation.value_date, Allocation.id)
    found: dict[int, list[tuple[int, Part]]] = defaultdict(list)
    for row in bulk.rows_in(query, Allocation.invoice_id, invoice_ids):
        found[row.invoice_id].append((row.id, Part(*row[1:])))
    return found


def release(
    allocations: Sequence[tuple[int, Part]], reason: str, *, branch_id: int, day: date, at: datetime,
    reopened: bool = False,
) -> None:
    """Take money back from invoices into credit. `reopened` says that it never truly arrived (a reversal)."""
    if not allocations:
        return
    bulk.update_where_in(Allocation, Allocation.id, [key for key, _part in allocations],
                         released_at=at, released_reason=reason)
    _add_to_credits(_sums((part.credit_id, -part.amount) for _key, part in allocations))
    _add_to_invoices(_sums((part.invoice_id, -part.amount) for _key, part in allocations), at, reopened=reopened)
    ledger.post([
        ledger.allocation_entry("release", key, part.client_id, part.invoice_id, day, part.currency, -part.amount)
        for key, part in allocations], branch_id=branch_id, at=at)


def spare_credits(client_ids: Sequence[int]) -> dict[int, list[Credit]]:
    """Credits with something left, by client, oldest first, read anew."""
    query = sa.select(Credit).where(Credit.amount > Credit.applied + Credit.refunded).order_by(
        Credit.value_date, Credit.id).execution_options(populate_existing=True)
    found: dict[int, list[Credit]] = defaultdict(list)
    for (credit,) in bulk.rows_in(query, Credit.client_id, client_ids):
        found[credit.client_id].append(credit)
    return found


def spend(credits: Sequence[Credit], spent: dict[int, int], invoice_id: int, wanted: int) -> list[Part]:
    """Parts of the credits, in order, that give `wanted` to an invoice; `spent` remembers what earlier parts took."""
    parts = []
    for credit in credits:
        amount = min(wanted, credit.spare - spent.get(credit.id, 0))
        if amount > 0:
            parts.append(Part(credit.id, invoice_id, credit.client_id, amount, credit.value_date, credit.currency))
            spent[credit.id] = spent.get(credit.id, 0) + amount
            wanted -= amount
    return parts


def _sums(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    for key, amount in pairs:
        sums[key] += amount
    return sums


def _add_to_credits(sums: dict[int, int]) -> None:
    table = bulk.table_of(Credit)
    statement = sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(
        applied=table.c.applied + sa.bindparam("more"))
    db.session.connection().execute(statement, [{"row_id": key, "more": more} for key, more in sorted(sums.items())])
    _forget(Credit, sums)


def _add_to_invoices(sums: dict[int, int], at: datetime, *, reopened: bool = False) -> None:
    table = bulk.table_of(Invoice)
    paid = table.c.paid + sa.bindparam("more")
    full = paid >= table.c.total
    values = {
        "paid": paid, "version": table.c.version + 1,
        "status": sa.case((sa.or_(table.c.status == "cancelled", table.c.status == "written_off"), table.c.status),
                          (full, "paid"),
                          (paid > 0, "partly_paid"), else_="issued"),
        "paid_at": sa.case((full, sa.func.coalesce(table.c.paid_at, sa.bindparam("moment", at))), else_=None),
    }
    if reopened:
        values["reopened_at"] = sa.case((table.c.status == "paid", sa.literal(at, table.c.reopened_at.type)),
                                        else_=table.c.reopened_at)
    statement = sa.update(table).where(table.c.id == sa.bindparam("row_id")).values(values)
    rows = [{"row_id": key, "more": more, "moment": at} for key, more in sorted(sums.items())]
    db.session.connection().execute(statement, rows)
    _forget(Invoice, sums)


def _forget(model: type[Invoice] | type[Credit], ids: dict[int, int]) -> None:
    """What the session has loaded of these rows is old now."""
    for instance in list(db.session.identity_map.values()):
        if isinstance(instance, model) and instance.id in ids:
            db.session.expire(instance)
