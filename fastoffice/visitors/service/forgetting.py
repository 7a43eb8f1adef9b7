"""What is personal goes in time, by kind of visit, or when a person asks; what counts stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from fastoffice import audit
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.notifications import service as outbox
from fastoffice.visitors.models import (
    HostCall,
    HouseRules,
    Invitation,
    LegalNotice,
    ReceptionCall,
    RulesSignature,
    Visit,
    Visitor,
)
from fastoffice.visitors.rules import retention, visits
from fastoffice.visitors.service.policies import policy_of

PORTION = 200
CALLED = timedelta(days=30)
REMEMBERED = timedelta(days=365)  # who has not come for a year is recognised no more
_EMPTY: dict[str, Any] = {"visitor_name": "", "company": "", "phone": "", "email": "", "details": {}, "note": "",
                          "host_text": "", "search_text": "", "photo_sha256": None, "visitor_id": None}


def forget_due(branch: Branch, actor: audit.Actor, now: datetime) -> int:
    """A portion of what is older than its kind is kept; how many rows changed (0: nothing is left to do)."""
    policy, changed, forgotten = policy_of(branch.id).retention, 0, 0
    for kind, days in retention.all_of(policy).items():
        changed += _forget_photos(branch.id, kind, now - timedelta(days=days.photo))
        old = _older(branch.id, kind, now - timedelta(days=days.data))
        forgotten += forget_visits(old, now)
    changed += _forget_visitors(branch.id, now - REMEMBERED) + _forget_invitations(branch.id, now)
    changed += _forget_calls(branch.id, now - CALLED)
    if forgotten:
        audit.record(actor, "visits.forgotten", ("branch", branch.id), {"count": forgotten}, branch_id=branch.id)
    return changed + forgotten


def forget_visits(visit_ids: list[int], now: datetime) -> int:
    """Take everything personal off these visits but what proves an agreement or a legal notice; how many."""
    if not visit_ids:
        return 0
    mine = Visit.id.in_(visit_ids)
    db.session.execute(sa.update(Visit).where(mine).values(**_EMPTY, forgotten_at=now, version=Visit.version + 1))
    calls = db.session.scalars(sa.select(HostCall.id).where(HostCall.visit_id.in_(visit_ids)))
    outbox.forget_messages("host_call", list(calls))
    kept = sa.select(HouseRules.id).where(HouseRules.kind == "nda")
    db.session.execute(sa.delete(RulesSignature).where(
        RulesSignature.visit_id.in_(visit_ids), RulesSignature.house_rules_id.not_in(kept)))
    db.session.expire_all()
    return len(visit_ids)


def _forget_photos(branch_id: int, kind: str, before: datetime) -> int:
    old = sa.select(Visit.id).where(
        Visit.branch_id == branch_id, sa.text("visit.photo_sha256 IS NOT NULL"), Visit.kind == kind,
        Visit.arrived_at < before).limit(PORTION)
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(sa.update(Visit).where(Visit.id.in_(ids)).values(photo_sha256=None))
    return len(ids)


def _older(branch_id: int, kind: str, before: datetime) -> list[int]:
    """Visits of a kind that ended before; never one that carries a legal notice."""
    legal = sa.select(LegalNotice.visit_id)
    return list(db.session.scalars(sa.select(Visit.id).where(
        Visit.branch_id == branch_id, Visit.kind == kind, sa.text("visit.forgotten_at IS NULL"),
        Visit.arrived_at < before, Visit.state == visits.OUT,
        *((Visit.id.not_in(legal),) if kind == visits.AUTHORITY else ())).limit(PORTION)))


def _forget_calls(branch_id: int, before: datetime) -> int:
    """What a call to reception said, which may be a name."""
    old = sa.select(ReceptionCall.id).where(
        ReceptionCall.branch_id == branch_id, ReceptionCall.note != "", ReceptionCall.called_at < before)
    ids = list(db.session.scalars(old.limit(PORTION)))
    if ids:
        db.session.execute(sa.update(ReceptionCall).where(ReceptionCall.id.in_(ids)).values(note=""))
    return len(ids)


def _forget_visitors(branch_id: int, before: datetime) -> int:
    ids = list(db.session.scalars(sa.select(Visitor.id).where(
        Visitor.branch_id == branch_id, Visitor.last_seen_at < before).limit(PORTION)))
    _delete_visitors(ids)
    return len(ids)


def _delete_visitors(ids: list[int]) -> None:
    if ids:
        db.session.execute(sa.update(Visit).where(Visit.visitor_id.in_(ids)).values(visitor_id=None))
        db.session.execute(sa.delete(Visitor).where(Visitor.id.in_(ids)))


def _forget_invitations(branch_id: int, now: datetime) -> int:
    ids = list(db.session.scalars(sa.select(Invitation.id).where(
        Invitation.branch_id == branch_id, Invitation.forgotten_at.is_(None),
        Invitation.ends_at < now - REMEMBERED).limit(PORTION)))
    _empty_invitations(ids, now)
    return len(ids)


def _empty_invitations(ids: list[int], now: datetime) -> None:
    if ids:
        db.session.execute(sa.update(Invitation).where(Invitation.id.in_(ids)).values(
            visitor_name="—", company="", email="", phone="", purpose="", forgotten_at=now))
        outbox.forget_messages("invitation", ids, readers_too=True)


def erase_person(branch: Branch, contact_key: str, actor: audit.Actor, now: datetime) -> int:
    """Forget everything of the person who left this telephone or e-mail; how many visits and invitations.

    What they signed as confidential and what an authority delivered is proof and stays. Who is inside now is
    forgotten after they left.
    """
    ids = [visit.id for visit in visits_of(branch.id, contact_key) if visit.left_at is not None]
    invited = [row.id for row in invitations_of(branch.id, contact_key)]
    count = forget_visits(ids, now) + len(invited)
    _empty_invitations(invited, now)
    _delete_visitors(list(db.session.scalars(sa.select(Visitor.id).where(
        Visitor.branch_id == branch.id, Visitor.contact_key == contact_key))))
    audit.record(actor, "visitor.erased", ("branch", branch.id), {"count": count}, branch_id=branch.id)
    return count


def visits_of(branch_id: int, contact_key: str) -> list[Visit]:
    """Every visit of the person who left this telephone or e-mail."""
    if not contact_key:
        return []
    near = Visit.email.ilike(contact_key) if "@" in contact_key else Visit.phone != ""
    rows = db.session.scalars(sa.select(Visit).where(Visit.branch_id == branch_id, near).order_by(Visit.arrived_at))
    return [row for row in rows if contact_key in _keys(row)]


def invitations_of(branch_id: int, contact_key: str) -> list[Invitation]:
    """Every invitation of that person."""
    rows = db.session.scalars(sa.select(Invitation).where(
        Invitation.branch_id == branch_id, Invitation.forgotten_at.is_(None)))
    return [row for row in rows if contact_key in _keys(row)]


def _keys(row: Visit | Invitation) -> set[str]:
    return {visits.contact_key("", row.email), visits.contact_key(row.phone, "")} - {""}
