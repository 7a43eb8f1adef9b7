"""Recording money, many payments at once; one is a run of one.

Order of locks: clients (by id), the payments' own rows by their unique key, invoices (by id), series, audit.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from fastoffice import audit, bulk, clock, money
from fastoffice.billing.models import Invoice
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.payments import errors, rules
from fastoffice.payments.models import Payment
from fastoffice.payments.rules import PaymentSpec
from fastoffice.payments.service import booking, cheques
from fastoffice.upsert import insert_unless_there

SAME = ("client_id", "method", "amount", "currency", "value_date")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one payment. `restored` and `replaced` are numbers of the documents made on the way."""

    payment_id: int
    is_new: bool
    restored: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()


def record_payment(branch: Branch, spec: PaymentSpec, actor: audit.Actor, now: datetime) -> Outcome:
    """Record one payment and say what it did. Raises what `record_payments` raises."""
    clients.lock([spec.client_id])
    before = db.session.scalar(sa.select(sa.func.max(Invoice.id)).where(Invoice.client_id == spec.client_id)) or 0
    ids, new = _record(branch, [spec], actor, now)
    query = sa.select(Invoice.stage, Invoice.number).where(
        Invoice.client_id == spec.client_id, Invoice.id > before, Invoice.replaces_id.is_not(None)).order_by(Invoice.id)
    made = db.session.execute(query).all()
    return Outcome(ids[0], ids[0] in new, tuple(row.number for row in made if row.stage == "prompt"),
                   tuple(row.number for row in made if row.stage == "list"))


def record_payments(branch: Branch, specs: Sequence[PaymentSpec], actor: audit.Actor, now: datetime) -> list[int]:
    """Record payments and let them pay; the payments' ids in the same order.

    A cheque counts when it clears; until then it holds what it would pay. A request key that was used before
    answers with its first payment. Raises a Refusal (payments.errors) naming the field of the first that is
    wrong, SentBefore when a key comes again with other values; nothing is written then.
    """
    return _record(branch, specs, actor, now)[0]


def _record(branch: Branch, specs: Sequence[PaymentSpec], actor: audit.Actor, now: datetime) -> tuple[
        list[int], set[int]]:
    today = clock.local_date(now, branch.timezone)
    specs = [rules.cleaned(spec) for spec in specs]
    for spec in specs:
        rules.check(spec, today)
    keyed = [spec if spec.request_key else replace(spec, request_key=secrets.token_hex(16)) for spec in specs]
    _check_people(branch.id, keyed)
    clients.lock([spec.client_id for spec in keyed])
    _check_wishes(branch.id, keyed)
    ids, new = _insert(branch, keyed, actor, now)
    fresh: dict[int, PaymentSpec] = {}
    for spec in keyed:
        if ids[str(spec.request_key)] in new:
            fresh.setdefault(ids[str(spec.request_key)], spec)
    booking.count(branch, [(key, spec) for key, spec in fresh.items() if spec.method != "cheque"], actor, now)
    for key, spec in fresh.items():
        if spec.method == "cheque":
            cheques.hold(branch, key, spec, actor, now)
    return [ids[str(spec.request_key)] for spec in keyed], new


def _check_people(branch_id: int, specs: Sequence[PaymentSpec]) -> None:
    wanted = sorted({spec.client_id for spec in specs})
    query = sa.select(Client.id).where(Client.branch_id == branch_id)
    if len(bulk.rows_in(query, Client.id, wanted)) != len(wanted):
        raise errors.NotOurClient


def _check_wishes(branch_id: int, specs: Sequence[PaymentSpec]) -> None:
    """Chosen documents are this client's and were issued; what became of them since is billing's to say."""
    ids = sorted({key for spec in specs for key, _part in spec.wishes or ()})
    query = sa.select(Invoice.id, Invoice.client_id).where(Invoice.branch_id == branch_id, Invoice.status != "draft")
    owners = {row.id: row.client_id for row in bulk.rows_in(query, Invoice.id, ids)}
    for spec in specs:
        if any(owners.get(key) != spec.client_id for key, _part in spec.wishes or ()):
            raise errors.NotTheirInvoice


def _insert(branch: Branch, specs: Sequence[PaymentSpec], actor: audit.Actor, now: datetime) -> tuple[
        dict[str, int], set[int]]:
    """(ids by request key, those that are new). The unique constraint decides who was first."""
    table = cast(sa.Table, Payment.__table__)
    first: dict[str, PaymentSpec] = {}
    for spec in specs:
        _same(first.setdefault(str(spec.request_key), spec), spec)
    statement = insert_unless_there(table).returning(table.c.id, table.c.request_key)
    rows = [_row(branch.id, spec, actor, now) for spec in first.values()]
    found = {row.request_key: row.id for row in db.session.execute(statement, rows)} if rows else {}
    missing, known = [key for key in first if key not in found], set()
    for row in bulk.rows_in(sa.select(table).where(table.c.branch_id == branch.id), table.c.request_key, missing):  # type: ignore[arg-type]
        _same(row, first[row.request_key])
        found[row.request_key] = row.id
        known.add(row.id)
    return found, set(found.values()) - known


def _same(first: Any, second: PaymentSpec) -> None:
    """A form that comes again must say the same. Raises SentBefore."""
    if any(getattr(first, name) != getattr(second, name) for name in SAME):
        raise errors.SentBefore(money.display(first.amount, first.currency))


def _row(branch_id: int, spec: PaymentSpec, actor: audit.Actor, now: datetime) -> dict[str, Any]:
    return {
        "branch_id": branch_id, "client_id": spec.client_id, "method": spec.method, "state": "pending",
        "cheque_state": "received" if spec.method == "cheque" else None, "amount": spec.amount,
        "currency": spec.currency, "value_date": spec.value_date, "reference": spec.reference,
        "note": spec.note, "taken_by": (spec.taken_by or actor.name)[:120], "recorded_at": now,
        "request_key": spec.request_key, "version": 1,
        "wishes": None if spec.wishes is None else [list(wish) for wish in spec.wishes],
    }
