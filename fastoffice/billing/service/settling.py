"""New money finds its documents: chosen ones or the oldest first, on time or late, the surplus stays credit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import audit, bulk, clock
from fastoffice.billing.models import Invoice
from fastoffice.billing.rules.allocation import oldest_first
from fastoffice.billing.service import closing, credits, restoring
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients


@dataclass(frozen=True, slots=True)
class Money:
    """A credit just received. `wishes`: (invoice id, amount or None) chosen by whoever took it; None: oldest first."""

    credit_id: int
    client_id: int
    amount: int
    value_date: date
    currency: str
    wishes: tuple[tuple[int, int | None], ...] | None = None


def settle(branch: Branch, items: Sequence[Money], actor: audit.Actor, now: datetime) -> None:
    """Apply each credit. Clients with documents past their deadline or replaced take the careful way."""
    client_ids = sorted({item.client_id for item in items})
    clients.lock(client_ids)
    careful = {row.client_id for row in restoring.candidates(client_ids)}
    careful |= {client for part in bulk.slices(client_ids)
                for _id, client in closing.due_ids(branch.id, now, client_ids=list(part), limit=100_000)}
    plain = [item for item in items if item.client_id not in careful]
    _allocate(branch, plain, actor, now)
    for item in items:
        if item.client_id in careful:
            _settle_carefully(branch, item, actor, now)


def _settle_carefully(branch: Branch, item: Money, actor: audit.Actor, now: datetime) -> None:
    """On-time money first brings back prompt prices and spares the deadline; the rest pays what is open now."""
    wanted = successors([key for key, _amount in item.wishes or ()])
    candidates = [row for row in restoring.candidates([item.client_id])
                  if item.wishes is None or row.id in wanted.values()]
    restoring.restore_covered(branch, candidates, actor, now)
    overdue = {key for key, _client in closing.due_ids(branch.id, now, client_ids=[item.client_id], limit=1000)}
    if item.wishes is not None:
        in_time = [key for key, _amount in item.wishes if key in overdue]
        item = _less(item, _allocate(branch, [item], actor, now, only=_due_by(in_time, item.value_date)))
    closing.close_chunk(branch, now, actor, client_ids=[item.client_id], limit=1000)
    _allocate(branch, [item], actor, now)


def _less(item: Money, parts: Sequence[credits.Part]) -> Money:
    """The wishes that are left once these parts were given."""
    given = {part.invoice_id: part.amount for part in parts}
    wishes = tuple((key, amount if amount is None else amount - given.get(key, 0)) for key, amount in item.wishes or ())
    return replace(item, wishes=tuple(wish for wish in wishes if wish[1] != 0))


def _due_by(ids: Sequence[int], value_date: date) -> set[int]:
    rows = bulk.rows_in(sa.select(Invoice.id).where(Invoice.due_on >= value_date), Invoice.id, ids)
    return {row.id for row in rows}


def _allocate(branch: Branch, items: Sequence[Money], actor: audit.Actor, now: datetime,
              only: set[int] | None = None) -> list[credits.Part]:
    if not items:
        return []
    client_ids = sorted({item.client_id for item in items})
    open_rows = _open(client_ids)
    left = {credit.id: credit.spare for found in credits.spare_credits(client_ids).values() for credit in found}
    heirs = successors([key for item in items for key, _amount in item.wishes or ()])
    balances = {row.id: row.total - row.paid for rows in open_rows.values() for row in rows}
    parts: list[credits.Part] = []
    for item in items:
        targets = _targets(item, open_rows[item.client_id], heirs, balances, only)
        for invoice_id, amount in oldest_first(left.get(item.credit_id, 0), targets):
            parts.append(credits.Part(item.credit_id, invoice_id, item.client_id, amount, item.value_date,
                                      item.currency))
            balances[invoice_id] -= amount
            left[item.credit_id] -= amount
    credits.allocate(parts, branch_id=branch.id, actor=actor, day=clock.local_date(now, branch.timezone), at=now)
    return parts


def _targets(item: Money, rows: Sequence[Any], heirs: dict[int, int], balances: dict[int, int],
             only: set[int] | None) -> list[tuple[int, int]]:
    mine = {row.id for row in rows if row.currency == item.currency}
    if item.wishes is None:
        return [(row.id, balances[row.id]) for row in rows if row.id in mine]
    targets = []
    for key, amount in item.wishes:
        heir = heirs.get(key, key)
        if heir in mine and (only is None or heir in only):
            targets.append((heir, balances[heir] if amount is None else min(amount, balances[heir])))
    return targets


def _open(client_ids: Sequence[int]) -> dict[int, list[Any]]:
    query = sa.select(Invoice.id, Invoice.client_id, Invoice.total, Invoice.paid, Invoice.currency).where(
        Invoice.status.in_(("issued", "partly_paid"))).order_by(Invoice.due_on, Invoice.id)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in bulk.rows_in(query, Invoice.client_id, client_ids):
        found[row.client_id].append(row)
    return found


def successors(ids: Sequence[int]) -> dict[int, int]:
    """The living document that each of these became, following replacements; itself when it was not replaced."""
    heirs = {key: key for key in ids}
    frontier = set(ids)
    while frontier:
        query = sa.select(Invoice.replaces_id, Invoice.id).where(Invoice.replaces_id.is_not(None))
        steps = {row.replaces_id: row.id for row in bulk.rows_in(query, Invoice.replaces_id, sorted(frontier))}
        heirs = {key: steps.get(heir, heir) for key, heir in heirs.items()}
        frontier = set(steps.values())
    return heirs
