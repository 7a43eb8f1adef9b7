"""A session is alive while its person is active, their uniquifier is the same and it was not signed out."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from flask import Flask, g, session
from flask_login import user_logged_in, user_logged_out
from flask_security.utils import set_request_attr
from sqlalchemy.orm import joinedload

from fastoffice import clock
from fastoffice.extensions import db
from fastoffice.identity import access, service
from fastoffice.identity.models import EndedSession, User
from fastoffice.identity.portal import viewing
from fastoffice.identity.service.sessions import session_hash

NAME = "session_name"


def load_user(uniquifier: str) -> User | None:
    """The person of this session with roles and branches, in one statement."""
    name = session.get(NAME)
    if not uniquifier or not name:
        return None
    ended = sa.exists().where(EndedSession.session_hash == session_hash(name))
    query = sa.select(User).where(User.fs_uniquifier == str(uniquifier), User.active, ~ended)
    query = query.options(joinedload(User.roles), joinedload(User.branches))
    user = db.session.scalars(query).unique().first()
    if user is not None:
        set_request_attr("fs_authn_via", "session")
        set_request_attr("fs_paa", session.get("fs_paa", 0))
    return user


def _begin(_app: Flask, **_extra: Any) -> None:
    """Name the new session and drop what the anonymous one knew, so that nobody can have planted it."""
    session[NAME] = secrets.token_urlsafe(16)
    session.pop(viewing.VIEW, None)  # of somebody whose session ended without signing out
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)


def _end(app: Flask, **_extra: Any) -> None:
    """Remember that this session is over, for as long as its cookie could still be shown."""
    if viewing.kept() is not None:
        viewing.note(access.current_actor(), viewing.kept(), None)
        viewing.remember(None, clock.now())
    name = session.pop(NAME, None)
    session.pop("branch", None)
    if name:
        service.forget_expired_sessions()
        service.end_session(name, app.permanent_session_lifetime)


def init_app(app: Flask) -> None:
    """Load people by session only: no tokens in headers, no basic authentication."""
    manager = app.login_manager  # type: ignore[attr-defined]
    manager.user_loader(load_user)
    manager.request_loader(None)
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
