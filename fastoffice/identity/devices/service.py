"""Pairing, being seen, ending. Verbs are part of the caller's unit of work."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from fastoffice import audit
from fastoffice.branches.models import Branch
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.folding import clean_text
from fastoffice.identity.devices.models import Device, PairingCode

KIOSK, PANEL = KINDS = ("kiosk", "panel")
LIFETIME = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=1)
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that are taken for one another
CODE_LENGTH, PIN_LENGTH, NAME_LENGTH = 8, 8, 80
PIN_ROUNDS = 600_000  # kiosk/static/js/list.js counts the same


class CodeOver(Refusal):
    """Unknown, used or older than five minutes: all the same to whoever types it."""

    def __init__(self) -> None:
        super().__init__(_l("This code is not valid any more. Ask the manager for a new one."), field="code")


class NameMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(_l("Write where it stands, such as “Lobby”."), field="name")


@dataclass(frozen=True, slots=True)
class Offer:
    """What is shown once: the code to type at the device, and the key that opens its evacuation list ("" of panels)."""

    code: str
    pin: str
    expires_at: datetime

    @property
    def spoken(self) -> str:
        """"K7QX-2MPB"."""
        return _halves(self.code)

    @property
    def spoken_pin(self) -> str:
        return _halves(self.pin)


def offer_code(branch: Branch, kind: str, name: str, actor: audit.Actor, now: datetime,
               resource_id: int | None = None) -> Offer:
    """A code for one device of `kind`. Raises NameMissing; ValueError for a kind that does not exist."""
    if kind not in KINDS:
        raise ValueError(kind)
    place = clean_text(name)[:NAME_LENGTH]
    if not place:
        raise NameMissing
    code, pin, salt, key = _drawn(CODE_LENGTH), "", "", ""
    if kind == KIOSK:
        pin, salt = _drawn(PIN_LENGTH), secrets.token_hex(16)
        key = hashlib.pbkdf2_hmac("sha256", pin.encode(), bytes.fromhex(salt), PIN_ROUNDS).hex()
    db.session.add(PairingCode(
        branch_id=branch.id, kind=kind, name=place, resource_id=resource_id, code_hash=hash_of(code), list_salt=salt,
        list_key=key, made_at=now, made_by=actor.name[:120], expires_at=now + LIFETIME))
    audit.record(actor, "device.code_made", ("branch", branch.id), {"kind": kind, "name": place}, branch_id=branch.id)
    return Offer(code, pin, now + LIFETIME)


def _drawn(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def _halves(secret: str) -> str:
    return f"{secret[:4]}-{secret[4:]}" if secret else ""


def pair(kind: str, typed: str, now: datetime) -> tuple[Device, str]:
    """The device that a code stands for and its token, now and never again: whoever writes `used_at` first has it.

    Raises CodeOver.
    """
    plain = "".join(char for char in typed if char.isalnum()).upper()
    take = sa.update(PairingCode).where(
        PairingCode.code_hash == hash_of(plain), PairingCode.kind == kind, PairingCode.used_at.is_(None),
        PairingCode.expires_at > now).values(used_at=now).returning(PairingCode.id)
    taken = db.session.scalar(take.execution_options(synchronize_session=False))
    if taken is None:
        raise CodeOver
    code, token = db.session.get_one(PairingCode, taken), secrets.token_urlsafe(32)
    device = Device(
        branch_id=code.branch_id, kind=kind, name=code.name, resource_id=code.resource_id, token_hash=hash_of(token),
        list_salt=code.list_salt, list_key=code.list_key, paired_at=now, paired_by=code.made_by, last_seen_at=now)
    db.session.add(device)
    db.session.flush()
    audit.record(audit.Actor(code.made_by), "device.paired", ("branch", code.branch_id),
                 {"kind": kind, "name": code.name}, branch_id=code.branch_id)
    return device, token


def by_token(kind: str, token: str) -> Device | None:
    """The device behind a cookie, while nobody ended it."""
    if not token:
        return None
    return db.session.scalar(sa.select(Device).where(
        Device.token_hash == hash_of(token), Device.kind == kind, Device.ended_at.is_(None)))


def note_seen(device: Device, now: datetime) -> None:
    """It is there; written at most once a minute."""
    if device.last_seen_at is None or now - device.last_seen_at >= SEEN_EVERY:
        device.last_seen_at = now


def end_device(branch: Branch, device_id: int, actor: audit.Actor, now: datetime) -> None:
    """It may do nothing any more; again without harm. Raises NotFound for another branch's."""
    device = db.session.get(Device, device_id)
    if device is None or device.branch_id != branch.id:
        raise NotFound(_l("There is no such device."))
    if device.ended_at is None:
        device.ended_at, device.ended_by = now, actor.name[:120]
        audit.record(actor, "device.ended", ("branch", branch.id), {"kind": device.kind, "name": device.name},
                     branch_id=branch.id)


def forget_codes(now: datetime) -> int:
    """Delete codes that nobody can use any more since a day; how many."""
    gone: Any = db.session.execute(sa.delete(PairingCode).where(PairingCode.expires_at < now - timedelta(days=1)))
    return int(gone.rowcount)


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
