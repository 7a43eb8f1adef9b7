"""Holds: who asked the cycle to leave a document alone, why, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.billing.errors import AlreadyHeld, CannotBecome, HoldNeedsEnd, ReasonMissing
from fastoffice.billing.models import Invoice, InvoiceHold
from fastoffice.billing.service import closing
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.extensions import db

KINDS = ("dispute", "promise", "extension", "in_flight", "review")
NEED_APPROVAL = frozenset({"promise", "extension"})


def place_hold(
    branch: Branch, invoice_id: int, kind: str, reason: str, actor: audit.Actor, now: datetime,
    *, until_at: datetime | None = None, source: str = "",
) -> InvoiceHold:
    """Hold a draft or an open document until `until_at` (exclusive; None: until released).

    A document whose deadline has already acted in law (the system was down) is replaced first and its
    successor is held. Asked again for the same, the hold is the one that is there.
    Raises ReasonMissing, HoldNeedsEnd (an end in the past), CannotBecome, AlreadyHeld.
    """
    if not reason.strip():
        raise ReasonMissing
    if until_at is not None and until_at <= now:
        raise HoldNeedsEnd
    invoice = db.session.get_one(Invoice, invoice_id)
    clients.lock([invoice.client_id])
    db.session.refresh(invoice)
    if invoice.is_open and source == "":
        result = closing.close_chunk(branch, now, actor, client_ids=[invoice.client_id], limit=1000)
        invoice = db.session.get_one(Invoice, dict(result.replaced).get(invoice_id, invoice_id))
    if invoice.status not in ("draft", "issued", "partly_paid"):
        raise CannotBecome(invoice.number or "", invoice.status)
    known = _still_noted(invoice.id, kind, source, now)
    if known is not None:
        if (known.reason, known.until_at) == (reason.strip()[:300], until_at) or source:
            return known
        raise AlreadyHeld
    hold = InvoiceHold(branch_id=branch.id, invoice_id=invoice.id, kind=kind, reason=reason.strip()[:300],
                       source=source, created_at=now, created_by=actor.name, until_at=until_at)
    db.session.add(hold)
    audit.record(actor, "invoice.held", ("invoice", invoice.id),
                 {"kind": kind, "reason": hold.reason, "until": until_at.isoformat() if until_at else None},
                 branch_id=branch.id)
    db.session.flush()
    return hold


def _still_noted(invoice_id: int, kind: str, source: str, now: datetime) -> InvoiceHold | None:
    """The hold of this kind that is in force. One whose end has passed is closed at that end, to make room."""
    query = sa.select(InvoiceHold).where(
        InvoiceHold.invoice_id == invoice_id, InvoiceHold.kind == kind, InvoiceHold.source == source,
        InvoiceHold.released_at.is_(None)).with_for_update()
    known = db.session.scalar(query)
    if known is None or known.until_at is None or known.until_at > now:
        return known
    known.released_at, known.released_by = known.until_at, known.created_by
    db.session.flush()
    return None


def release_hold(hold: InvoiceHold, actor: audit.Actor, now: datetime) -> None:
    """End a hold now; again without harm. The deadline then acts at the next tick if its window is over."""
    if hold.released_at is not None:
        return
    hold.released_at, hold.released_by = now, actor.name
    audit.record(actor, "invoice.hold_released", ("invoice", hold.invoice_id), {"kind": hold.kind},
                 branch_id=hold.branch_id)


def release_by_source(branch_id: int, source: str, actor: audit.Actor, now: datetime) -> None:
    """End every hold that `source` ("payment:12") had placed."""
    release_by_sources(branch_id, {source: now}, actor)


def release_by_sources(branch_id: int, ends: Mapping[str, datetime], actor: audit.Actor) -> None:
    """End every hold that each source had placed, at that source's moment."""
    query = sa.select(InvoiceHold).where(
        InvoiceHold.branch_id == branch_id, InvoiceHold.source.in_(sorted(ends)), InvoiceHold.released_at.is_(None))
    for hold in db.session.scalars(query.order_by(InvoiceHold.id)):
        release_hold(hold, actor, ends[hold.source])


def move_ends(branch_id: int, source: str, until_at: datetime, actor: audit.Actor, now: datetime) -> int:
    """Let the holds of `source` that are in force now end at another moment; how many there were.

    An end that is not later than now releases them. A hold that has run out is not brought back: the deadline
    may have acted.
    """
    query = sa.select(InvoiceHold).where(
        InvoiceHold.branch_id == branch_id, InvoiceHold.source == source, InvoiceHold.released_at.is_(None),
        sa.or_(InvoiceHold.until_at.is_(None), InvoiceHold.until_at > now)).with_for_update()
    found = list(db.session.scalars(query))
    for hold in found:
        if until_at <= now:
            release_hold(hold, actor, now)
        elif hold.until_at != until_at:
            hold.until_at = until_at
            audit.record(actor, "invoice.held", ("invoice", hold.invoice_id),
                         {"kind": hold.kind, "reason": hold.reason, "until": until_at.isoformat()},
                         branch_id=hold.branch_id)
    return len(found)
