"""What screens and reports read of the outbox: a constant number of statements per page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from fastoffice.counting import Page, count_of
from fastoffice.extensions import db
from fastoffice.notifications.kinds import POST, PRIVATE, WHATSAPP
from fastoffice.notifications.leasing import WAITING
from fastoffice.notifications.models import Delivery, MessageTemplate, Notice
from fastoffice.notifications.service.owing import searchable

PAGE = 50
STATES = ("queued", "sending", "sent", "failed", "bounced", "cancelled")


@dataclass(frozen=True, slots=True)
class Filter:
    """What to list; empty means all. `q` searches names and numbers."""

    state: str = ""
    channel: str = ""
    kind: str = ""
    q: str = ""


def page(branch_id: int, wanted: Filter, number: int = 1) -> Page:
    """One page of a branch's outbox, deliveries newest first with their notices: two statements."""
    query = _filtered(sa.select(Delivery), branch_id, wanted)
    total = count_of(_filtered(sa.select(Delivery.id), branch_id, wanted))
    number = max(number, 1)
    rows = db.session.scalars(
        query.options(contains_eager(Delivery.notice)).order_by(Delivery.id.desc())
        .limit(PAGE).offset((number - 1) * PAGE)
    )
    return Page(list(rows), number, total, PAGE)


def _filtered(query: Any, branch_id: int, wanted: Filter) -> Any:
    """Without private kinds: a recovery link is nobody's business but its reader's."""
    query = query.where(Delivery.branch_id == branch_id).join(Notice, Notice.id == Delivery.notice_id)
    query = query.where(Notice.kind.not_in(PRIVATE))
    if wanted.state:
        query = query.where(Delivery.state == wanted.state)
    if wanted.channel:
        query = query.where(Delivery.channel == wanted.channel)
    if wanted.kind:
        query = query.where(Notice.kind == wanted.kind)
    if words := searchable(wanted.q).split():
        query = query.where(*(Notice.search_text.contains(word, autoescape=True) for word in words))
    return query


def counts(branch_id: int) -> dict[str, int]:
    """How many deliveries need somebody or something: by state, without the finished ones."""
    states = [state for state in STATES if state not in {"sent", "cancelled"}]
    query = sa.select(Delivery.state, sa.func.count()).where(
        Delivery.branch_id == branch_id, Delivery.state.in_(states))
    rows = db.session.execute(query.group_by(Delivery.state))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What of the outbox needs a person: counts of deliveries."""

    waiting: int = 0
    failed: int = 0
    to_print: int = 0
    to_write: int = 0


def trouble(branch_id: int) -> Trouble:
    """Mails on their way, failures, letters to print and WhatsApp messages to send: one statement."""
    query = sa.select(Delivery.state, Delivery.channel, sa.func.count()).where(
        Delivery.branch_id == branch_id, Delivery.state.in_(("queued", "sending", "failed", "bounced")))
    found: dict[tuple[str, str], int] = {
        (row[0], row[1]): row[2] for row in db.session.execute(query.group_by(Delivery.state, Delivery.channel))}
    return Trouble(
        waiting=sum(count for (state, _channel), count in found.items() if state in ("queued", "sending")),
        failed=sum(count for (state, _channel), count in found.items() if state in ("failed", "bounced")),
        to_print=found.get(("queued", POST), 0), to_write=found.get(("queued", WHATSAPP), 0))


def waiting_mails() -> int:
    """Mails that are neither sent nor failed yet, in all branches."""
    return int(db.session.scalar(sa.select(sa.func.count()).select_from(Delivery).where(WAITING)) or 0)


def oldest_waiting_mail() -> Any:
    """When the oldest unsent mail was owed, or None."""
    query = sa.select(sa.func.min(Notice.created_at)).join(Delivery, Delivery.notice_id == Notice.id)
    return db.session.scalar(query.where(WAITING))


def full(delivery_id: int) -> Delivery | None:
    """One delivery with its notice and its attempts; whose it is, the caller checks."""
    query = sa.select(Delivery).where(Delivery.id == delivery_id).options(
        joinedload(Delivery.notice), selectinload(Delivery.history))
    found: Delivery | None = db.session.scalar(query)
    return found


def print_queue(branch_id: int, ids: Sequence[int] | None = None, limit: int = 500) -> list[Delivery]:
    """Envelopes that wait to be printed and mailed, oldest first; `ids` chooses among them."""
    query = sa.select(Delivery).where(
        Delivery.branch_id == branch_id, Delivery.channel == POST, Delivery.state == "queued")
    if ids is not None:
        query = query.where(Delivery.id.in_(list(ids)))
    return list(db.session.scalars(query.options(joinedload(Delivery.notice)).order_by(Delivery.id).limit(limit)))


def own_wordings(branch_id: int) -> dict[tuple[str, str, str], MessageTemplate]:
    """The branch's changed texts by (kind, channel, language)."""
    rows = db.session.scalars(sa.select(MessageTemplate).where(MessageTemplate.branch_id == branch_id))
    return {(row.kind, row.channel, row.language): row for row in rows}


def deliveries_of(subject_type: str, subject_ids: Sequence[int], channel: str) -> dict[int, Any]:
    """The latest delivery (id, state, sent_at) by a channel of each subject's notices."""
    columns = (Notice.subject_id, Delivery.id, Delivery.state, Delivery.sent_at)
    query = sa.select(*columns).join(Notice, Notice.id == Delivery.notice_id).where(
        Notice.subject_type == subject_type, Notice.subject_id.in_(list(subject_ids)), Delivery.channel == channel)
    return {row.subject_id: row for row in db.session.execute(query.order_by(Delivery.id))}
