"""Sending what is queued: lease a batch, freeze its messages, send over one connection, mark in small groups.

A sender may die at any line. Its lease runs out and the next one sends the same bytes again; whatever the
server had taken but was not marked yet arrives a second time with the same Message-ID, visibly (attempts 2).
At most a group of mails is in that state, each with at most one copy more for each sender that died.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk, clock, leases, transaction
from fastoffice.extensions import db
from fastoffice.leases import Lease
from fastoffice.notifications import leasing, registry, rules
from fastoffice.notifications.freezing import Frozen, freeze
from fastoffice.notifications.leasing import LEASE, Outgoing
from fastoffice.notifications.message import sender_address
from fastoffice.notifications.models import Delivery, DeliveryAttempt
from fastoffice.notifications.reasons import reason
from fastoffice.notifications.rules import Outcome
from fastoffice.notifications.service.wording import TEST
from fastoffice.notifications.transport import CONNECT_ERRORS, Mail, Transport, from_settings

log = logging.getLogger(__name__)
BATCH = 100
GROUP = 25  # mails between two marks …
GROUP_SECONDS = 1.0  # … or less, when the server is slow
LEASE_MARGIN = timedelta(minutes=4)  # one mail never takes longer than this
RUN_SECONDS = 480.0
BROKEN_IN_A_ROW = 2


@dataclass(slots=True)
class Tally:
    """What a run did: mails sent, failed for good, put off, cancelled as no longer true."""

    sent: int = 0
    failed: int = 0
    postponed: int = 0
    cancelled: int = 0


@dataclass(slots=True)
class _Run:
    """One run over one connection. `at()` is the run's moment plus the time it has taken."""

    start: datetime
    transport: Transport
    sender: str
    began: float = field(default_factory=clock.monotonic)
    tally: Tally = field(default_factory=Tally)
    broken: int = 0
    down: str = ""

    def at(self) -> datetime:
        return self.start + timedelta(seconds=clock.monotonic() - self.began)

    @property
    def over(self) -> bool:
        return bool(self.down) or clock.monotonic() - self.began > RUN_SECONDS


def send_due(now: datetime, limit: int = 5_000, transport: Transport | None = None) -> Tally:
    """Send up to `limit` mails that are due at `now`. Safe to run twice, in parallel, late, and to be killed."""
    from flask import current_app

    sender = sender_address(current_app.config["SETTINGS"].mail_from)
    run = _Run(now, transport or from_settings(), sender)
    try:
        while limit > 0 and not run.over:
            leased_at = clock.monotonic()
            looked, batch = transaction.run(
                leasing.take, run.at(), min(BATCH, limit), throttled=run.transport.throttled)
            if not looked:
                break
            limit -= looked
            _send_batch(run, batch, leased_at + (LEASE - LEASE_MARGIN).total_seconds())
    finally:
        run.transport.close()
    return run.tally


def _send_batch(run: _Run, batch: list[Outgoing], deadline: float) -> None:
    frozen = freeze(batch)
    waiting = list(batch)
    while waiting:
        group = waiting[:GROUP]
        checked = _check(group)
        results: list[tuple[Outgoing, Outcome]] = []
        began = clock.monotonic()
        try:
            while group and clock.monotonic() - began < GROUP_SECONDS:
                if run.down or clock.monotonic() > deadline:
                    break
                item = group.pop(0)
                verdict = checked[item.lease.id]
                results.append((item, _send_one(run, item, frozen[item.lease.id]) if verdict is None else verdict))
        finally:
            _mark(run, results)
        waiting = waiting[len(results):]
        if run.down or clock.monotonic() > deadline:
            transaction.run(_give_back, waiting, run.down, run.at())
            run.tally.postponed += len(waiting)
            return


def _check(group: Sequence[Outgoing]) -> dict[int, Outcome | None]:
    """By delivery, asked just before sending: None goes out, an outcome says why not."""
    verdicts: dict[int, Outcome | None] = {}
    for kind in {item.kind for item in group}:
        items = [item for item in group if item.kind == kind]
        verdicts |= _check_kind(kind, [item for item in items if item.subject_type != TEST])
    db.session.rollback()  # nothing stays open while the server is spoken to
    return {item.lease.id: verdicts.get(item.lease.id) for item in group}


def _check_kind(kind: str, items: Sequence[Outgoing]) -> dict[int, Outcome | None]:
    try:
        holding = registry.still_true(kind, [item.notice_id for item in items]) if items else set()
    except Exception as error:  # whatever a check raises holds back its own kind only
        log.exception("notices of kind %s could not be checked", kind)
        reached = reason("check", error)
        return {item.lease.id: Outcome(postponed=tuple(item.remaining), error=reached) for item in items}
    return {item.lease.id: None if item.notice_id in holding else Outcome(untrue=True) for item in items}


