"""People we may recognise, and people who are expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit, bulk, clock
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.upsert import insert_unless_there
from fastoffice.visitors.models import Invitation, Visit, Visitor
from fastoffice.visitors.rules import invitations, visits
from fastoffice.visitors.service import tokens
from fastoffice.visitors.service.calling import call_reception


@dataclass(frozen=True, slots=True)
class Known:
    """A visitor who let us remember them, by the telephone or e-mail that was typed whole."""

    name: str
    company: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What the tablet may show of an invitation. Only with standing "ok" the rest is filled in."""

    standing: invitations.Standing
    host: str = ""
    label: str = ""
    name: str = ""
    company: str = ""
    kind: str = "visit"


def key_of(visit: Visit) -> str:
    """How this visitor is found again."""
    return visits.contact_key(visit.phone, visit.email)


def recognize(branch: Branch, contact: str) -> Known | None:
    """Who consented and left exactly this telephone or e-mail. Raises ContactUnreadable."""
    key = visits.contact_key(*visits.split_contact(contact))
    row = db.session.scalar(sa.select(Visitor).where(Visitor.branch_id == branch.id, Visitor.contact_key == key))
    return Known(row.name, row.company) if row is not None else None


def remember(visit: Visit, now: datetime) -> None:
    """Keep the visitor for the next time, with their consent; what they wrote last counts."""
    key = key_of(visit)
    if not key or visit.blocked:
        return
    db.session.execute(insert_unless_there(bulk.table_of(Visitor)), [{
        "branch_id": visit.branch_id, "contact_key": key, "name": visit.visitor_name, "company": "", "phone": "",
        "email": "", "consent_at": now, "last_seen_at": now}])
    row = db.session.scalars(sa.select(Visitor).where(
        Visitor.branch_id == visit.branch_id, Visitor.contact_key == key)).one()
    row.name, row.company, row.phone, row.email = visit.visitor_name, visit.company, visit.phone, visit.email
    row.last_seen_at = now
    visit.visitor_id = row.id


def invitation_for(branch: Branch, text: str, arrived: datetime) -> Invitation | None:
    """The invitation behind a code or QR, held for this unit, if it lets its guest in at `arrived`."""
    found = _by_secret(text, hold=True)
    return found if _standing(branch, found, arrived) == "ok" else None


def is_last_day(branch: Branch, found: Invitation, arrived: datetime) -> bool:
    """Whether nobody is expected by it any more after this arrival."""
    return invitations.is_used_up(*(clock.local_date(moment, branch.timezone)
                                    for moment in (found.starts_at, found.ends_at, arrived)))


def open_invitation(branch: Branch, text: str, request_key: str, actor: audit.Actor, now: datetime,
                    where: str = "") -> Expected:
    """What a code or QR stands for today. One that does not count calls reception, and tells nothing about itself
    but a calm word.
    """
    found = _by_secret(text)
    standing = _standing(branch, found, now)
    if found is None or standing != "ok":
        call_reception(branch, f"invitation-{request_key}", actor, now, reason="invitation", where=where, note=standing)
        return Expected(standing)
    return Expected("ok", tokens.seal_host(branch.id, found.client_id, found.contact_id), found.client.display_name,
                    found.visitor_name, found.company, found.kind)


def _by_secret(text: str, *, hold: bool = False) -> Invitation | None:
    key = tokens.hash_of(tokens.typed_code(text))
    query = sa.select(Invitation).where(sa.or_(Invitation.code_hash == key, Invitation.token_hash == key))
    return db.session.scalar(query.with_for_update() if hold else query)


def _standing(branch: Branch, found: Invitation | None, now: datetime) -> invitations.Standing:
    if found is None:
        return "unknown"
    if found.branch_id != branch.id:
        return "elsewhere"
    last = db.session.scalar(sa.select(sa.func.max(Visit.arrived_at)).where(Visit.invitation_id == found.id))

    return invitations.standing(
        found.state, clock.local_date(found.starts_at, branch.timezone),
        clock.local_date(found.ends_at, branch.timezone), clock.local_date(now, branch.timezone),
        clock.local_date(last, branch.timezone) if last else None)
