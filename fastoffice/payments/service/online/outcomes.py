"""What the processor said of attempts becomes what we say. Whoever asked, in any order, late or twice."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fastoffice import bulk, transaction
from fastoffice.extensions import db
from fastoffice.payments.gateway import IntentState, SessionState
from fastoffice.payments.models import PayAttempt
from fastoffice.payments.rules import online as rules
from fastoffice.payments.service.online import ending, opening

log = logging.getLogger(__name__)
PROCESSING_LOOK = timedelta(hours=1)
PORTION = 50  # booked in one unit


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt stands at the processor: the state that follows, and what it follows from."""

    attempt_id: int
    state: str
    session: SessionState | None = None
    intent: IntentState | None = None
    error: str = ""

    @property
    def is_news(self) -> bool:
        """Whether there is anything to write."""
        return self.session is not None or self.intent is not None or bool(self.error)

    @property
    def brings_money(self) -> bool:
        """Whether there is money to book, unless it was."""
        return self.state == "paid" and self.intent is not None


def write(outcome: Outcome, now: datetime) -> str:
    """Write one; its state. In a unit."""
    if outcome.state == "paid" and outcome.intent is not None:
        ending.book(outcome.attempt_id, outcome.intent, now)
    elif outcome.state in ("failed", "expired"):
        ending.end(outcome.attempt_id, outcome.state, outcome.error, now)
    else:
        _go_on(outcome, now)
    return outcome.state


def write_all(outcomes: Sequence[Outcome], now: datetime) -> dict[int, str]:
    """Write many, in units of their own; money in portions, and one by one where a portion can't be booked.

    Answers what could not be written: the error by attempt. It is logged, and the others are written.
    """
    latest = {outcome.attempt_id: outcome for outcome in outcomes if outcome.is_news}
    alone = [each for each in latest.values() if not each.brings_money]
    for portion in _portions([each for each in latest.values() if each.brings_money]):
        if not _book(portion, now):
            alone += portion
    failed = {each.attempt_id: _write_alone(each, now) for each in alone}
    return {attempt_id: error for attempt_id, error in failed.items() if error}


def _portions(paid: Sequence[Outcome]) -> list[Sequence[Outcome]]:
    """Of one branch each."""
    ids = [each.attempt_id for each in paid]
    branches = dict(map(tuple, bulk.rows_in(sa.select(PayAttempt.id, PayAttempt.branch_id), PayAttempt.id, ids)))
    db.session.rollback()
    of_branch: dict[int, list[Outcome]] = defaultdict(list)
    for each in sorted(paid, key=lambda each: each.attempt_id):
        of_branch[branches[each.attempt_id]].append(each)
    return [part for group in of_branch.values() for part in bulk.slices(group, PORTION)]


def _book(portion: Sequence[Outcome], now: datetime) -> bool:
    if len(portion) == 1:
        return False
    told = {each.attempt_id: each.intent for each in portion if each.intent is not None}
    try:
        transaction.run(ending.book_many, told, now)
    except Exception:  # one of them can't be booked: each is tried alone, and that one is heard of
        log.exception("a portion of %s payments is booked one by one", len(portion))
        return False
    return True


def _write_alone(outcome: Outcome, now: datetime) -> str:
    try:
        transaction.run(write, outcome, now)
    except Exception as error:  # the others are written all the same
        log.exception("attempt %s", outcome.attempt_id)
        return type(error).__name__
    return ""


def _go_on(outcome: Outcome, now: datetime) -> None:
    attempt = ending.hold_attempt(outcome.attempt_id)
    if attempt.state not in rules.UNDER_WAY:
        return
    session, intent = outcome.session, outcome.intent
    attempt.intent_id = (session.intent_id if session else None) or (intent.id if intent else None) or attempt.intent_id
    attempt.error = intent.error if intent else ""
    attempt.session_url = (intent.shown_at if intent else "") or attempt.session_url
    if rules.may_become(attempt.state, outcome.state):
        attempt.state = outcome.state
    wait = PROCESSING_LOOK if attempt.state == "processing" and session is not None else rules.LOOK_AGAIN
    attempt.next_check_at = opening.next_look(attempt, now, wait)
