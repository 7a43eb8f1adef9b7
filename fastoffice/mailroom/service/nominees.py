"""Who may collect for a client, and their PINs."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from functools import lru_cache
from typing import NoReturn

import sqlalchemy as sa
from flask_security.utils import hash_password, verify_password

from fastoffice import audit, clock
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.folding import clean_text, fold
from fastoffice.mailroom import errors
from fastoffice.mailroom.models import Nominee
from fastoffice.mailroom.rules import states

_PIN = re.compile(r"\d{4,8}", re.ASCII)


def in_force(client_id: int) -> list[Nominee]:
    """The people whom the client named, by name."""
    query = sa.select(Nominee).where(Nominee.client_id == client_id, Nominee.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(Nominee.name, Nominee.id)))


def of_client(client_id: int, nominee_id: int) -> Nominee:
    """One of them, locked. Raises NoSuchNominee."""
    query = sa.select(Nominee).where(
        Nominee.id == nominee_id, Nominee.client_id == client_id, Nominee.ended_at.is_(None))
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise errors.NoSuchNominee
    return found


def name_one(client: Client, name: str, pin: str, actor: Actor, now: datetime) -> Nominee:
    """Let somebody collect for the client; `pin` may be empty. Raises NameMissing, NamedAlready, PinMalformed."""
    clean = clean_text(name)[:120]
    key = fold(clean)
    if len(key) < 2:
        raise errors.NameMissing
    if any(each.name_key == key for each in in_force(client.id)):
        raise errors.NamedAlready
    nominee = Nominee(branch_id=client.branch_id, client_id=client.id, name=clean, name_key=key,
                      pin_hash=_hashed(pin), created_at=now, created_by=actor.name)
    db.session.add(nominee)
    db.session.flush()
    audit.record(actor, "mail.nominee_added", ("client", client.id), {"nominee": nominee.id, "name": clean},
                 branch_id=client.branch_id)
    return nominee


def end(client: Client, nominee_id: int, actor: Actor, now: datetime) -> None:
    """Nobody collects under this name any more. Raises NoSuchNominee."""
    nominee = of_client(client.id, nominee_id)
    nominee.ended_at, nominee.ended_by, nominee.pin_hash = now, actor.name, ""
    audit.record(actor, "mail.nominee_ended", ("client", client.id), {"nominee": nominee.id, "name": nominee.name},
                 branch_id=client.branch_id)


def try_pin(client_id: int, nominee_id: int, pin: str, now: datetime) -> bool:
    """Whether the PIN is theirs; a wrong one is counted, so this is a unit of work of its own, before `hand_over`.

    Raises NoSuchNominee, PinLocked.
    """
    nominee = of_client(client_id, nominee_id)
    _refuse_locked(nominee, now)
    is_right = verify_password(pin.strip(), nominee.pin_hash or _nobodys())  # also without a PIN: it takes as long
    if is_right and nominee.pin_hash:
        nominee.pin_failures = 0
        return True
    nominee.pin_failures += 1
    if nominee.pin_failures >= states.PIN_FAILURES:
        nominee.pin_failures, nominee.locked_until = 0, now + states.PIN_LOCK
    return False


def pretend(pin: str) -> None:
    """Take as long as a real look at a PIN: how fast an answer comes must not tell who is named."""
    verify_password(pin.strip(), _nobodys())


def check_pin(nominee: Nominee, pin: str, now: datetime) -> None:
    """Raises PinLocked or WrongPin."""
    _refuse_locked(nominee, now)
    if not nominee.pin_hash or not verify_password(pin.strip(), nominee.pin_hash):
        raise errors.WrongPin


def _refuse_locked(nominee: Nominee, now: datetime) -> None:
    if is_locked(nominee, now):
        raise errors.PinLocked(unlocked_at(nominee))


def is_locked(nominee: Nominee, now: datetime) -> bool:
    """Whether too many wrong PINs were tried."""
    return nominee.locked_until is not None and now < nominee.locked_until


def unlocked_at(nominee: Nominee) -> str:
    """The hour, on the branch's clock, at which a locked PIN works again."""
    branch = db.session.get_one(Branch, nominee.branch_id)
    return f"{clock.local(nominee.locked_until, branch.timezone):%H:%M}" if nominee.locked_until else ""


def refuse_pin(client_id: int, nominee_id: int, now: datetime) -> NoReturn:
    """Say what a wrong PIN led to, after it was counted. Raises PinLocked, WrongPin, NoSuchNominee."""
    nominee = of_client(client_id, nominee_id)
    _refuse_locked(nominee, now)
    raise errors.WrongPin(states.PIN_FAILURES - nominee.pin_failures)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """A hash that no PIN has."""
    hashed: str = hash_password(secrets.token_hex(16))
    return hashed


def _hashed(pin: str) -> str:
    figures = pin.strip()
    if not figures:
        return ""
    if not _PIN.fullmatch(figures) or len(set(figures)) == 1:
        raise errors.PinMalformed
    hashed: str = hash_password(figures)
    return hashed
