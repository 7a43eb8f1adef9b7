"""Visits, invitations, the block list and legal notices as screens list and open them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from fastoffice import clock
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.counting import Page, count_of
from fastoffice.extensions import db
from fastoffice.folding import fold
from fastoffice.visitors import errors
from fastoffice.visitors.models import (
    BlockEntry,
    HostCall,
    Invitation,
    LegalNotice,
    RulesSignature,
    Visit,
)
from fastoffice.visitors.rules.visits import AUTHORITY
from fastoffice.visitors.service import tokens

PAGE = 50
CHUNK = 500
GRACE = timedelta(days=1)
SEARCHED = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Filter:
    """`q` is searched without accents in names, companies and telephones; days are the branch's, inclusive."""

    q: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None


def history(branch: Branch, wanted: Filter, number: int = 1) -> Page:
    """A branch's visits, the newest first; two statements."""
    where = _where(branch, wanted)
    query = sa.select(Visit).where(*where).options(joinedload(Visit.client)).order_by(
        Visit.arrived_at.desc(), Visit.id.desc())
    rows = list(db.session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)))
    return Page(rows, number, count_of(sa.select(Visit.id).where(*where)), PAGE)


def find(branch: Branch, text: str, limit: int, now: datetime) -> list[Any]:
    """Visits of a year that hold every word, the newest first: id, visitor_name, company, host, arrived_at. Authorities
    are not among them: their notices have a list of their own.
    """
    words = fold(text[:120]).split()[:8]
    if not words:
        return []
    host = sa.func.coalesce(sa.func.nullif(Client.trade_name, ""), Client.legal_name, Visit.host_text).label("host")
    query = sa.select(Visit.id, Visit.visitor_name, Visit.company, host, Visit.arrived_at).outerjoin(
        Client, Client.id == Visit.client_id).where(
        Visit.branch_id == branch.id, Visit.arrived_at > now - SEARCHED, Visit.kind != AUTHORITY,
        *(Visit.search_text.contains(word, autoescape=True) for word in words))
    return list(db.session.execute(query.order_by(Visit.arrived_at.desc(), Visit.id.desc()).limit(limit)))


def _where(branch: Branch, wanted: Filter) -> list[Any]:
    where: list[Any] = [Visit.branch_id == branch.id]
    where += [Visit.search_text.contains(word, autoescape=True) for word in fold(wanted.q[:120]).split()[:8]]
    if wanted.kind:
        where.append(Visit.kind == wanted.kind)
    if wanted.since:
        where.append(Visit.arrived_at >= clock.start_of_day(wanted.since, branch.timezone))
    if wanted.until:
        where.append(Visit.arrived_at < clock.end_of_day(wanted.until, branch.timezone))
    return where


def visit_of(branch_id: int, visit_id: int) -> Visit | None:
    """A branch's visit with its client; None when it is another's."""
    query = sa.select(Visit).where(Visit.id == visit_id, Visit.branch_id == branch_id)
    return db.session.scalars(query.options(joinedload(Visit.client), joinedload(Visit.contact))).one_or_none()


def calls_of(visit_id: int) -> list[HostCall]:
    """Who was told of a visit."""
    return list(db.session.scalars(sa.select(HostCall).where(HostCall.visit_id == visit_id).order_by(HostCall.id)))


def signatures_of(visit_id: int) -> list[RulesSignature]:
    """What the visitor signed."""
    query = sa.select(RulesSignature).where(RulesSignature.visit_id == visit_id).options(
        joinedload(RulesSignature.house_rules))
    return list(db.session.scalars(query.order_by(RulesSignature.id)))


def signature_of(branch_id: int, signature_id: int) -> RulesSignature | None:
    """A branch's signature; None when it is another's."""
    row = db.session.get(RulesSignature, signature_id)
    return row if row is not None and row.branch_id == branch_id else None


def invitations(branch_id: int, after: datetime, *, client_id: int | None = None, number: int = 1,
                past: bool = False) -> Page:
    """Invitations that end after a moment, the next first; or those that are over, the newest first."""
    where: list[Any] = [Invitation.branch_id == branch_id]
    where.append(Invitation.ends_at <= after if past else Invitation.ends_at > after)
    if client_id is not None:
        where.append(Invitation.client_id == client_id)
    order = Invitation.starts_at.desc() if past else Invitation.starts_at
    query = sa.select(Invitation).where(*where).options(joinedload(Invitation.client)).order_by(order, Invitation.id)
    rows = list(db.session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)))
    return Page(rows, number, count_of(sa.select(Invitation.id).where(*where)), PAGE)


def invitation_of(branch_id: int, invitation_id: int) -> Invitation | None:
    """A branch's invitation; None when it is another's."""
    query = sa.select(Invitation).where(Invitation.id == invitation_id, Invitation.branch_id == branch_id)
    return db.session.scalars(query.options(joinedload(Invitation.client))).one_or_none()


