"""Rendering what is owed: lease, render outside any transaction, store by content, mark while the lease stands."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from fastoffice import leases, transaction
from fastoffice.documents import pool, registry
from fastoffice.documents.files import files
from fastoffice.documents.models import Document
from fastoffice.documents.registry import RenderJob
from fastoffice.extensions import db
from fastoffice.leases import Lease

log = logging.getLogger(__name__)
BATCH = 32
LEASE = timedelta(minutes=10)
ATTEMPTS = 5
FIRST_WAIT = timedelta(minutes=1)
# Turns jobs into PDFs, in order; an exception in the place of one that failed.
RenderMany = Callable[[Sequence[RenderJob]], Sequence[bytes | Exception]]


@dataclass(frozen=True, slots=True)
class _Owed:
    lease: Lease
    subject_id: int
    kind: str
    attempts: int


def render_due(now: datetime, limit: int = 1_000, render_many: RenderMany | None = None) -> int:
    """Render up to `limit` documents that are due at `now`; the answer is how many became ready.

    Safe to run twice, in parallel, late, and to be killed at any line. A document that fails is tried
    again after 1, 2, 4, 8 minutes and then stays failed, visibly, with the reason.
    """
    if render_many is None:
        render_many = pool.render_many
    ready = 0
    while limit > 0:
        owed = transaction.run(_lease, now, min(BATCH, limit))
        if not owed:
            break
        ready += _render(owed, now, render_many)
        limit -= len(owed)
    return ready


def _lease(now: datetime, limit: int) -> list[_Owed]:
    due = sa.and_(sa.text("document.state IN ('due', 'rendering')"), Document.next_attempt_at <= now)
    query = sa.select(Document.id, Document.fence, Document.subject_id, Document.kind, Document.attempts)
    rows = db.session.execute(leases.lock(query.where(due).order_by(Document.id).limit(limit))).all()
    taken = leases.take(Document, [Lease(row.id, row.fence) for row in rows], state="rendering", until=now + LEASE)
    return [_Owed(lease, row.subject_id, row.kind, row.attempts + 1) for lease, row in zip(taken, rows, strict=True)]


def _render(owed: list[_Owed], now: datetime, render_many: RenderMany) -> int:
    jobs, failures = _jobs(owed)
    db.session.rollback()  # the reading is over: no transaction stays open while the children work
    chosen = [item for item in owed if item.lease.id in jobs]
    results = render_many([jobs[item.lease.id] for item in chosen])
    ready = []
    for item, result in zip(chosen, results, strict=True):
        try:
            ready.append(_stored(item, result, now))
        except Exception as error:  # noqa: BLE001  a disk that is full, a page that cannot be laid out: shown with it
            failures[item.lease.id] = error
    failed = [_failure(item, failures[item.lease.id], now) for item in owed if item.lease.id in failures]
    return transaction.run(_mark, ready, failed)


def _jobs(owed: list[_Owed]) -> tuple[dict[int, RenderJob], dict[int, Exception]]:
    """What to print for each document (by document id), and why not for the others."""
    jobs: dict[int, RenderJob] = {}
    failures: dict[int, Exception] = {}
    for kind in sorted({item.kind for item in owed}):
        group = [item for item in owed if item.kind == kind]
        built = _build(kind, [item.subject_id for item in group])
        for item in group:
            job = built.get(item.subject_id) or LookupError(f"there is no {kind} of {item.subject_id}")
            if isinstance(job, RenderJob):
                jobs[item.lease.id] = job
            else:
                failures[item.lease.id] = job
    return jobs, failures


def _build(kind: str, ids: list[int]) -> dict[int, RenderJob | Exception]:
    """The builder's jobs; when it raises for a group, each alone, so that one bad subject fails by itself."""
    try:
        return dict(registry.builder_of(kind)(ids))
    except Exception as error:  # whatever a builder raises belongs to its document: logged, and shown with it
        log.warning("documents of kind %s could not be prepared: %s", kind, error, exc_info=True)
        db.session.rollback()
        if len(ids) == 1:
            return {ids[0]: error}
        return {one: job for subject in ids for one, job in _build(kind, [subject]).items()}


def _stored(item: _Owed, data: bytes | Exception, now: datetime) -> dict[str, object]:
    if isinstance(data, Exception):
        raise data
    file = files().put(data, "application/pdf")
    return {"id": item.lease.id, "fence": item.lease.fence, "state": "ready", "sha256": file.sha256,
            "size": file.size, "ready_at": now, "error": ""}


def _failure(item: _Owed, error: Exception, now: datetime) -> dict[str, object]:
    final = item.attempts >= ATTEMPTS
    reason = f"{type(error).__name__}: {error}"[:300]
    if final:
        log.error("ALARM document %s (%s of %s) failed for good: %s", item.lease.id, item.kind, item.subject_id, reason)
    else:
        log.warning("document %s failed, attempt %s: %s", item.lease.id, item.attempts, reason)
    return {"id": item.lease.id, "fence": item.lease.fence, "state": "failed" if final else "due", "error": reason,
            "next_attempt_at": now + FIRST_WAIT * 2 ** (item.attempts - 1)}


def _mark(ready: list[dict[str, object]], failed: list[dict[str, object]]) -> int:
    leases.finish(Document, "rendering", failed)
    return leases.finish(Document, "rendering", ready)
