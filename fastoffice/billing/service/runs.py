"""Issuing many at once in the background: asked for once, done in small units, shown as it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit, bulk, transaction, work_queue
from fastoffice.billing.models import BillingRun, BillingRunItem
from fastoffice.billing.service import issuing
from fastoffice.branches.models import Branch
from fastoffice.extensions import db

CHUNK = 200


def start_run(branch: Branch, period: str, wanted: Sequence[tuple[int, int | None]], request_key: str,
              actor: audit.Actor, now: datetime) -> BillingRun:
    """Ask for drafts to be issued, each at the version its reviewer saw. The same key is the same run."""
    query = sa.select(BillingRun).where(BillingRun.branch_id == branch.id, BillingRun.request_key == request_key)
    known = db.session.scalar(query)
    if known is not None:
        return known
    run = BillingRun(branch_id=branch.id, period=period, state="queued", request_key=request_key,
                     requested_by=actor.name, requested_at=now, total=len(wanted), done=0, skipped=0)
    db.session.add(run)
    db.session.flush()
    bulk.insert(BillingRunItem, [
        {"branch_id": branch.id, "run_id": run.id, "invoice_id": key, "version": version, "state": "waiting",
         "reason": ""} for key, version in wanted])
    audit.record(actor, "run.started", ("run", run.id), {"period": period, "drafts": len(wanted)},
                 branch_id=branch.id)
    work_queue.ring("fastoffice.billing.jobs.issue_run", run.id)
    return run


def carry_out(run_id: int, now: datetime) -> None:
    """Issue what the run still has waiting, chunk by chunk, each its own unit of work. Safe to run twice."""
    while transaction.run(_next_chunk, run_id, now):
        pass


def _next_chunk(run_id: int, now: datetime) -> bool:
    """One chunk; False when nothing is waiting any more."""
    run = db.session.get(BillingRun, run_id, with_for_update=True)
    if run is None or run.state == "done":
        return False
    query = sa.select(BillingRunItem.id, BillingRunItem.invoice_id, BillingRunItem.version).where(
        BillingRunItem.run_id == run_id, BillingRunItem.state == "waiting").order_by(BillingRunItem.id).limit(CHUNK)
    items = db.session.execute(query).all()
    if not items:
        run.state, run.finished_at = "done", now
        return False
    run.state = "running"
    branch = db.session.get_one(Branch, run.branch_id)
    result = issuing.issue_invoices(branch, [(item.invoice_id, item.version) for item in items],
                                    audit.Actor(run.requested_by), now)
    bulk.update(BillingRunItem, [
        {"id": item.id, "state": "skipped" if item.invoice_id in result.skipped else "done",
         "reason": result.skipped.get(item.invoice_id, "")} for item in items])
    run.done += len(result.issued)
    run.skipped += len(result.skipped)
    return True


def unfinished(branch_id: int | None = None) -> list[int]:
    """Runs that a lost queue may have forgotten."""
    query = sa.select(BillingRun.id).where(BillingRun.state != "done").order_by(BillingRun.id)
    return list(db.session.scalars(query.where(BillingRun.branch_id == branch_id) if branch_id else query))