def block_list(branch_id: int) -> list[BlockEntry]:
    """The names in force, by name."""
    query = sa.select(BlockEntry).where(BlockEntry.branch_id == branch_id, sa.text("block_entry.ended_at IS NULL"))
    return list(db.session.scalars(query.order_by(BlockEntry.name_key, BlockEntry.id)))


def of_client(client_id: int, number: int = 1, size: int = 20) -> Page:
    """Visits to a client, the newest first, of which it may know: who stands on the block list is not among them, nor
    an authority until reception told the client of it or noted what it delivered.
    """
    told = sa.or_(sa.select(HostCall.id).where(HostCall.visit_id == Visit.id).exists(),
                  sa.select(LegalNotice.id).where(LegalNotice.visit_id == Visit.id).exists())
    mine = sa.and_(Visit.client_id == client_id, sa.not_(Visit.blocked), sa.or_(Visit.kind != AUTHORITY, told))
    query = sa.select(Visit).where(mine).order_by(Visit.arrived_at.desc(), Visit.id.desc())
    rows = list(db.session.scalars(query.limit(size).offset((number - 1) * size)))
    return Page(rows, number, count_of(sa.select(Visit.id).where(mine)), size)


def waiting_for(client_id: int) -> list[Visit]:
    """Who waits for a client in the lobby now and may be answered, the longest first."""
    query = sa.select(Visit).where(
        Visit.client_id == client_id, sa.text("visit.left_at IS NULL"), sa.not_(Visit.blocked),
        Visit.state.in_(("waiting", "coming", "wait")), Visit.kind.not_in(("authority", "delivery")))
    return list(db.session.scalars(query.order_by(Visit.arrived_at)))


def legal_notices(branch_id: int, *, client_id: int | None = None, number: int = 1) -> Page:
    """Legal notices of a branch (or of one client), the newest first."""
    where: list[Any] = [LegalNotice.branch_id == branch_id]
    if client_id is not None:
        where.append(LegalNotice.client_id == client_id)
    query = sa.select(LegalNotice).where(*where).options(joinedload(LegalNotice.client)).order_by(LegalNotice.id.desc())
    rows = list(db.session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)))
    return Page(rows, number, count_of(sa.select(LegalNotice.id).where(*where)), PAGE)


def notice_of(branch_id: int, notice_id: int) -> LegalNotice | None:
    """A branch's legal notice; None when it is another's."""
    query = sa.select(LegalNotice).where(LegalNotice.id == notice_id, LegalNotice.branch_id == branch_id)
    return db.session.scalars(query.options(joinedload(LegalNotice.client))).one_or_none()


def is_noted(visit: Visit) -> bool:
    """Whether what an authority delivered is kept; no statement for other visitors."""
    return visit.kind == AUTHORITY and db.session.scalar(
        sa.select(LegalNotice.id).where(LegalNotice.visit_id == visit.id)) is not None


def export_rows(branch: Branch, wanted: Filter) -> Iterator[dict[str, Any]]:
    """The same visits as `history`, as rows of a file, in portions."""
    where, last = _where(branch, wanted), 0
    while True:
        rows = list(db.session.scalars(sa.select(Visit).where(*where, Visit.id > last).options(
            joinedload(Visit.client)).order_by(Visit.id).limit(CHUNK)))
        for row in rows:
            yield row_of(branch, row)
        if len(rows) < CHUNK:
            return
        last = rows[-1].id
        for row in rows:
            db.session.expunge(row)


def row_of(branch: Branch, row: Visit) -> dict[str, Any]:
    """One visit as plain values; moments are branch-local."""
    def wall(moment: datetime | None) -> str | None:
        return clock.local(moment, branch.timezone).isoformat(timespec="minutes") if moment else None

    return {"id": row.id, "kind": row.kind, "state": row.state, "visitor": row.visitor_name, "company": row.company,
            "phone": row.phone, "email": row.email, "client": row.client.legal_name if row.client else "",
            "host": row.host_text, "arrived_at": wall(row.arrived_at), "answered_at": wall(row.answered_at),
            "left_at": wall(row.left_at), "left_by": row.left_by, "signed_in_by": row.signed_in_by,
            "forgotten": row.forgotten_at is not None}


EXPORT_COLUMNS = ("id", "kind", "state", "visitor", "company", "phone", "email", "client", "host", "arrived_at",
                  "answered_at", "left_at", "left_by", "signed_in_by", "forgotten")


def invitation_behind(token: str) -> Invitation:
    """The invitation of a page's link; one that was called off or is long over has no page. Raises LinkOver."""
    found = db.session.scalar(sa.select(Invitation).where(
        Invitation.token_hash == tokens.hash_of(token)).options(joinedload(Invitation.client)))
    if found is None or found.state == "cancelled" or found.ends_at < clock.now() - GRACE:
        raise errors.LinkOver
    return found
