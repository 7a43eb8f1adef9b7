"""Hours that a contract includes: what grew counts at once, what shrank from the next month on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from fastoffice import audit, bulk
from fastoffice.contracts.models import Contract
from fastoffice.extensions import db

Follower = Callable[[Sequence[int], audit.Actor], None]
_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Let whoever keeps the hours' ledger hear of plans that changed, in the same unit; again without harm."""
    if follower not in _followers:
        _followers.append(follower)


def change_plans(minutes: Mapping[int, int], today: date, actor: audit.Actor) -> None:
    """Make the plans of contracts (id: minutes a month) these; the caller holds the contracts. `today` is the
    branch's.

    The most that a plan gave in the month of its last change is kept: that month goes by it to its end.
    """
    month = f"{today:%Y-%m}"
    db.session.flush()
    query = sa.select(Contract.id, Contract.meeting_minutes, Contract.plan_month, Contract.plan_most)
    changed = []
    for row in bulk.rows_in(query, Contract.id, sorted(minutes)):
        if row.meeting_minutes != minutes[row.id]:
            before = max(row.meeting_minutes, row.plan_most or 0) if row.plan_month == month else row.meeting_minutes
            changed.append({"id": row.id, "meeting_minutes": minutes[row.id], "plan_month": month,
                            "plan_most": max(before, minutes[row.id])})
    bulk.update(Contract, changed)
    if changed:
        for follower in _followers:
            follower([each["id"] for each in changed], actor)
