"""Background units: they take ids, read again, and say once that they were done."""

from __future__ import annotations

from datetime import datetime

from fastoffice import audit, bulk, clock, transaction
from fastoffice.billing.models import DutyDone
from fastoffice.billing.service import activity, cycle, runs
from fastoffice.billing.service.verifying import check_and_keep
from fastoffice.extensions import db
from fastoffice.upsert import insert_unless_there

SYSTEM = audit.Actor.system()


def draft_branch(branch_id: int, period: str) -> None:
    """Drafts of a month, then the mark that the month was drafted."""
    cycle.draft_period(branch_id, period, SYSTEM, clock.now())
    transaction.run(_mark, branch_id, "draft", period)


def draft_late(branch_id: int, day: str) -> None:
    """Once a day: drafts of contracts that came into the month after its drafts were made."""
    cycle.draft_period(branch_id, day[:7], SYSTEM, clock.now())
    transaction.run(_mark, branch_id, "draft_late", day)


def issue_branch(branch_id: int, period: str) -> None:
    """Automatic issue of a month's drafts."""
    cycle.draft_period(branch_id, period, SYSTEM, clock.now())
    cycle.issue_period(branch_id, period, SYSTEM, clock.now())
    transaction.run(_mark, branch_id, "issue", period)


def leave_issue_to_people(branch_id: int, period: str) -> None:
    """The policy did not ask for this month: whoever turns it on later begins with the next."""
    transaction.run(_mark, branch_id, "issue", period)


def note_activity(invoice_id: int, kind: str, via: str, at: str) -> None:
    """A client opened or downloaded a document."""
    transaction.run(activity.note, invoice_id, kind, via, datetime.fromisoformat(at))


def _mark(branch_id: int, duty: str, key: str) -> None:
    row = {"branch_id": branch_id, "duty": duty, "key": key, "done_at": clock.now()}
    db.session.execute(insert_unless_there(bulk.table_of(DutyDone)), [row])


def close_branch(branch_id: int) -> None:
    """The deadline."""
    cycle.close_branch(branch_id, SYSTEM, clock.now())


def remind_branch(branch_id: int) -> None:
    """Reminders of the latest reminder day."""
    cycle.remind_branch(branch_id, SYSTEM, clock.now())


def issue_run(run_id: int) -> None:
    """What somebody asked to be issued."""
    runs.carry_out(run_id, clock.now())


def verify_branch(branch_id: int) -> None:
    """The daily check of the books."""
    transaction.run(check_and_keep, branch_id, clock.now())
