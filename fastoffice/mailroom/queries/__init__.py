"""The mail room as screens read it: a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from fastoffice.clients.models import Client
from fastoffice.counting import Page, count_of, counts_of
from fastoffice.extensions import db
from fastoffice.folding import clean_text, fold
from fastoffice.mailroom.models import MailAlias, MailBatch, MailHandover, MailItem, MailRequest, MailSheet
from fastoffice.mailroom.rules import matching, states

PAGE = 50
SHOWS = ("here", "unassigned", "calls", "gone", "all")
_HERE = sa.text("mail_item.closed_at IS NULL")
_ASKED = sa.text("mail_request.state = 'asked'")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the clients of a branch were not told yet. `since` is when the first piece came."""

    items: int
    clients: int
    since: datetime | None


def items_page(branch_id: int, show: str, text: str, number: int = 1) -> Page:
    """Pieces of a branch with their client, the newest first; `text` looks in names, numbers and senders."""
    where = [MailItem.branch_id == branch_id, *_of_show(show), *_holding(text)]
    query = sa.select(MailItem).outerjoin(Client, Client.id == MailItem.client_id).where(*where)
    rows = list(db.session.scalars(query.options(joinedload(MailItem.client)).order_by(MailItem.id.desc())
                                   .limit(PAGE).offset((number - 1) * PAGE)))
    total = count_of(sa.select(MailItem.id).outerjoin(Client, Client.id == MailItem.client_id).where(*where))
    return Page(rows, number, total, PAGE)


def find(branch_id: int, text: str, limit: int) -> list[MailItem]:
    """Pieces and calls that the desk's search finds, with their client, what is here first, then the newest."""
    found = _holding(text)
    if not found:
        return []
    query = sa.select(MailItem).outerjoin(Client, Client.id == MailItem.client_id).where(
        MailItem.branch_id == branch_id, MailItem.state != "undone", *found)
    order = (sa.case((_HERE, 0), else_=1), MailItem.id.desc())
    return list(db.session.scalars(query.options(joinedload(MailItem.client)).order_by(*order).limit(limit)))


def _of_show(show: str) -> list[Any]:
    spoken = MailItem.kind.in_(states.SPOKEN)
    if show == "here":
        return [_HERE]
    if show == "unassigned":
        return [_HERE, MailItem.client_id.is_(None)]
    if show == "calls":
        return [spoken]
    return [~spoken, MailItem.closed_at.is_not(None)] if show == "gone" else []


def _holding(text: str) -> list[Any]:
    typed = clean_text(text[:80])
    if not typed:
        return []
    word, number = f"%{_escaped(typed)}%", matching.tracking_key(typed)
    found: list[Any] = [MailItem.addressee.ilike(word, escape="\\"), MailItem.sender.ilike(word, escape="\\")]
    if fold(typed):
        found.append(Client.search_text.contains(fold(typed), autoescape=True))
    if len(number) >= 4:
        found.append(MailItem.tracking.contains(number, autoescape=True))
    return [sa.or_(*found)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def heaps(branch_id: int) -> dict[str, sa.Select[Any]]:
    """What is here, what of it is nobody's, what clients asked: by name, to be counted."""
    here = sa.select(MailItem.id).where(MailItem.branch_id == branch_id, _HERE)
    asked_for = sa.select(MailRequest.id).where(MailRequest.branch_id == branch_id, _ASKED)
    return {"here": here, "unassigned": here.where(MailItem.client_id.is_(None)), "requests": asked_for}


def counts(branch_id: int) -> dict[str, int]:
    """How much is here, how much of it is nobody's, how many requests wait: one statement."""
    return counts_of(heaps(branch_id))


def waiting(branch_id: int) -> Waiting:
    """The batch that is still to be announced."""
    columns = (sa.func.count(MailItem.id), sa.func.count(MailItem.client_id.distinct()),
               sa.func.min(MailBatch.opened_at))
    query = sa.select(*columns).join(MailBatch, MailBatch.id == MailItem.batch_id).where(
        MailBatch.branch_id == branch_id, sa.text("mail_batch.announced_at IS NULL"), _HERE,
        MailItem.client_id.is_not(None))
    row = db.session.execute(query).one()
    return Waiting(row[0], row[1], row[2])


def load(branch_id: int, item_id: int) -> MailItem | None:
    """A branch's piece with its client."""
    query = sa.select(MailItem).where(MailItem.id == item_id, MailItem.branch_id == branch_id)
    return db.session.scalars(query.options(joinedload(MailItem.client))).one_or_none()


def here_of(client_id: int) -> list[MailItem]:
    """What a client has here, the oldest first."""
    query = sa.select(MailItem).where(MailItem.client_id == client_id, _HERE)
    return list(db.session.scalars(query.order_by(MailItem.id)))


def handover(branch_id: int, handover_id: int) -> MailHandover | None:
    """A branch's hand-over with its client."""
    query = sa.select(MailHandover).where(MailHandover.id == handover_id, MailHandover.branch_id == branch_id)
    return db.session.scalars(query.options(joinedload(MailHandover.client))).one_or_none()


def items_of(found: MailHandover) -> list[MailItem]:
    """The pieces that went with a hand-over, undone or not."""
    ids = [each["id"] for each in found.items]
    return list(db.session.scalars(sa.select(MailItem).where(MailItem.id.in_(ids)).order_by(MailItem.id)))


def asked(branch_id: int, limit: int = 200) -> list[MailRequest]:
    """Requests that wait for somebody's hand, the oldest first, with client and piece."""
    query = sa.select(MailRequest).where(MailRequest.branch_id == branch_id, _ASKED)
    return list(db.session.scalars(query.options(
        joinedload(MailRequest.client), joinedload(MailRequest.item)).order_by(MailRequest.id).limit(limit)))


def requests_of(item_ids: Sequence[int]) -> dict[int, list[MailRequest]]:
    """Requests by piece, the newest first."""
    found: dict[int, list[MailRequest]] = {key: [] for key in item_ids}
    query = sa.select(MailRequest).where(MailRequest.item_id.in_(item_ids)).order_by(MailRequest.id.desc())
    for each in db.session.scalars(query):
        found[each.item_id].append(each)
    return found


def request(branch_id: int, request_id: int) -> MailRequest | None:
    """A branch's request."""
    query = sa.select(MailRequest).where(MailRequest.id == request_id, MailRequest.branch_id == branch_id)
    return db.session.scalars(query).one_or_none()


def aliases_of(client_id: int) -> list[MailAlias]:
    """A client's other names."""
    return list(db.session.scalars(
        sa.select(MailAlias).where(MailAlias.client_id == client_id).order_by(MailAlias.alias)))


def sheet_of(client_id: int) -> MailSheet | None:
    """How a client's calls are answered; None while nobody wrote it."""
    return db.session.get(MailSheet, client_id)


def of_client(client_id: int, number: int = 1, size: int = 25) -> Page:
    """What arrived for a client, what is here first, then the newest; nothing that was logged by mistake."""
    mine = (MailItem.client_id == client_id, MailItem.state != "undone")
    order = (sa.case((_HERE, 0), else_=1), MailItem.id.desc())
    rows = list(db.session.scalars(
        sa.select(MailItem).where(*mine).order_by(*order).limit(size).offset((number - 1) * size)))
    return Page(rows, number, count_of(sa.select(MailItem.id).where(*mine)), size)
