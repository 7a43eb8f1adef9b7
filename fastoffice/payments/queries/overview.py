"""What a client owes and how it can be paid now: the first page of the portal, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fastoffice import clock
from fastoffice.branches.models import Branch
from fastoffice.payments.models import PayAttempt
from fastoffice.payments.queries import online
from fastoffice.payments.queries.figures import ClientMoney, spare_of
from fastoffice.payments.queries.online import Ways
from fastoffice.payments.queries.payables import open_and_closed
from fastoffice.payments.rules.online import PRICE_ENDS, oxxo_takes

LAST_MINUTE = timedelta(minutes=1)
CLOSED = 4  # documents that are over, for the table below


@dataclass(frozen=True, slots=True)
class Owed:
    """An open document. While the prompt price holds, `deadline` is its last minute on the branch's clock and
    `later` what is to be paid after it; None otherwise. `attempt` is a payment online that is under way.
    """

    row: Any
    deadline: datetime | None
    later: int | None
    is_late: bool
    attempt: PayAttempt | None

    @property
    def balance(self) -> int:
        return int(self.row.total - self.row.paid)

    @property
    def saves(self) -> int:
        """What paying before the deadline saves."""
        return self.later - self.balance if self.later is not None else 0

    @property
    def can_be_ticked(self) -> bool:
        """Money that is on its way is not asked for twice; a transfer that is only expected makes room."""
        return self.attempt is None or self.attempt.state != "processing" or self.attempt.method not in PRICE_ENDS


@dataclass(frozen=True, slots=True)
class Overview:
    """`owed` the oldest due first, in the branch's currency and others; `closed` the latest that are over;
    `money` in the branch's currency.
    """

    owed: list[Owed]
    closed: list[Any]
    money: ClientMoney
    ways: Ways
    today: date

    @property
    def payable(self) -> list[Owed]:
        return [each for each in self.owed if each.can_be_ticked]


def overview(branch: Branch, client_id: int, now: datetime) -> Overview:
    """Everything the page says of money: four statements."""
    rows, closed = open_and_closed(client_id, CLOSED)
    attempts = online.under_way([row.id for row in rows]) if rows else {}
    today = clock.local_date(now, branch.timezone)
    owed = [_owed(row, branch, now, today, attempts.get(row.id)) for row in rows]
    return Overview(owed, closed, _money(client_id, branch.currency, rows), _ways(branch, client_id, owed, now), today)


def _money(client_id: int, currency: str, rows: Sequence[Any]) -> ClientMoney:
    """The figures of every other screen; what is open was read already."""
    owed = sum(row.total - row.paid for row in rows if row.currency == currency)
    return ClientMoney(owed, spare_of([client_id], currency).get(client_id, 0))


def _owed(row: Any, branch: Branch, now: datetime, today: date, attempt: PayAttempt | None) -> Owed:
    offered = row.stage == "prompt" and row.closes_at is not None and row.closes_at > now
    deadline = clock.local(row.closes_at, branch.timezone) - LAST_MINUTE if offered else None
    rises = offered and row.list_total > row.total
    return Owed(row, deadline, row.list_total - row.paid if rises else None,
                row.due_on is not None and row.due_on < today, attempt)


def _ways(branch: Branch, client_id: int, owed: Sequence[Owed], now: datetime) -> Ways:
    """The means for whichever documents are ticked; what can't be had for some is said when it is asked for."""
    open_now = [each for each in owed if each.can_be_ticked]
    if not open_now:
        return Ways([], [])
    fits = [each for each in open_now if oxxo_takes(each.balance, each.row.currency)]
    one = fits[0] if fits else open_now[0]
    latest = [each.row.closes_at for each in open_now if each.deadline is not None]
    promised = max(latest) if len(latest) == len(open_now) else None
    return online.ways(branch.id, client_id, one.balance, one.row.currency, promised, now)
