"""Sessions that end on log-out although their cookie still exists somewhere."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import sqlalchemy as sa

from fastoffice import clock
from fastoffice.extensions import db
from fastoffice.identity.models import EndedSession


def session_hash(name: str) -> str:
    """What we keep of a session's secret name."""
    return hashlib.sha256(name.encode()).hexdigest()


def end_session(name: str, lifetime: timedelta) -> None:
    """Refuse this session's cookie until `lifetime` from now, when it expires by itself."""
    key = session_hash(name)
    if db.session.get(EndedSession, key) is None:
        db.session.add(EndedSession(session_hash=key, expires_at=clock.now() + lifetime))


def forget_expired_sessions() -> int:
    """Delete what no cookie can name any more; how many."""
    gone = sa.delete(EndedSession).where(EndedSession.expires_at < clock.now())
    return int(db.session.execute(gone).rowcount)  # type: ignore[attr-defined]
