"""A visitor signs in, once by the key that the tablet or the form made; the host is told in the same unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from fastoffice import audit, clock
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.contracts import queries as contracts
from fastoffice.extensions import db
from fastoffice.visitors import errors
from fastoffice.visitors.models import BlockEntry, Invitation, Visit
from fastoffice.visitors.rules import matching, visits
from fastoffice.visitors.service import agreeing, guests, hosts, telling, tokens
from fastoffice.visitors.service.agreeing import Signed
from fastoffice.visitors.service.calling import call_reception
from fastoffice.visitors.service.policies import closing_of

TABLET, RECEPTION = "tablet", "reception"
_DETAILS, _DETAIL_LENGTH = 6, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What a visitor told. `request_key` is made once by the client's side and kept with the form.

    `host` is what match_host sealed; without it (no network then) `host_text` and `host_company` are matched now.
    `contact` is a telephone or an e-mail. `invitation` is the code or the text of the QR. `photo_sha256` comes from
    keep_photo, each of `signed` has a version of rules_to_sign and the picture from keep_signature. `details` are the
    kind's own answers, by name. `arrived_at`: when it was typed, for what waited without network. `remember`: the
    visitor consents to be recognised by their telephone or e-mail next time. `where` names the tablet.
    """

    request_key: str
    kind: str = visits.VISIT
    name: str = ""
    company: str = ""
    contact: str = ""
    host: str = ""
    host_text: str = ""
    host_company: str = ""
    client_id: int | None = None
    contact_id: int | None = None
    invitation: str = ""
    photo_sha256: str | None = None
    signed: Sequence[Signed] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    remember: bool = False
    language: str = "es"
    arrived_at: datetime | None = None
    where: str = ""
    by: str = TABLET


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the tablet shows: whether the host was told or reception comes; `badge` ends the visit at the tablet."""

    visit_id: int
    request_key: str
    state: str
    told: bool
    badge: str


@dataclass(frozen=True, slots=True)
class _Whom:
    client_id: int | None = None
    contact_id: int | None = None
    text: str = ""
    invitation: Invitation | None = None
    problem: str = ""  # why reception is called instead of a host


def sign_in(branch: Branch, data: SignIn, actor: audit.Actor, now: datetime) -> SignedIn:
    """Note the visit, tell the host or call reception. Sent again it answers what came of the first.

    Raises UnknownKind, NameMissing, CompanyMissing, ContactMissing, ContactUnreadable, TooLong, RulesNotSigned.
    """
    known = by_key(branch.id, data.request_key)
    if known is not None:
        return _answer(known)
    visit = _visit(branch, data, actor, now)
    whom = _whom(branch, data, visit.arrived_at)
    visit.client_id, visit.contact_id, visit.host_text = whom.client_id, whom.contact_id, whom.text[:200]
    visit.invitation_id = whom.invitation.id if whom.invitation else None
    _ask_signatures(visit, data, now)
    _keep(branch, visit, data, whom, now)
    _receive(branch, visit, whom.problem, data.where, actor, now)
    audit.record(actor, "visit.signed_in", ("visit", visit.id),
                 {"kind": visit.kind, "client": visit.client_id, "by": data.by}, branch_id=branch.id)
    db.session.flush()
    return _answer(visit)


def _ask_signatures(visit: Visit, data: SignIn, now: datetime) -> None:
    """What is still to be signed is asked of whoever stands at the tablet, and noted of everybody else."""
    unsigned = agreeing.missing(visit.branch_id, visit.kind, guests.key_of(visit), data.signed)
    if unsigned and data.by == TABLET and now - visit.arrived_at <= visits.LATE:
        raise errors.RulesNotSigned(tuple(unsigned))
    if unsigned:
        visit.details = {**visit.details, "unsigned": unsigned}


def _keep(branch: Branch, visit: Visit, data: SignIn, whom: _Whom, now: datetime) -> None:
    """The visit with what was signed, the consent to be remembered and the invitation it came by."""
    visit.search_text = visits.search_text(visit.visitor_name, visit.company, visit.host_text, visit.email,
                                           "".join(filter(str.isdigit, visit.phone)))
    db.session.add(visit)
    db.session.flush()
    agreeing.keep(visit, data.signed, now)
    if data.remember:
        guests.remember(visit, now)
    if whom.invitation is not None and guests.is_last_day(branch, whom.invitation, visit.arrived_at):
        whom.invitation.state = "arrived"


def by_key(branch_id: int, request_key: str) -> Visit | None:
    """The visit that a tablet knows by its key."""
    return db.session.scalar(sa.select(Visit).where(
        Visit.branch_id == branch_id, Visit.request_key == request_key[:64]))


def _visit(branch: Branch, data: SignIn, actor: audit.Actor, now: datetime) -> Visit:
    """The visit as it was told, without its host."""
    if data.kind not in visits.KINDS:
        raise errors.UnknownKind
    is_delivery = data.kind == visits.DELIVERY
    name = visits.name_of(data.name, required=not is_delivery)
    company = visits.short(data.company, "company")
    if is_delivery and not company:
        raise errors.CompanyMissing
    phone, email = visits.split_contact(data.contact) if data.contact.strip() else ("", "")
    if not (phone or email) and data.by == TABLET and not is_delivery and not data.invitation:
        raise errors.ContactMissing
    arrived, nonce = visits.arrival(data.arrived_at, now), tokens.new_nonce()
    return Visit(
        branch_id=branch.id, request_key=data.request_key[:64], kind=data.kind, state=visits.WAITING,
        visitor_name=name, company=company, phone=phone, email=email, details=_details(data.details),
        photo_sha256=data.photo_sha256, language=data.language[:5], blocked=_is_blocked(branch.id, name),
        badge_nonce=nonce, badge_hash=tokens.hash_of(tokens.code_of("badge", nonce)), signed_in_by=data.by,
        registered_by=actor.name[:120], arrived_at=arrived, noted_at=now, closes_at=closing_of(branch, arrived))


def _details(told: Mapping[str, str]) -> dict[str, Any]:
    kept = list(told.items())[:_DETAILS]
    return {str(name)[:40]: visits.short(str(value)[:_DETAIL_LENGTH], "details", _DETAIL_LENGTH)
            for name, value in kept if str(value).strip()}


def _is_blocked(branch_id: int, name: str) -> bool:
    query = sa.select(BlockEntry.name_key).where(BlockEntry.branch_id == branch_id, BlockEntry.ended_at.is_(None))
    return bool(name) and matching.is_blocked(name, db.session.scalars(query))


def _whom(branch: Branch, data: SignIn, arrived: datetime) -> _Whom:
    """Whom the visitor means: by invitation, by what the tablet was given, by staff's choice, by what was typed."""
    if data.invitation:
        found = guests.invitation_for(branch, data.invitation, arrived)
        if found is None:
            return _Whom(text=visits.short(data.host_text[:200], "host", 200), problem="invitation")
        return _Whom(found.client_id, found.contact_id, _name_of(found.client_id), found)
    if data.client_id is not None and data.by == RECEPTION:
        client = db.session.get(Client, data.client_id)
        if client is None or client.branch_id != branch.id:
            raise errors.HostMissing
        return _Whom(client.id, data.contact_id, client.display_name)
    chosen = tokens.open_host(branch.id, data.host) if data.host else None
    if chosen is not None:
        return _Whom(*chosen, _name_of(chosen[0]))
    typed = visits.short(data.host_text[:200], "host", 200)
    found_now = hosts.look(branch.id, typed, data.host_company) if typed else matching.NOBODY
    return _Whom(found_now.client_id, found_now.contact_id, typed)


