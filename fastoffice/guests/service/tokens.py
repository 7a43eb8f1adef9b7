"""The private address of a guest's page: one purpose, 128 bits, kept as a hash.

The token is an HMAC of the row's nonce under SECRET_KEY, so that a mail that is made again carries the same address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from fastoffice.extensions import db
from fastoffice.guests import rules
from fastoffice.guests.models import GuestBooking

TOKEN_BYTES = 16
MARK = 12  # characters of the hash that tell which secret a browser was shown


def new_nonce() -> str:
    return secrets.token_hex(16)


def token_of(nonce: str) -> str:
    """The secret of a page, made anew from its nonce whenever it is needed."""
    return base64.urlsafe_b64encode(_digest(b"guest-booking:" + nonce.encode())[:TOKEN_BYTES]).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def url_of(nonce: str) -> str:
    """Absolute address, from the configured base URL."""
    return f"{current_app.config['SETTINGS'].base_url}/booking/{token_of(nonce)}"


def address_mark(address: str) -> str:
    """Tells browsers of one place from those of another, without keeping where it is."""
    return _digest(b"guest-address:" + address.encode()).hex()[:32] if address else ""


def forget_addresses(now: datetime) -> None:
    """From where somebody wrote counts for a day (`rules.holds_too_many`), and is forgotten then."""
    db.session.execute(sa.update(GuestBooking).where(
        GuestBooking.address_mark != "", GuestBooking.created_at <= now - rules.DAY).values(address_mark=""))


def find(token: str, now: datetime) -> GuestBooking | None:
    """The booking behind a token; None for a wrong or an old one."""
    return db.session.scalar(sa.select(GuestBooking).where(
        GuestBooking.token_hash == hash_of(token), GuestBooking.expires_at > now))


def by_mark(guest_id: int, mark: str, now: datetime) -> GuestBooking | None:
    """The booking that a browser was shown, while its page lives."""
    return db.session.scalar(sa.select(GuestBooking).where(
        GuestBooking.id == guest_id, GuestBooking.token_hash.startswith(mark, autoescape=True),
        GuestBooking.expires_at > now))


def _digest(words: bytes) -> bytes:
    return hmac.new(str(current_app.config["SECRET_KEY"]).encode(), words, hashlib.sha256).digest()
