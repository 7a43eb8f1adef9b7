"""The host answers: by the link of the message (a GET shows, a POST answers), in the portal, or through reception."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.visitors import errors
from fastoffice.visitors.models import HostCall, Visit
from fastoffice.visitors.rules import visits
from fastoffice.visitors.service import calling, signing_in, tokens
from fastoffice.visitors.service.holding import hold


def call_behind(token: str, now: datetime) -> HostCall:
    """The call that a link belongs to; looking changes nothing. Raises LinkOver."""
    found = db.session.scalar(sa.select(HostCall).where(
        HostCall.token_hash == tokens.hash_of(token), HostCall.expires_at > now))
    if found is None:
        raise errors.LinkOver
    return found


def answer_by_link(token: str, answer: str, note: str, now: datetime) -> Visit:
    """Answer behind the link of a message. Raises LinkOver, UnknownAnswer, AlreadyIn, AlreadyOut, TooLong."""
    call = call_behind(token, now)
    visit = hold(call.visit)
    if visit.forgotten_at is not None:
        raise errors.LinkOver
    call.answered_at, call.answer = now, answer[:10]
    return _answer(visit, answer, note, audit.Actor(call.name or "client"), now)


def answer(visit: Visit, answer: str, actor: audit.Actor, now: datetime, note: str = "") -> Visit:
    """coming, wait or not_today; the tablet shows it. A later answer replaces the one before.

    Raises UnknownAnswer, AlreadyIn, AlreadyOut, TooLong.
    """
    return _answer(hold(visit), answer, note, actor, now)


def let_in(branch: Branch, visit: Visit, actor: audit.Actor, now: datetime) -> Visit:
    """Reception saw the visitor go in with the host. Raises AlreadyIn, AlreadyOut."""
    visit = hold(visit)
    if visit.state != visits.IN:
        visits.check_step(visit.state, visits.IN)
        visit.state, visit.escalate_at = visits.IN, None
        calling.attend_all(visit.id, actor, now)
        audit.record(actor, "visit.let_in", ("visit", visit.id), branch_id=branch.id)
    return visit


def tell_host(branch: Branch, visit: Visit, actor: audit.Actor, now: datetime) -> Visit:
    """Reception decided that the host shall know of a visitor whom nobody told of. Raises AlreadyOut, HostMissing."""
    visit = hold(visit)
    if visit.left_at is not None:
        raise errors.AlreadyOut
    if visit.client_id is None:
        raise errors.HostMissing
    calling.attend_all(visit.id, actor, now)
    signing_in.tell_hosts(branch, visit, "", actor, now)
    audit.record(actor, "visit.host_told", ("visit", visit.id), branch_id=branch.id)
    return visit


def _answer(visit: Visit, said: str, note: str, actor: audit.Actor, now: datetime) -> Visit:
    state = visits.answered(visit.state, said)
    visit.state, visit.escalate_at = state, None
    visit.answered_at, visit.answered_by = now, actor.name[:120]
    visit.note = visits.short(note, "note", visits.NOTE_LENGTH)
    audit.record(actor, "visit.answered", ("visit", visit.id), {"answer": said}, branch_id=visit.branch_id)
    return visit
