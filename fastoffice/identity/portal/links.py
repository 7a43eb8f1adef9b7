"""Links in mails that let their reader into the portal: one use, one purpose, a short life.

The token is an HMAC of the link's nonce under SECRET_KEY, so that the outbox makes it when it sends and nobody keeps
it; the database has the nonce and the token's hash.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from fastoffice import clock
from fastoffice.extensions import db
from fastoffice.identity.models import PortalLink
from fastoffice.notifications import registry
from fastoffice.notifications.models import Notice
from fastoffice.notifications.service import NoticeSpec, owe_notice

SIGN_IN, INVITATION = "portal_link", "portal_invitation"
LIFETIME = {SIGN_IN: timedelta(minutes=30), INVITATION: timedelta(days=7)}
TOKEN_BYTES = 18


def owe(kind: str, email: str, *, branch: Any, client_id: int, name: str, language: str, now: datetime) -> None:
    """Owe the reader of `email` a mail of `kind` with a link of its own."""
    nonce = secrets.token_hex(16)
    link = PortalLink(branch_id=branch.id, email=email, nonce=nonce, token_hash=hash_of(token_of(nonce)),
                      created_at=now, expires_at=now + LIFETIME[kind])
    db.session.add(link)
    db.session.flush()
    owe_notice(NoticeSpec(
        branch_id=branch.id, kind=kind, subject=("portal_link", link.id), party_id=client_id,
        party_name=name or email, language=language, emails=[email],
        context={"contact_name": name or email, "account_email": email, "branch_name": branch.name,
                 "branch_phone": branch.phone or "", "branch_email": branch.email or ""}))


def token_of(nonce: str) -> str:
    """The secret of a link, made anew from its nonce whenever it is needed."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(key, b"portal-link:" + nonce.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str, now: datetime) -> PortalLink | None:
    """The link while it can be used; looking uses nothing up."""
    return db.session.scalar(sa.select(PortalLink).where(*_usable(token, now)))


def use(token: str, now: datetime) -> str | None:
    """The address whose reader comes in by this link, now and never again; None when it is over. Whoever writes
    `used_at` first is the one, whatever was read before.
    """
    take = sa.update(PortalLink).where(*_usable(token, now)).values(used_at=now).returning(PortalLink.email)
    return db.session.scalar(take.execution_options(synchronize_session=False))


def forget_old(now: datetime) -> int:
    """Delete links that nobody can use any more since a day; how many."""
    gone = sa.delete(PortalLink).where(PortalLink.expires_at < now - timedelta(days=1))
    return int(db.session.execute(gone).rowcount)  # type: ignore[attr-defined]


def _usable(token: str, now: datetime) -> tuple[Any, ...]:
    return (PortalLink.token_hash == hash_of(token), PortalLink.used_at.is_(None), PortalLink.expires_at > now)


def _values(notice_ids: list[int]) -> dict[int, dict[str, str]]:
    """The addresses of the links as the mails are made; they were never stored."""
    base = current_app.config["SETTINGS"].base_url
    return {row.id: {"portal_link": f"{base}/portal/enter/{token_of(row.nonce)}"} for row in _of(notice_ids)}


def _still_true(notice_ids: list[int]) -> set[int]:
    """A link that ended before its mail could go is not sent."""
    now = clock.now()
    return {row.id for row in _of(notice_ids) if row.expires_at > now and row.used_at is None}


def _of(notice_ids: list[int]) -> list[Any]:
    columns = (Notice.id, PortalLink.nonce, PortalLink.expires_at, PortalLink.used_at)
    query = sa.select(*columns).join(PortalLink, PortalLink.id == Notice.subject_id).where(Notice.id.in_(notice_ids))
    return list(db.session.execute(query))


def register() -> None:
    """Tell the outbox who knows the addresses."""
    for kind in (SIGN_IN, INVITATION):
        registry.register(kind, values=_values, still_true=_still_true)
