"""Inviting somebody: the mail carries a short code and a QR, both made from a nonce; cancelling tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from fastoffice import audit, clock, locale
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.notifications.kinds import EMAIL, WHATSAPP
from fastoffice.notifications.service import NoticeSpec, owe_notice
from fastoffice.visitors import errors
from fastoffice.visitors.models import Invitation
from fastoffice.visitors.rules import invitations, visits
from fastoffice.visitors.service import tokens
from fastoffice.visitors.service.holding import hold

INVITED, CANCELLED = "visit_invitation", "visit_cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """Who is expected, by whom and when (aware moments). `request_key`: sent twice it is one invitation."""

    request_key: str
    client_id: int
    contact_id: int | None = None
    name: str
    starts_at: datetime
    ends_at: datetime
    company: str = ""
    email: str = ""
    phone: str = ""
    kind: str = visits.VISIT
    purpose: str = ""
    language: str = "es"


def invite(branch: Branch, data: Invite, actor: audit.Actor, now: datetime) -> Invitation:
    """Expect somebody and send them the code and the QR.

    Raises HostMissing (also for a client of another branch), NameMissing, NobodyToInvite, ContactUnreadable,
    OneContactOnly, InvitationTimes, TooLong, UnknownKind.
    """
    known = db.session.scalar(sa.select(Invitation).where(
        Invitation.branch_id == branch.id, Invitation.request_key == data.request_key[:64]))
    if known is not None:
        return known
    client = db.session.get(Client, data.client_id)
    if client is None or client.branch_id != branch.id:
        raise errors.HostMissing
    if data.kind not in (visits.VISIT, visits.INTERVIEW, visits.SUPPLIER):
        raise errors.UnknownKind
    name = visits.name_of(data.name)
    email = visits.email_of(data.email) if data.email.strip() else ""
    phone = visits.phone_of(data.phone) if data.phone.strip() else ""
    if not (email or phone):
        raise errors.NobodyToInvite
    invitations.check_times(data.starts_at, data.ends_at, now)
    nonce = tokens.new_nonce()
    row = Invitation(
        branch_id=branch.id, request_key=data.request_key[:64], client_id=data.client_id, contact_id=data.contact_id,
        kind=data.kind, visitor_name=name, company=visits.short(data.company, "company"), email=email,
        phone=phone, language=data.language, nonce=nonce, state="expected",
        purpose=visits.short(data.purpose, "purpose", 200), starts_at=data.starts_at, ends_at=data.ends_at,
        code_hash=tokens.hash_of(tokens.code_of("invitation-code", nonce)),
        token_hash=tokens.hash_of(tokens.token_of("invitation", nonce)), created_at=now, created_by=actor.name[:120])
    db.session.add(row)
    db.session.flush()
    _owe(branch, row, INVITED)
    audit.record(actor, "invitation.made", ("client", row.client_id), {"invitation": row.id}, branch_id=branch.id)
    return row


def cancel_invitation(branch: Branch, row: Invitation, actor: audit.Actor, now: datetime) -> None:
    """Expect them no more, and say so; once."""
    row = hold(row)  # its guest may be signing in with it
    if row.state != "expected":
        return
    row.state, row.cancelled_at = "cancelled", now
    _owe(branch, row, CANCELLED)
    audit.record(actor, "invitation.cancelled", ("client", row.client_id), {"invitation": row.id},
                 branch_id=branch.id)


def _owe(branch: Branch, row: Invitation, kind: str) -> None:
    """The guest's name and the secrets are no part of what is stored: the outbox asks for them as it sends."""
    client = db.session.get_one(Client, row.client_id)
    starts = clock.local(row.starts_at, branch.timezone)
    channels = tuple(channel for channel, has in ((EMAIL, row.email), (WHATSAPP, row.phone)) if has)
    owe_notice(NoticeSpec(
        branch_id=branch.id, kind=kind, subject=("invitation", row.id), party_id=client.id,
        party_name=client.display_name, language=row.language, channels=channels,
        emails=[row.email] if row.email else [], phone=row.phone,
        context={"client_name": client.display_name, "visit_day": locale.date_long(starts.date(), row.language),
                 "visit_hour": f"{starts:%H:%M}", "branch_name": f"Fast Office {branch.name}",
                 "branch_address": " ".join(branch.address.split()), "branch_phone": branch.phone or "",
                 "branch_email": branch.email or ""}))
