"""Letting people into the portal: by invitation of the staff, or because they read the client's billing mail."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit, bulk
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.config import LANGUAGES
from fastoffice.errors import Conflict, Refusal
from fastoffice.extensions import db
from fastoffice.identity.access import is_client
from fastoffice.identity.models import PortalAccess, User
from fastoffice.identity.permissions import CLIENT
from fastoffice.identity.portal import links, queries
from fastoffice.identity.portal.visitor import WHAT
from fastoffice.identity.service.users import end_all_sessions, role_named
from fastoffice.upsert import insert_unless_there


@dataclass(frozen=True, slots=True)
class Door:
    """A contact of a client's file through which a person may come in; `email` is what the file says."""

    client_id: int
    branch_id: int
    contact_id: int
    email: str
    name: str = ""
    language: str = "es"


def invite(actor: Actor, door: Door, may: Iterable[str], now: datetime) -> PortalAccess:
    """Let the contact see the client's file and mail them a link. Raises Refusal: no address, nothing to see, or an
    address of the staff. Who has access already gets what is ticked, and no second mail.
    """
    wanted = _checked(may)
    if not door.email:
        raise Refusal(_l("This contact has no e-mail address. Write one in the client's file first."))
    user = _person(door, now)
    access = _row(user.id, door.client_id)
    if access is not None and access.revoked_at is None and access.contact_id == door.contact_id:
        change(actor, access, wanted)
        return access
    if access is None:
        access = PortalAccess(user_id=user.id, branch_id=door.branch_id, client_id=door.client_id)
        db.session.add(access)
    access.contact_id, access.may, access.invited_at, access.revoked_at = door.contact_id, wanted, now, None
    db.session.flush()
    _note(actor, "portal.invited", access, {"email": user.email, "may": wanted})
    send_invitation(access, door, now)
    return access


def send_invitation(access: PortalAccess, door: Door, now: datetime) -> None:
    """Mail the link of an invitation; each call is a link of its own."""
    links.owe(links.INVITATION, door.email.lower(), branch=db.session.get_one(Branch, access.branch_id),
              client_id=access.client_id, name=door.name, language=door.language, now=now)


def change(actor: Actor, access: PortalAccess, may: Iterable[str]) -> None:
    """Let the person see this and no more; their sessions end when it is something else than before."""
    wanted = _checked(may)
    if wanted == list(access.may):
        return
    access.may = wanted
    end_all_sessions(access.user)
    _note(actor, "portal.changed", access, {"email": access.user.email, "may": wanted})


def revoke(actor: Actor, access: PortalAccess, now: datetime) -> None:
    """Let the person in no more, also not by a link that is still under way; their sessions end."""
    if access.revoked_at is None:
        access.revoked_at = now
        end_all_sessions(access.user)
        _note(actor, "portal.revoked", access, {"email": access.user.email})


def ask_for_link(email: str, doors: Sequence[Door], now: datetime) -> bool:
    """Owe a link to the reader of `email` if they may come in anywhere; whether one is owed. `doors` are the contacts
    with that address that receive a client's documents.
    """
    user = _user_of(email)
    if user is not None and (not is_client(user) or not user.active):
        return False
    known = queries.accesses_of(user) if user else []
    fresh = [door for door in doors if user is None or not _was_revoked(user, door)]
    if not known and not fresh:
        return False
    first = known[0] if known else fresh[0]
    name = user.full_name if user else fresh[0].name
    language = (user.language if user else fresh[0].language) or "es"
    links.owe(links.SIGN_IN, email, branch=db.session.get_one(Branch, first.branch_id), client_id=first.client_id,
              name=name, language=language, now=now)
    return True


def come_in(email: str, doors: Sequence[Door], now: datetime) -> User | None:
    """Whoever proved to read `email`: their account, made at the first time, with access to the files of `doors` that
    were never taken from them. None when nothing is open to them.
    """
    user = _user_of(email)
    if user is None and doors:
        user = _person(doors[0], now)
    if user is None or not is_client(user) or not user.active:
        return None
    _open(user, doors, now)
    return user if queries.accesses_of(user) else None


def _open(user: User, doors: Sequence[Door], now: datetime) -> None:
    """Access by reading the client's mail: to everything, once; what was revoked stays revoked."""
    for door in doors:
        known = _row(user.id, door.client_id)
        if known is not None:
            if known.revoked_at is None:
                known.contact_id = door.contact_id  # the contact through which they came before may be gone
            continue
        row = {"user_id": user.id, "branch_id": door.branch_id, "client_id": door.client_id,
               "contact_id": door.contact_id, "may": list(WHAT), "invited_at": now}
        table = bulk.table_of(PortalAccess)
        made = insert_unless_there(table).values(**row).returning(table.c.id)
        if db.session.execute(made).scalar() is not None:
            audit.record(Actor(user.full_name or user.email, user.id), "portal.opened", ("client", door.client_id),
                         {"email": user.email}, branch_id=door.branch_id)


def _was_revoked(user: User, door: Door) -> bool:
    access = _row(user.id, door.client_id)
    return access is not None and access.revoked_at is not None


def _person(door: Door, now: datetime) -> User:
    """The account of the contact's address, made when there is none. Raises Conflict for one of the staff."""
    email = door.email.lower()
    user = _user_of(email)
    if user is not None:
        if not is_client(user):
            raise Conflict(_l("This address belongs to somebody of the staff: they can't be a client's contact here."))
        return user
    user = User(
        network_id=db.session.get_one(Branch, door.branch_id).network_id, email=email, full_name=door.name.strip(),
        language=door.language if door.language in LANGUAGES else "es", active=True, fs_uniquifier=uuid.uuid4().hex,
        create_datetime=now, confirmed_at=now)
    user.roles = [role_named(CLIENT)]
    db.session.add(user)
    db.session.flush()
    return user


def _user_of(email: str) -> User | None:
    return db.session.scalar(sa.select(User).where(User.email == email.lower()))


def _row(user_id: int, client_id: int) -> PortalAccess | None:
    return db.session.scalar(
        sa.select(PortalAccess).where(PortalAccess.user_id == user_id, PortalAccess.client_id == client_id))


def _checked(may: Iterable[str]) -> list[str]:
    wanted = set(may)
    chosen = [what for what in WHAT if what in wanted]
    if not chosen:
        raise Refusal(_l("Choose at least one thing that the contact may see."))
    return chosen


def _note(actor: Actor, action: str, access: PortalAccess, data: dict[str, object]) -> None:
    audit.record(actor, action, ("client", access.client_id), data, branch_id=access.branch_id)