def _name_of(client_id: int) -> str:
    return db.session.get_one(Client, client_id).display_name


def _receive(branch: Branch, visit: Visit, problem: str, where: str, actor: audit.Actor, now: datetime) -> None:
    """Who comes to the visitor: the host who is told, or reception and why."""
    today = clock.local_date(visit.arrived_at, branch.timezone)
    if visit.kind == visits.DELIVERY:
        visit.state, visit.left_at, visit.left_by = visits.OUT, visit.arrived_at, "delivery"
        return _call(branch, visit, "delivery", where, actor, now)
    if visit.kind == visits.AUTHORITY:
        return _call(branch, visit, "authority", where, actor, now)
    if visit.blocked:
        return _call(branch, visit, "blocked", where, actor, now)
    if visit.client_id is None or not contracts.is_tenant(visit.client_id, today):
        return _call(branch, visit, problem or "no_host", where, actor, now)
    tell_hosts(branch, visit, where, actor, now)
    return None


def tell_hosts(branch: Branch, visit: Visit, where: str, actor: audit.Actor, now: datetime) -> None:
    """Tell the host; the second contact and reception at once where the host is away or cannot be reached."""
    if visit.client_id is None:
        return
    first, second = hosts.first_and_second(visit.client_id, visit.contact_id)
    if now - visit.arrived_at > visits.TOLD_WITHIN or visit.left_at is not None:
        return
    if first is None:
        _call(branch, visit, "no_host", where, actor, now)
        return
    telling.tell(branch, visit, first, "host", now)
    visit.escalate_at = now + visits.ANSWER_WITHIN
    if hosts.is_away(hosts.setting_of(visit.client_id), clock.local_date(now, branch.timezone)):
        _call(branch, visit, "away", where, actor, now)
        if second is not None:
            telling.tell(branch, visit, second, "second", now)


def _call(branch: Branch, visit: Visit, reason: str, where: str, actor: audit.Actor, now: datetime) -> None:
    call_reception(branch, f"visit-{visit.id}-{reason}", actor, now, reason=reason, visit_id=visit.id, where=where)


def _answer(visit: Visit) -> SignedIn:
    return SignedIn(visit.id, visit.request_key, visit.state, visit.escalate_at is not None or
                    visit.answered_at is not None, tokens.code_of("badge", visit.badge_nonce))
