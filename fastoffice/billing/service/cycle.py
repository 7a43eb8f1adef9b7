"""The steps of a branch's month, each in bounded units of work: what screens, commands and the ticker call."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from fastoffice import audit, transaction
from fastoffice.billing.rules import periods
from fastoffice.billing.service import closing, drafting, issuing, reminders
from fastoffice.branches.models import Branch
from fastoffice.contracts import queries as contracts
from fastoffice.extensions import db

log = logging.getLogger(__name__)


def draft_period(branch_id: int, period: str, actor: audit.Actor, now: datetime) -> drafting.DraftResult:
    """Draft every contract of the period that has no document yet, chunk by chunk."""
    total = drafting.DraftResult()
    after_id: int | None = 0
    while after_id is not None:
        result = _draft_chunk(branch_id, period, actor, now, after_id)
        total.add(result)
        after_id = result.last_id
    return total


def _draft_chunk(branch_id: int, period: str, actor: audit.Actor, now: datetime, after_id: int) -> drafting.DraftResult:
    try:
        return transaction.run(_draft, branch_id, period, actor, now, after_id, drafting.CHUNK)
    except IntegrityError:
        log.warning("a chunk of drafts of branch %s was refused; going one by one", branch_id, exc_info=True)
        return _one_by_one(branch_id, period, actor, now, after_id)


def _one_by_one(branch_id: int, period: str, actor: audit.Actor, now: datetime, after_id: int) -> drafting.DraftResult:
    """A chunk that the database refused, contract by contract: the bad one is named, the others go on."""
    total = drafting.DraftResult()
    for contract_id in transaction.run(_ids, branch_id, period, after_id):
        try:
            total.add(transaction.run(_draft, branch_id, period, actor, now, contract_id - 1, 1))
        except IntegrityError as error:
            log.exception("contract %s could not be drafted for %s", contract_id, period)
            total.errors.append((contract_id, type(error).__name__))
        total.last_id = contract_id
    return total


def _ids(branch_id: int, period: str, after_id: int) -> list[int]:
    return contracts.in_force(branch_id, periods.first_day(period), periods.last_day(period), after_id=after_id,
                              limit=drafting.CHUNK)


def _draft(branch_id: int, period: str, actor: audit.Actor, now: datetime, after_id: int,
           limit: int) -> drafting.DraftResult:
    branch = db.session.get_one(Branch, branch_id)
    return drafting.draft_chunk(branch, period, actor, now, after_id=after_id, limit=limit)


def issue_period(branch_id: int, period: str, actor: audit.Actor, now: datetime) -> issuing.IssueResult:
    """Issue every draft of the period that can be issued, chunk by chunk."""
    total = issuing.IssueResult()
    after_id = 0
    while ids := transaction.run(issuing.draft_ids, branch_id, period, after_id=after_id):
        total.add(transaction.run(_issue, branch_id, ids, actor, now))
        after_id = ids[-1]
    return total


def _issue(branch_id: int, ids: list[int], actor: audit.Actor, now: datetime) -> issuing.IssueResult:
    branch = db.session.get_one(Branch, branch_id)
    return issuing.issue_invoices(branch, [(key, None) for key in ids], actor, now)


def close_branch(branch_id: int, actor: audit.Actor, now: datetime, period: str | None = None) -> closing.CloseResult:
    """Cancel and replace everything whose window is over at `now`, chunk by chunk."""
    total = closing.CloseResult()
    after: closing.Place | None = None
    while True:
        result = transaction.run(_close, branch_id, now, actor, period, after)
        total.add(result)
        after = result.last
        if after is None:
            return total


def _close(branch_id: int, now: datetime, actor: audit.Actor, period: str | None,
           after: closing.Place | None) -> closing.CloseResult:
    branch = db.session.get_one(Branch, branch_id)
    return closing.close_chunk(branch, now, actor, period=period, after=after)


def remind_branch(branch_id: int, actor: audit.Actor, now: datetime) -> int:
    """Owe every reminder whose hour has come; how many."""
    total = 0
    while owed := transaction.run(_remind, branch_id, now, actor):
        total += owed
    return total


def _remind(branch_id: int, now: datetime, actor: audit.Actor) -> int:
    return reminders.owe_reminders(db.session.get_one(Branch, branch_id), now, actor)