def _send_one(run: _Run, item: Outgoing, frozen: Frozen) -> Outcome:
    if not frozen.data:
        return Outcome(postponed=tuple(item.remaining), error=frozen.error)
    tried = item.remaining
    if not tried:
        return Outcome()
    try:
        run.transport.open()
    except CONNECT_ERRORS as error:
        run.down = reason("unreachable", error)
        return Outcome(postponed=tuple(tried), error=run.down, broken=True)
    try:
        refused = run.transport.send(Mail(run.sender, tried, frozen.data, item.message_id))
        outcome = rules.outcome_of_answers(tried, refused)
    except CONNECT_ERRORS as error:
        log.warning("mail %s: %s", item.message_id, error)
        outcome = rules.outcome_of_error(tried, error)
    run.broken = run.broken + 1 if outcome.broken else 0
    if run.broken >= BROKEN_IN_A_ROW:
        run.down = outcome.error
    return outcome


def _mark(run: _Run, results: Sequence[tuple[Outgoing, Outcome]]) -> None:
    """Say what became of a group, where the leases still stand."""
    if not results:
        return
    moment = run.at()
    rows = [_row(item, outcome, moment) for item, outcome in results]
    for row in rows:
        name = {"queued": "postponed"}.get(row["state"], row["state"])
        setattr(run.tally, name, getattr(run.tally, name) + 1)
    transaction.run(_write, rows, [_attempt(item, row, moment) for (item, _o), row in zip(results, rows, strict=True)])


def _row(item: Outgoing, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The delivery's new columns."""
    common = {"id": item.lease.id, "fence": item.lease.fence, "attempts": item.attempts, "next_attempt_at": now,
              "smooth": bool(item.recipients) and outcome.accepted == item.recipients and not item.refused}
    if outcome.untrue:
        return {**common, "state": "cancelled", "error": reason("no_longer_true"), "accepted": list(item.accepted),
                "refused": item.refused, "sent_at": None, "attempts": item.attempts - 1}
    accepted = [*item.accepted, *outcome.accepted]
    state = rules.state_after(accepted, outcome.postponed, item.first_attempt_at, now)
    refused = {**item.refused, **outcome.refused}
    error = outcome.error
    if outcome.postponed and state != "queued":
        refused |= {who: reason("gave_up", outcome.error) for who in outcome.postponed}
        error = reason("gave_up", outcome.error)
    if state == "sent" and refused:
        error = reason("refused_some", ", ".join(refused))
    later = rules.next_attempt(item.attempts, now) if state == "queued" else now
    return {**common, "state": state, "error": error, "accepted": accepted, "refused": refused,
            "sent_at": now if state == "sent" else None, "next_attempt_at": later}


def _attempt(item: Outgoing, row: dict[str, Any], now: datetime) -> dict[str, Any]:
    outcome = {"queued": "partly" if row["accepted"] else "later"}.get(row["state"], row["state"])
    return {"branch_id": item.branch_id, "delivery_id": item.lease.id, "number": item.attempts, "at": now,
            "outcome": outcome, "detail": row["error"], "sha256": None}


def _write(rows: list[dict[str, Any]], attempts: list[dict[str, Any]]) -> None:
    """The usual outcome, taken by everybody at the first try, is one statement for all that had it."""
    smooth = [row for row in rows if row["smooth"]]
    others = [{key: value for key, value in row.items() if key != "smooth"} for row in rows if not row["smooth"]]
    written = leases.finish(Delivery, "sending", others)
    if smooth:
        at = smooth[0]["sent_at"]
        written += leases.finish_alike(
            Delivery, "sending", [Lease(row["id"], row["fence"]) for row in smooth],
            {"state": "sent", "sent_at": at, "next_attempt_at": at, "error": "",
             "accepted": bulk.table_of(Delivery).c.recipients})
    if written != len(rows):
        log.warning("%s of %s leases had passed to somebody else", len(rows) - written, len(rows))
    db.session.execute(sa.insert(bulk.table_of(DeliveryAttempt)), attempts)


def _give_back(items: Sequence[Outgoing], why: str, now: datetime) -> None:
    """Mails that were leased and not tried: queued again, their attempt not counted."""
    leases.finish(Delivery, "sending", [
        {"id": item.lease.id, "fence": item.lease.fence, "state": "queued", "error": why,
         "attempts": item.attempts - 1, "next_attempt_at": rules.next_attempt(1, now) if why else now}
        for item in items
    ])
