"""What billing owes the clock: asked every minute, answered from the database.

Each unit is small and idempotent: run twice, late, in parallel or killed at any line, the result is the same.
"""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.billing.models import DutyDone, Invoice, LedgerCheck
from fastoffice.billing.rules.periods import following, period_of
from fastoffice.billing.service import closing, reminders, runs
from fastoffice.branches import queries as branches
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.units import Unit

LAST_AUTOMATIC_DAY = 5  # product rules, "The monthly cycle", 2: automatic at an hour of day 1 to 5


def due_units(now: datetime) -> list[Unit]:
    """Everything due at `now`, branch by branch, in the order it has to happen."""
    units: list[Unit] = []
    for branch in branches.branches_by_id():
        units += _of_branch(branch, now)
    return units + [Unit("fastoffice.billing.jobs.issue_run", (run_id,)) for run_id in runs.unfinished()]


def _of_branch(branch: Branch, now: datetime) -> list[Unit]:
    today = clock.local_date(now, branch.timezone)
    units = [Unit("fastoffice.billing.jobs.draft_branch", (branch.id, period), branch.id)
             for period in _missing(branch, "draft", today, now)]
    if not units and _first_period(branch, now) <= period_of(today) and not _done(branch, "draft_late", today):
        units.append(Unit("fastoffice.billing.jobs.draft_late", (branch.id, today.isoformat()), branch.id))
    units += _automatic_issue(branch, today, now)
    if closing.due_ids(branch.id, now, limit=1):
        units.append(Unit("fastoffice.billing.jobs.close_branch", (branch.id,), branch.id))
    if reminders.is_due(branch, now):
        units.append(Unit("fastoffice.billing.jobs.remind_branch", (branch.id,), branch.id))
    if not _checked_today(branch, today):
        units.append(Unit("fastoffice.billing.jobs.verify_branch", (branch.id,), branch.id))
    return units


def _automatic_issue(branch: Branch, today: date, now: datetime) -> list[Unit]:
    """Months that the policy is to issue. Those that went by while people issued are theirs for good: a policy
    that is turned on later does not issue what they left.
    """
    policy = branch.policy
    if policy.auto_issue_at is None:
        last = today if today.day > LAST_AUTOMATIC_DAY else _month_before(today)
        return [Unit("fastoffice.billing.jobs.leave_issue_to_people", (branch.id, period), branch.id)
                for period in _missing(branch, "issue", last, now)]
    moment = clock.at_local(today.replace(day=policy.auto_issue_day), policy.auto_issue_at, branch.timezone)
    last = today if moment <= now else _month_before(today)
    return [Unit("fastoffice.billing.jobs.issue_branch", (branch.id, period), branch.id)
            for period in _missing(branch, "issue", last, now)]


def _month_before(day: date) -> date:
    return day.replace(day=1) - date.resolution


def _missing(branch: Branch, duty: str, last_day: date, now: datetime) -> list[str]:
    """Periods up to that of `last_day` whose duty was not done, from the branch's first, a year back at most."""
    done = set(db.session.scalars(
        sa.select(DutyDone.key).where(DutyDone.branch_id == branch.id, DutyDone.duty == duty)))
    last = period_of(last_day)
    period = max(_first_period(branch, now), period_of(date(last_day.year - 1, last_day.month, 1)))
    periods = []
    while period <= last:
        if period not in done:
            periods.append(period)
        period = following(period)
    return periods


def _first_period(branch: Branch, now: datetime) -> str:
    """The first month that bills itself: one already billed, or the first whose day 1 the branch has seen.

    A branch set up in the middle of a month was billed for it elsewhere; by hand it still can be.
    """
    billed = db.session.scalar(
        sa.select(sa.func.min(Invoice.period)).where(Invoice.branch_id == branch.id, Invoice.kind == "recurring"))
    if branch.created_at > now:
        return billed or period_of(clock.local_date(now, branch.timezone))
    opened = clock.local_date(branch.created_at, branch.timezone)
    own = period_of(opened) if opened.day == 1 else following(period_of(opened))
    return min(billed or own, own)


def _done(branch: Branch, duty: str, day: date) -> bool:
    query = sa.select(DutyDone.id).where(
        DutyDone.branch_id == branch.id, DutyDone.duty == duty, DutyDone.key == day.isoformat())
    return db.session.scalar(query) is not None


def _checked_today(branch: Branch, today: date) -> bool:
    start = clock.start_of_day(today, branch.timezone)
    query = sa.select(LedgerCheck.id).where(LedgerCheck.branch_id == branch.id, LedgerCheck.checked_at >= start)
    return db.session.scalar(query.limit(1)) is not None
