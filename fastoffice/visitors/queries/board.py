"""The live board of reception: who waits, who is inside, who is expected, and what reception is wanted for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from fastoffice import clock
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.visitors.models import Invitation, ReceptionCall, Visit
from fastoffice.visitors.rules import visits

AGO = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Board:
    """`waiting` are visits before somebody fetched them, `inside` those with their host; the oldest first."""

    calls: list[ReceptionCall]
    waiting: list[Visit]
    inside: list[Visit]
    expected: list[Invitation]
    left_today: int

    @property
    def mark(self) -> str:
        """What tells this board from the one before; the same as long as it would look the same."""
        here = [(visit.id, visit.version) for visit in (*self.waiting, *self.inside)]
        seen = ([call.id for call in self.calls], here, [each.id for each in self.expected], self.left_today)
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def board(branch: Branch, now: datetime) -> Board:
    """Four statements, however many visitors."""
    rows = list(db.session.scalars(sa.select(Visit).where(
        Visit.branch_id == branch.id, sa.text("visit.left_at IS NULL")).options(
        joinedload(Visit.client), joinedload(Visit.contact)).order_by(Visit.arrived_at, Visit.id)))
    today = clock.local_date(now, branch.timezone)
    since = clock.start_of_day(today, branch.timezone)
    left = db.session.scalar(sa.select(sa.func.count(Visit.id)).where(
        Visit.branch_id == branch.id, Visit.arrived_at >= since - timedelta(days=1), Visit.left_at >= since,
        Visit.left_by != "automatic"))
    return Board(
        open_calls(branch.id), [row for row in rows if row.state != visits.IN],
        [row for row in rows if row.state == visits.IN], expected(branch, now), left or 0)


def open_calls(branch_id: int) -> list[ReceptionCall]:
    """What reception is called for and nobody looked after yet."""
    query = sa.select(ReceptionCall).where(
        ReceptionCall.branch_id == branch_id, sa.text("reception_call.attended_at IS NULL")).options(
        joinedload(ReceptionCall.visit)).order_by(ReceptionCall.id)
    return list(db.session.scalars(query.limit(50)))


def unattended(branch_id: int) -> sa.Select[Any]:
    """Those calls, to be counted with other things."""
    return sa.select(ReceptionCall.id).where(
        ReceptionCall.branch_id == branch_id, sa.text("reception_call.attended_at IS NULL"))


def waiting(branch_id: int, now: datetime, limit: int = 4) -> list[Any]:
    """Who waits for a host, the longest first: id, visitor_name, company, host, arrived_at.

    That closing time is not long ago, and sorting here, let the index of those inside answer and not the one of all.
    """
    host = sa.func.coalesce(sa.func.nullif(Client.trade_name, ""), Client.legal_name, Visit.host_text).label("host")
    query = sa.select(Visit.id, Visit.visitor_name, Visit.company, host, Visit.arrived_at).outerjoin(
        Client, Client.id == Visit.client_id).where(
        Visit.branch_id == branch_id, sa.text("visit.left_at IS NULL"), Visit.closes_at > now - AGO,
        Visit.state.in_((visits.WAITING, visits.WAIT, visits.COMING)), Visit.kind != visits.AUTHORITY)
    rows = db.session.execute(query).all()
    return sorted(rows, key=lambda row: (row.arrived_at, row.id))[:limit]


def expected(branch: Branch, now: datetime) -> list[Invitation]:
    """Who is expected today and has not come, by hour."""
    today = clock.local_date(now, branch.timezone)
    came = sa.select(Visit.id).where(Visit.invitation_id == Invitation.id,
                                     Visit.arrived_at >= clock.start_of_day(today, branch.timezone))
    query = sa.select(Invitation).where(
        Invitation.branch_id == branch.id, sa.text("invitation.state = 'expected'"),
        Invitation.starts_at < clock.end_of_day(today, branch.timezone),
        Invitation.ends_at > clock.start_of_day(today, branch.timezone), ~came.exists()).options(
        joinedload(Invitation.client))
    return list(db.session.scalars(query.order_by(Invitation.starts_at, Invitation.id)))
