"""How the house is: does everything answer, does anything wait too long, when were the safeguards last seen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from redis.exceptions import RedisError

from fastoffice import clock
from fastoffice.billing.models import Invoice
from fastoffice.billing.queries import day as billing_day
from fastoffice.billing.service import closing
from fastoffice.bookings import duties as bookings_duties
from fastoffice.branches import queries as branches
from fastoffice.documents import queries as documents
from fastoffice.extensions import db, rq
from fastoffice.guests import duties as guests_duties
from fastoffice.identity import devices
from fastoffice.mailroom import duties as mailroom_duties
from fastoffice.notifications import queries as notifications
from fastoffice.payments.queries import attempts
from fastoffice.processes import pulse
from fastoffice.visitors import duties as visitors_duties

log = logging.getLogger(__name__)
TICK_LATE = timedelta(minutes=3)
DUE_LATE = timedelta(minutes=15)
BACKUP_LATE = timedelta(days=2)
CHECK_LATE = timedelta(days=2)
DEVICE_LATE = timedelta(days=1)
COMPARE_LATE = timedelta(days=2)
OK, WARN, BAD = "ok", "warn", "bad"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was looked at: `state` ok, warn (look at it today) or bad (now); `at` its moment if any.

    `essential` facts decide whether the installation counts as healthy for whoever watches from outside.
    """

    name: str
    label: str
    state: str
    value: str = ""
    at: datetime | None = None
    essential: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "state": self.state, "value": self.value,
                "at": self.at.isoformat() if self.at else None}


def is_database_there() -> bool:
    """Whether the database answers and has our tables."""
    try:
        db.session.execute(sa.text("SELECT name FROM pulse LIMIT 1"))
    except sa.exc.SQLAlchemyError as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        db.session.rollback()
        return False
    return True


def is_queue_there() -> bool:
    """Whether Redis answers."""
    try:
        return bool(rq.get_queue().connection.ping())
    except (RedisError, OSError) as error:
        log.warning("the queue does not answer: %s", type(error).__name__)
        return False


def is_healthy() -> bool:
    """Database, queue and ticker: what a load balancer or `make run` waits for."""
    return is_database_there() and is_queue_there() and _tick(clock.now()).state == OK


def facts() -> list[Fact]:
    """Everything staff can see, the most urgent kinds first."""
    now = clock.now()
    if not is_database_there():
        return [Fact("database", _("Database"), BAD, _("does not answer"), essential=True)]
    found = [Fact("database", _("Database"), OK, _("answers"), essential=True), _queue(), _tick(now)]
    looks: tuple[Callable[[datetime], Fact], ...] = (
        _oldest_due, _unsent, _backup, _backup_verified, _ledger)
    return found + [look(now) for look in looks] + _online(now) + _devices(now)


def overall(found: list[Fact]) -> str:
    """The worst state among the facts."""
    states = {fact.state for fact in found}
    return next(state for state in (BAD, WARN, OK) if state in states)


def _queue() -> Fact:
    there = is_queue_there()
    return Fact("queue", _("Queue"), OK if there else BAD, _("answers") if there else _("does not answer"),
                essential=True)


def _aged(name: str, label: str, at: datetime | None, late: timedelta, state: str, now: datetime) -> Fact:
    """Something that should have happened within `late`; `state` when it did not."""
    good = at is not None and now - at <= late
    return Fact(name, label, OK if good else state, "" if at else _("never"), at)


def _tick(now: datetime) -> Fact:
    return _aged("last_tick", _("Last look at what is due"), pulse.last("tick"), TICK_LATE, BAD, now)


def _oldest_due(now: datetime) -> Fact:
    """The oldest thing that should have been done: a deadline, a document, a mail; in the lobby a visitor whom nobody
    answered, a room that nobody came to, clients to be told of their mail, a guest's hold or money to be settled.
    """
    moments = [moment for moment in (
        _oldest_deadline(now), documents.oldest_unfinished(), notifications.oldest_waiting_mail(),
        *(duties.oldest_due(now) for duties in (visitors_duties, bookings_duties, mailroom_duties, guests_duties)))
        if moment is not None]
    oldest = min(moments, default=None)
    late = oldest is not None and now - oldest > DUE_LATE
    value = "" if oldest else _("nothing waits")
    return Fact("oldest_due", _("Oldest work waiting"), BAD if late else OK, value, oldest)


def _oldest_deadline(now: datetime) -> datetime | None:
    closing_now = [key for branch in branches.branches_by_id() for key in closing.due_ids(branch.id, now, limit=1)]
    if not closing_now:
        return None
    return db.session.scalar(sa.select(sa.func.min(Invoice.closes_at)).where(Invoice.id.in_(closing_now)))


def _unsent(_now: datetime) -> Fact:
    count = notifications.waiting_mails()
    return Fact("unsent_mail", _("Mails on their way"), OK, str(count))


def _online(now: datetime) -> list[Fact]:
    """Whether what the card processor tells is read, and its books are compared with ours."""
    is_used, compared = attempts.oldest_comparison()
    if not is_used:
        return []
    oldest = attempts.oldest_unread_event()
    late = oldest is not None and now - oldest > DUE_LATE
    return [Fact("oldest_event", _("Oldest event of Stripe that nobody has read"), BAD if late else OK,
                 "" if oldest else _("nothing waits"), oldest),
            _aged("online_compared", _("Last comparison with Stripe"), compared, COMPARE_LATE, WARN, now)]


def _devices(now: datetime) -> list[Fact]:
    """Whether tablets and door panels are there; nothing where none is paired."""
    count, lost = devices.unseen_since(now - DEVICE_LATE)
    if not count:
        return []
    label = _("Tablets and door panels")
    if lost is None:
        return [Fact("devices", label, OK, _("all were seen today"))]
    return [Fact("devices", label, WARN, _("not seen: %(name)s", name=f"{lost.name} ({lost.branch.code})"),
                 lost.last_seen_at or lost.paired_at)]


def _backup(now: datetime) -> Fact:
    return _aged("last_backup", _("Last backup"), pulse.last("backup"), BACKUP_LATE, WARN, now)


def _backup_verified(now: datetime) -> Fact:
    return _aged("last_backup_verified", _("Last backup that was opened and checked"), pulse.last("backup_verified"),
                 timedelta(days=31), WARN, now)


def _ledger(now: datetime) -> Fact:
    """The oldest of the branches' latest checks, and whether one of them found a fault."""
    label, checks = _("Last check of the books"), []
    for branch in branches.branches_by_id():
        check = billing_day.last_check(branch.id)
        if check is None:
            return Fact("ledger_verified", label, WARN, _("never"))
        checks.append(check)
    faults = sum(len(check.faults) for check in checks)
    oldest = min((check.checked_at for check in checks), default=None)
    if faults:
        return Fact("ledger_verified", label, BAD, _("faults: %(count)s", count=faults), oldest)
    return _aged("ledger_verified", label, oldest, CHECK_LATE, WARN, now) if checks else Fact(
        "ledger_verified", label, OK, _("nothing to check yet"))
