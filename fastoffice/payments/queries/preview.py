"""What a payment would do before it is recorded: for the live preview, with the rules that will decide it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastoffice import clock
from fastoffice.billing.rules.allocation import on_time_sum
from fastoffice.billing.service import credits, restoring
from fastoffice.branches.models import Branch
from fastoffice.payments import rules
from fastoffice.payments.queries import payables
from fastoffice.payments.rules import Payable, Plan, Wishes

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Second:
    """A document at list price whose prompt price would still come back: until which value date, at what total.

    `missing`: what has not arrived in time of the prompt total, minor units.
    """

    id: int
    last_day: date
    prompt_total: int
    missing: int
    currency: str


def second_chances(branch: Branch, client_id: int) -> dict[int, Second]:
    """By open or paid document at list price: what late-known money would do to it."""
    rows = restoring.candidates([client_id])
    spare = credits.spare_credits([client_id]).get(client_id, []) if rows else []
    parts = credits.active_parts([row.id for row in rows])
    found = {}
    for row in rows:
        last = clock.local_date(row.ended_at - MOMENT, branch.timezone)
        sums = [(part.amount, part.value_date) for _key, part in parts.get(row.id, [])]
        sums += [(credit.spare, credit.value_date) for credit in spare if credit.currency == row.currency]
        found[row.id] = Second(row.id, last, row.prompt_total, row.prompt_total - on_time_sum(sums, last), row.currency)
    return found


@dataclass(frozen=True, slots=True)
class Preview:
    """`plan` by rules.plan; `restored` are documents whose prompt price comes back with this payment."""

    plan: Plan
    restored: tuple[Second, ...]
    rows: dict[int, Any]


def preview(branch: Branch, client_id: int, amount: int, currency: str, value_date: date,
            wishes: Wishes | None) -> Preview:
    """What a payment typed like this would pay. Raises what `rules.plan` raises."""
    rows = {row.id: row for row in payables.open_rows([client_id]).get(client_id, [])}
    back = _restored(second_chances(branch, client_id), amount, currency, value_date, wishes)
    found = [
        Payable(row.id, row.number, max(back[row.id].missing, 0) if row.id in back else row.total - row.paid,
                row.currency)
        for row in rows.values()]
    return Preview(rules.plan(amount, currency, found, wishes), tuple(back.values()), rows)


def _restored(chances: dict[int, Second], amount: int, currency: str, value_date: date,
              wishes: Wishes | None) -> dict[int, Second]:
    wanted = None if wishes is None else {key for key, _part in wishes}
    back = {}
    for key, second in chances.items():
        fits = second.currency == currency and value_date <= second.last_day and second.missing <= amount
        if fits and (wanted is None or key in wanted):
            back[key] = second
            amount -= max(second.missing, 0)
    return back
