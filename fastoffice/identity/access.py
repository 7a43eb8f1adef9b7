"""Who is asking and what they may see: used by every handler, decided here and in `permissions` alone."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from fastoffice import htmx
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch, Franchisee
from fastoffice.errors import NotFound, Refusal
from fastoffice.extensions import db
from fastoffice.identity.models import User
from fastoffice.identity.permissions import CLIENT, NETWORK, PERMISSIONS, allows

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row")
START = "/staff/"
PORTAL = "/portal/"
NEXT_ROOTS = (START, PORTAL, "/account/")  # where a sign-in may lead back to


class Forbidden(Refusal):
    """Signed in, but the role does not include this: 403."""


def signed_in_user() -> User | None:
    """Whoever is signed in behind this request, staff or a client's contact; or None."""
    return cast(User, current_user) if current_user and current_user.is_authenticated else None


def require_user() -> User:
    """Whoever is signed in, inside a handler that asked for it; nobody is a fault of ours."""
    user = signed_in_user()
    if user is None:
        raise RuntimeError("nobody is signed in: this handler lacks its @require")
    return user


def role_names(user: User) -> list[str]:
    """The names of the user's roles."""
    return [role.name for role in user.roles]


def is_client(user: User | None) -> bool:
    """Whether this is a client's contact: for them the pages of the staff do not exist."""
    return user is not None and CLIENT in role_names(user)


def home() -> str:
    """Where whoever asks begins: the staff's day, or the portal."""
    return PORTAL if is_client(signed_in_user()) else START


def _staff_only() -> None:
    """Raises NotFound for a client's contact."""
    if is_client(signed_in_user()):
        raise NotFound(_l("There is no such page."))


def can(permission: str) -> bool:
    """Whether whoever asks has `permission`; also in templates: `{% if can("invoices.issue") %}`."""
    user = signed_in_user()
    return user is not None and allows(role_names(user), permission)


def require(permission: str) -> Callable[[View], View]:
    """Decorator for handlers. Nobody -> sign-in with a way back; without the permission -> 403."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if signed_in_user() is None:
                return sign_in_first()
            _staff_only()
            if not can(permission):
                raise Forbidden(_l("Your role does not include this. Ask your manager if you need it."))
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def signed_in(view: View) -> View:
    """Decorator for handlers that every member of staff may use, such as their own account."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if signed_in_user() is None:
            return sign_in_first()
        _staff_only()
        return view(*args, **kwargs)

    guarded.permission = "signed-in"  # type: ignore[attr-defined]
    return cast(View, guarded)


def sign_in_first() -> Response:
    """Send whoever asks to the sign-in page and, afterwards, back to the page they were on."""
    door = "portal.sign_in" if request.path.startswith(PORTAL) else "security.login"
    return htmx.redirect(url_for(door, next=way_back()))


def way_back() -> str | None:
    """The page to return to: this one for a GET, else the one whose form or fragment was sent."""
    if request.method == "GET" and not htmx.wants_fragment():
        return safe_next(request.full_path.rstrip("?"))
    return safe_next(request.headers.get("HX-Current-URL") or request.headers.get("Referer"))


def safe_next(target: str | None) -> str | None:
    """A path of ours below one of NEXT_ROOTS, or None for anything that could lead elsewhere."""
    if not target or any(character in target for character in "\\\r\n\t\0"):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:  # no address at all, such as http://[
        return None
    if parts.netloc and parts.netloc not in _own_hosts():
        return None
    if parts.scheme and parts.scheme not in {"http", "https"}:
        return None
    if not parts.path.startswith(NEXT_ROOTS) or "//" in parts.path or ".." in parts.path:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _own_hosts() -> set[str]:
    return {request.host, urlsplit(current_app.config["SETTINGS"].base_url).netloc}


def branches_of(user: User) -> list[Branch]:
    """The branches that `user` may work in, by code: the whole network's for network staff."""
    if NETWORK not in role_names(user):
        return list(user.branches)
    query = sa.select(Branch).join(Franchisee).where(Franchisee.network_id == user.network_id)
    return list(db.session.scalars(query.order_by(Branch.code)))


def allowed_branches() -> list[Branch]:
    """The branches that whoever asks may choose from, read once per request."""
    user = signed_in_user()
    if user is None:
        return []
    if "allowed_branches" not in g:
        g.allowed_branches = branches_of(user)
    return cast(list[Branch], g.allowed_branches)


def current_branch() -> Branch:
    """The branch this person works in now: the one chosen while still allowed, else the first.

    Raises Forbidden when they have none.
    """
    branches = allowed_branches()
    if not branches:
        raise Forbidden(_l("You have no branch yet. Ask your manager to add you to one."))
    chosen = session.get("branch")
    return next((branch for branch in branches if branch.code == chosen), branches[0])


def current_actor() -> Actor:
    """Whoever asks, as the audit log names them."""
    user = require_user()
    return Actor(user.full_name or user.email, user.id)


def owned(row: Row | None) -> Row:
    """`row`, if it belongs to the current branch. Raises NotFound otherwise: strangers learn nothing."""
    if row is None or getattr(row, "branch_id", None) != current_branch().id:
        raise NotFound(_l("There is no such record in this branch."))
    return row


def scoped(model: type[Row], row_id: int) -> Row:
    """The current branch's `model` with this id. Raises NotFound for any other."""
    return owned(db.session.get(model, row_id))


def init_app(app: Flask) -> None:
    """Let templates ask `can("permission")` and `for_client()`."""
    app.jinja_env.globals["can"] = can
    app.jinja_env.globals["for_client"] = lambda: is_client(signed_in_user())
