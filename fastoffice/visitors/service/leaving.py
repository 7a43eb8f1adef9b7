"""Signing out: by the badge's code, by name, by the host, by reception; at closing by itself, and marked so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.folding import fold
from fastoffice.visitors import errors
from fastoffice.visitors.models import Visit
from fastoffice.visitors.service import calling, tokens
from fastoffice.visitors.service.holding import hold

AUTOMATIC = "automatic"
MANY = 500


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Who may go: `name` is what they wrote themselves."""

    visit_id: int
    name: str


def sign_out(branch: Branch, text: str, actor: audit.Actor, now: datetime, host: str = "") -> SignedOut | None:
    """End the one visit that a badge's code, the visitor's key or their whole name means; None for nobody or for two
    of that name, whom `host` (typed) may tell apart. Nothing is listed.
    """
    visit = _by_secret(branch.id, text)
    by = "qr"
    if visit is None:
        visit, by = _by_name(branch.id, text, host), "name"
    if visit is None:
        return None
    end_visit(visit, by, actor, now)
    return SignedOut(visit.id, visit.visitor_name)


def end_visit(visit: Visit, by: str, actor: audit.Actor, now: datetime) -> None:
    """The visitor left; `by` is qr, name, host or reception. What ended by itself can be corrected by a real exit.

    Raises AlreadyOut.
    """
    visit = hold(visit)
    if visit.left_at is not None and visit.left_by != AUTOMATIC:
        raise errors.AlreadyOut
    visit.state, visit.left_at, visit.left_by, visit.escalate_at = "out", now, by, None
    calling.attend_all(visit.id, actor, now)
    audit.record(actor, "visit.signed_out", ("visit", visit.id), {"by": by}, branch_id=visit.branch_id)


def close_due(branch: Branch, actor: audit.Actor, now: datetime) -> int:
    """End what nobody signed out by closing time, as of that time; how many. Again without harm."""
    due = list(db.session.scalars(sa.select(Visit).where(
        Visit.branch_id == branch.id, sa.text("visit.left_at IS NULL"), Visit.closes_at <= now).order_by(
        Visit.id).limit(MANY).with_for_update()))
    for visit in due:
        visit.state, visit.left_at, visit.left_by, visit.escalate_at = "out", visit.closes_at, AUTOMATIC, None
        calling.attend_all(visit.id, actor, now)
        audit.record(actor, "visit.closed", ("visit", visit.id), branch_id=branch.id)
    return len(due)


def _by_secret(branch_id: int, text: str) -> Visit | None:
    badge = tokens.hash_of(tokens.typed_code(text))
    return db.session.scalar(sa.select(Visit).where(
        Visit.branch_id == branch_id, sa.text("visit.left_at IS NULL"),
        sa.or_(Visit.badge_hash == badge, Visit.request_key == text.strip()[:64])))


def _by_name(branch_id: int, name: str, host: str) -> Visit | None:
    typed, whom = sorted(fold(name).split()), frozenset(fold(host).split())
    inside = db.session.scalars(sa.select(Visit).where(Visit.branch_id == branch_id, sa.text("visit.left_at IS NULL")))
    found = [visit for visit in inside if typed and sorted(fold(visit.visitor_name).split()) == typed
             and whom <= frozenset(fold(visit.host_text).split())]
    return found[0] if len(found) == 1 else None
