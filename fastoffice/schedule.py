"""Every recurring duty in one readable list, and the tick that asks each what is due.

The database is the clock and the truth: a duty looks there and answers with small idempotent units. The
ticker hands them to the queue; `flask tick` carries them out itself. After any downtime one tick catches up.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from redis.exceptions import RedisError

from fastoffice import clock, work_queue
from fastoffice.extensions import db, rq
from fastoffice.processes import pulse
from fastoffice.units import Unit

log = logging.getLogger(__name__)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
PASSES = 12  # one step can make the next due: draft, issue, close; the bound ends a duty that never rests
WAITING = "fastoffice:waiting:"
WAITING_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that comes round. `due` is "module.function", called with the moment, answering units;
    or, when `units` are given, those. `every` is how often it is asked. One that is `essential` is carried
    out by the ticker itself while the queue is away; the others wait for the queue.
    """

    name: str
    due: str = ""
    units: tuple[Unit, ...] = ()
    every: timedelta = MINUTE
    essential: bool = False


DUTIES: tuple[Duty, ...] = (
    # events of the card processor, pages that end with their price (before the deadline asks), the nightly comparison
    Duty("online payments", due="fastoffice.payments.duties.due_units"),
    # drafts on day 1, automatic issue, reminders, the deadline, holds that end, runs, the daily check of the books
    Duty("billing", due="fastoffice.billing.duties.due_units", essential=True),
    # visitors whom nobody answered for two minutes, visits that closing time ends; what is personal and old
    Duty("visitors", due="fastoffice.visitors.duties.due_units", essential=True),
    Duty("visitors' data", due="fastoffice.visitors.duties.daily_units", every=DAY),
    # what arrived and its clients do not know yet, reminders; a month's storage, old photos
    Duty("mail room", due="fastoffice.mailroom.duties.due_units"),
    Duty("mail room's days", due="fastoffice.mailroom.duties.daily_units", every=DAY),
    # guests' holds that ran out or were paid, before their rooms are given to others; paid bookings that were cancelled
    Duty("guests", due="fastoffice.guests.duties.due_units"),
    # rooms that nobody came to, holds and offers that ran out, charges of bookings; the end of a month's hours
    Duty("bookings", due="fastoffice.bookings.duties.due_units"),
    Duty("bookings' months", due="fastoffice.bookings.duties.daily_units", every=DAY),
    # PDFs that are owed
    Duty("documents", units=(Unit("fastoffice.documents.jobs.render_due", queue="slow", seconds=3600),)),
    # messages that are owed, first attempts and later ones
    Duty("outbox", units=(Unit("fastoffice.notifications.jobs.send_due", seconds=1800),)),
    # what has expired by itself and only takes room
    Duty("housekeeping", units=(Unit("fastoffice.housekeeping.daily"),), every=DAY),
)


@dataclass(slots=True)
class TickResult:
    """What one tick did: `units` with name, branch (code or None), ok; `errors` with their log reference."""

    at: datetime
    units: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def note(self, unit: Unit, how: str, fault: dict[str, Any] | None) -> None:
        self.units.append({"name": unit.job.removeprefix("fastoffice."), "args": list(unit.args),
                           "branch_id": unit.branch_id, "how": how, "ok": fault is None})
        if fault:
            self.errors.append(fault)

    @property
    def failed(self) -> bool:
        return bool(self.errors)


HandOut = Callable[[Unit], bool]


def tick(now: datetime, hand_out: HandOut | None = None) -> TickResult:
    """Do or hand out all that is due at `now` (aware). One unit that fails does not stop the others.

    Without `hand_out` everything is carried out here, each duty until nothing new of it is due, in the order of
    the list: what billing makes is printed and sent by the same tick. `hand_out` answers False when the queue is
    away; essential units are then carried out here.
    """
    result = TickResult(now)
    done: set[str] = set()
    for duty in DUTIES:
        for _ in range(PASSES):
            found_new = _attend(duty, now, hand_out, done, result)
            if hand_out is not None or not found_new:
                break
    return result


def _attend(duty: Duty, now: datetime, hand_out: HandOut | None, done: set[str], result: TickResult) -> bool:
    """See to what is due of one duty; whether there was something that this tick had not seen to."""
    units = [unit for unit in _due(duty, now, result) if unit.key not in done]
    for unit in units:
        done.add(unit.key)
        if hand_out is None:
            result.note(unit, "carried out", carry_out(unit))
        elif hand_out(unit):
            result.note(unit, "handed out", None)
        elif duty.essential:
            result.note(unit, "carried out", carry_out(unit))
        else:
            result.note(unit, "waits for the queue", None)
    return bool(units)


def _due(duty: Duty, now: datetime, result: TickResult) -> Sequence[Unit]:
    try:
        if duty.every > MINUTE and not _turn_has_come(duty, now):
            return ()
        if duty.units:
            return duty.units
        found: Sequence[Unit] = _function(duty.due)(now)
        db.session.rollback()  # the reading is over; units open their own
        return found
    except Exception as error:  # noqa: BLE001  one duty's fault must not silence the others
        result.errors.append(_fault(duty.due or duty.name, error))
        return ()


def _turn_has_come(duty: Duty, now: datetime) -> bool:
    last = pulse.last(f"duty {duty.name}")
    if last is not None and now - last < duty.every:
        return False
    pulse.beat(f"duty {duty.name}", now)
    return True


def carry_out(unit: Unit) -> dict[str, Any] | None:
    """Do a unit here and now. None when it went well, else {"name", "error", "reference"}; never raises."""
    try:
        _function(unit.job)(*unit.args)
    except Exception as error:  # noqa: BLE001  whatever it was, it is logged and the others go on
        return _fault(unit.job, error)
    return None


def _fault(name: str, error: Exception) -> dict[str, Any]:
    reference = secrets.token_hex(4)
    log.error("%s failed [%s]", name, reference, exc_info=error)
    db.session.rollback()
    return {"name": name, "error": type(error).__name__, "reference": reference}


def _function(dotted: str) -> Callable[..., Any]:
    module, _, name = dotted.rpartition(".")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function


def to_queue(unit: Unit) -> bool:
    """Hand a unit to the workers unless the same one waits there already. False when Redis is away."""
    try:
        connection = rq.get_queue(unit.queue).connection
        if not connection.set(WAITING + unit.key, "1", nx=True, ex=WAITING_SECONDS):
            return True
        if work_queue.ring_now("fastoffice.schedule.work_off", unit.key, unit.job, *unit.args,
                               queue=unit.queue, seconds=unit.seconds):
            return True
        connection.delete(WAITING + unit.key)
    except (RedisError, OSError) as error:
        log.warning("queue unreachable, %s was not handed out: %s", unit.job, error)
    return False


def work_off(key: str, job: str, *args: Any) -> None:
    """The job behind a unit: it no longer waits, so the next tick may hand it out again; then it is done."""
    try:
        rq.get_queue().connection.delete(WAITING + key)
    except (RedisError, OSError) as error:
        log.warning("the mark of %s stays until it expires: %s", job, error)
    _function(job)(*args)


def note_tick(result: TickResult) -> None:
    """Leave a sign of life for the health page."""
    pulse.beat("tick", clock.now(), units=len(result.units), errors=len(result.errors))
