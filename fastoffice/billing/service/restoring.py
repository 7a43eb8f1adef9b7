"""Money that was on time but known late: the prompt price comes back (product rules, "The monthly cycle", 6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import aliased

from fastoffice import audit, bulk, clock, locale, money
from fastoffice.billing.models import Invoice
from fastoffice.billing.rules import allocation
from fastoffice.billing.service import credits, replacing
from fastoffice.branches.models import Branch

MOMENT = timedelta(microseconds=1)


def candidates(client_ids: Sequence[int]) -> list[Any]:
    """Live replacements made by the deadline: (id, client_id, original's id, total, end of window, ...)."""
    original = aliased(Invoice)
    query = sa.select(
        Invoice.id, Invoice.client_id, original.id.label("original_id"), original.total.label("prompt_total"),
        original.cancelled_at.label("ended_at"), original.due_on.label("prompt_due_on"),
        original.closes_at.label("prompt_closes_at"), Invoice.currency,
    ).join(original, original.id == Invoice.replaces_id).where(
        Invoice.stage == "list", Invoice.live, Invoice.status.in_(("issued", "partly_paid", "paid")),
        original.cancel_kind == "deadline").order_by(Invoice.id)
    return bulk.rows_in(query, Invoice.client_id, client_ids)


def restore_covered(branch: Branch, rows: Sequence[Any], actor: audit.Actor, now: datetime) -> list[int]:
    """Of the candidates, bring back those whose prompt total on-time money covers; the new documents' ids.

    Callers hold the clients' locks. Money that came late goes back to credit.
    """
    restored = []
    for row in rows:
        last_day = clock.local_date(row.ended_at - MOMENT, branch.timezone)
        spare = [credit for credit in credits.spare_credits([row.client_id]).get(row.client_id, [])
                 if credit.value_date <= last_day and credit.currency == row.currency]
        on_it = [part for _key, part in credits.active_parts([row.id]).get(row.id, [])]
        sums = [(part.amount, part.value_date) for part in on_it] + [(each.spare, each.value_date) for each in spare]
        if allocation.on_time_sum(sums, last_day) >= row.prompt_total:
            restored.append(_restore(branch, row, spare, last_day, actor, now))
    return restored


def _told(row: Any, spare: Sequence[Any], last_day: Any, language: str) -> tuple[tuple[str, str], ...]:
    """The money that arrived in time, as the apology names it: how much of it, and the day the last of it came."""
    parts = [part for _key, part in credits.active_parts([row.id]).get(row.id, []) if part.value_date <= last_day]
    sums = [(part.amount, part.value_date) for part in parts] + [(each.spare, each.value_date) for each in spare]
    amount = min(sum(each for each, _day in sums), row.prompt_total)
    return (("payment_amount", money.display(amount, row.currency)),
            ("payment_date", locale.date_long(max(day for _amount, day in sums), language)))


def _restore(branch: Branch, row: Any, spare: Sequence[Any], last_day: Any, actor: audit.Actor,
             now: datetime) -> int:
    current = replacing.lock_rows([row.id])[0]
    day = clock.local_date(now, branch.timezone)
    late = [(key, part) for key, part in credits.active_parts([row.id]).get(row.id, [])
            if part.value_date > last_day]
    credits.release(late, "late", branch_id=branch.id, day=day, at=now)
    current = replacing.lock_rows([row.id])[0] if late else current
    language = current.client_data.get("language") or branch.language
    with force_locale(language):
        reason = _("The payment arrived in time and was recorded later: the prompt price holds.")
    item = replacing.Replacing(current, "prompt", now, day, row.prompt_due_on, row.prompt_closes_at, "restored",
                               reason, _told(row, spare, last_day, language))
    new_id = replacing.replace(branch, [item], "invoice_restored", actor, now)[0]
    fresh = replacing.lock_rows([new_id])[0]
    parts = credits.spend(spare, {}, new_id, fresh.total - fresh.paid)
    credits.allocate(parts, branch_id=branch.id, actor=actor, day=day, at=now)
    return new_id
