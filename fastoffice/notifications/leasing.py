"""Which mails go out now: due, with all their files ready, within what their branch allows in a minute."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice import bulk, leases
from fastoffice.documents import queries as documents
from fastoffice.extensions import db
from fastoffice.leases import Lease
from fastoffice.notifications import registry
from fastoffice.notifications.kinds import EMAIL
from fastoffice.notifications.models import Delivery, DeliveryAttempt, Notice
from fastoffice.notifications.reasons import reason

LEASE = timedelta(minutes=10)
COLUMNS = (
    Delivery.id, Delivery.fence, Delivery.state, Delivery.branch_id, Delivery.message_id, Delivery.recipients,
    Delivery.accepted, Delivery.refused, Delivery.frozen_sha256, Delivery.attempts, Delivery.first_attempt_at,
    Delivery.notice_id, Notice.kind, Notice.subject_type, Notice.language, Notice.context, Notice.documents,
    Notice.created_at,
)
PDF_WAIT = timedelta(seconds=1)  # whoever prints it rings when it is there
PDF_FAILED_WAIT = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
WAITING = sa.text("delivery.channel = 'email' AND delivery.state IN ('queued', 'sending')")  # the index's words


@dataclass(frozen=True, slots=True)
class File:
    """A document to attach."""

    filename: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A leased mail with all that is needed to make and send it."""

    lease: Lease
    branch_id: int
    notice_id: int
    kind: str
    subject_type: str
    language: str
    context: dict[str, str]
    files: tuple[File, ...]
    created_at: datetime
    message_id: str
    recipients: tuple[str, ...]
    accepted: tuple[str, ...]
    refused: dict[str, str]
    frozen_sha256: str | None
    attempts: int
    first_attempt_at: datetime

    @property
    def remaining(self) -> list[str]:
        """The addresses that neither took the message nor refused it for good."""
        return [who for who in self.recipients if who not in self.accepted and who not in self.refused]


def take(now: datetime, limit: int, *, throttled: bool) -> tuple[int, list[Outgoing]]:
    """(how many due mails were looked at, those now leased). One short unit of work.

    Mails whose PDF is not ready step back for a while, visibly, so that they hold up nobody.
    """
    leases.one_at_a_time("outbox")
    due = sa.and_(WAITING, Delivery.next_attempt_at <= now)
    branch_ids = list(db.session.scalars(sa.select(Delivery.branch_id).where(due).distinct()))
    random.shuffle(branch_ids)  # no branch is always first
    allowed = _allowances(branch_ids, now) if throttled else {}
    rows: list[Any] = []
    for branch_id in branch_ids:
        room = min(limit - len(rows), allowed.get(branch_id, limit))
        if room > 0:
            rows += _due_rows(sa.and_(due, Delivery.branch_id == branch_id), room)
    return len(rows), _lease_ready(rows, now)


def _allowances(branch_ids: list[int], now: datetime) -> dict[int, int]:
    """How many more mails each branch may send in this minute."""
    limits = registry.branches.mails_per_minute(branch_ids)
    mine = (Delivery.branch_id.in_(branch_ids), Delivery.channel == EMAIL)
    sent = sa.select(Delivery.branch_id).where(*mine, Delivery.sent_at > now - MINUTE)
    leased = sa.select(Delivery.branch_id).where(
        *mine, WAITING, Delivery.state == "sending", Delivery.lease_until > now)
    both = sent.union_all(leased).subquery()
    counts = db.session.execute(sa.select(both.c.branch_id, sa.func.count()).group_by(both.c.branch_id))
    used: dict[int, int] = {row[0]: row[1] for row in counts}
    return {branch_id: limits[branch_id] - used.get(branch_id, 0) for branch_id in branch_ids}


def _due_rows(due: Any, limit: int) -> list[Any]:
    query = (
        sa.select(*COLUMNS)
        .join(Notice, Notice.id == Delivery.notice_id)
        .where(due)
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    return list(db.session.execute(query).all())


def _lease_ready(rows: Sequence[Any], now: datetime) -> list[Outgoing]:
    found = documents.files_by_keys({tuple(key) for row in rows for key in row.documents})
    ready: list[tuple[Any, tuple[File, ...]]] = []
    unready: dict[str, list[dict[str, Any]]] = {"queued": [], "sending": []}
    for row in rows:
        wanted = [found.get(tuple(key)) for key in row.documents]
        why, wait = _obstacle(wanted)
        if why:
            unready[row.state].append({"id": row.id, "fence": row.fence, "state": "queued", "error": why,
                                       "next_attempt_at": now + wait})
        else:
            ready.append((row, tuple(File(d.filename, d.media_type, d.sha256 or "") for d in wanted if d)))
    for state, values in unready.items():
        leases.finish(Delivery, state, values)
    _record_interrupted([row for row, _files in ready if row.state == "sending"], now)
    outgoing = [_outgoing(row, files, now) for row, files in ready]
    _take(outgoing, now)
    return outgoing


def _obstacle(wanted: Sequence[Any]) -> tuple[str, timedelta]:
    for document in wanted:
        if document is None:
            return reason("pdf_failed"), PDF_FAILED_WAIT
        if document.state == "failed":
            return reason("pdf_failed", f"{document.filename}: {document.error}"), PDF_FAILED_WAIT
        if document.state != "ready":
            return reason("pdf_waiting", document.filename), PDF_WAIT
    return "", timedelta()


def _record_interrupted(rows: Sequence[Any], now: datetime) -> None:
    """Leases that ran out: somebody died between taking the mail and saying what became of it."""
    values = [
        {"branch_id": row.branch_id, "delivery_id": row.id, "number": row.attempts, "at": now,
         "outcome": "interrupted", "detail": reason("interrupted"), "sha256": row.frozen_sha256}
        for row in rows
    ]
    if values:
        db.session.execute(sa.insert(bulk.table_of(DeliveryAttempt)), values)


def _take(outgoing: Sequence[Outgoing], now: datetime) -> None:
    table = bulk.table_of(Delivery)
    leases.take(
        Delivery, [Lease(item.lease.id, item.lease.fence - 1) for item in outgoing], state="sending",
        until=now + LEASE, first_attempt_at=sa.func.coalesce(table.c.first_attempt_at, sa.bindparam(
            "moment", now, type_=table.c.first_attempt_at.type)),
    )


def _outgoing(row: Any, files: tuple[File, ...], now: datetime) -> Outgoing:
    return Outgoing(
        lease=Lease(row.id, row.fence + 1), branch_id=row.branch_id, notice_id=row.notice_id, kind=row.kind,
        subject_type=row.subject_type, language=row.language, context=row.context, files=files,
        created_at=row.created_at, message_id=row.message_id, recipients=tuple(row.recipients),
        accepted=tuple(row.accepted), refused=dict(row.refused), frozen_sha256=row.frozen_sha256,
        attempts=row.attempts + 1, first_attempt_at=row.first_attempt_at or now,
    )
