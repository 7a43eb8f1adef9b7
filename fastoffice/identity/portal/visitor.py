"""Who looks at which client's file: a contact by their account, or staff that look over the client's shoulder."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from flask import g, session
from flask_babel import lazy_gettext as _l

from fastoffice.audit import Actor
from fastoffice.identity import access
from fastoffice.identity.models import User
from fastoffice.identity.portal import queries, viewing

View = TypeVar("View", bound=Callable[..., Any])
WHAT = ("invoices", "pay", "contracts", "data", "requests", "mail", "visitors", "rooms")
CHOSEN = "portal_client"  # session: the client that a contact of several looks at


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever looks at the file of `client_id` in the portal.

    `may` are words of WHAT. `via` is "account" for a contact who signed in, "staff" for a member of staff who
    views as the client: those read only, every POST below /portal/ is refused to them.
    """

    client_id: int
    branch_id: int
    may: frozenset[str]
    via: Literal["account", "staff"]
    user_id: int

    @property
    def is_read_only(self) -> bool:
        return self.via == "staff"

    def can(self, what: str) -> bool:
        """Whether they may see or do this; an unknown word is a fault of ours: KeyError."""
        if what not in WHAT:
            raise KeyError(what)
        return what in self.may


def find() -> Visitor | None:
    """The visitor behind this request, read once; None for nobody and for staff that view no client."""
    if "portal_visitor" not in g:
        g.portal_visitor = _find()
    return cast(Visitor | None, g.portal_visitor)


def current() -> Visitor:
    """The visitor, inside a handler with @require; nobody is a fault of ours."""
    visitor = find()
    if visitor is None:
        raise RuntimeError("nobody looks at the portal: this handler lacks its @portal.require")
    return visitor


def current_actor() -> Actor:
    """The visitor as the audit log names them."""
    return access.current_actor()


def require(what: str | None = None) -> Callable[[View], View]:
    """Decorator for handlers of the portal. Nobody -> the portal's sign-in with a way back; without `what` among
    what they may -> 403. None lets every visitor in.
    """
    if what is not None and what not in WHAT:
        raise KeyError(what)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            visitor = find()
            if visitor is None:
                return access.sign_in_first()
            if what is not None and not visitor.can(what):
                raise access.Forbidden(_l("Your access does not include this. Ask your branch if you need it."))
            return view(*args, **kwargs)

        guarded.permission = f"portal:{what or 'any'}"  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def seen_clients() -> list[int]:
    """The ids of the clients that this person may choose from."""
    user = access.signed_in_user()
    if user is None or not access.is_client(user):
        return []
    return [row.client_id for row in _accesses(user)]


def forget() -> None:
    """Read the visitor afresh: somebody came, left or chose another client within this request."""
    g.pop("portal_visitor", None)
    g.pop("portal_accesses", None)


def _find() -> Visitor | None:
    user = access.signed_in_user()
    if user is None:
        return None
    return _by_account(user) if access.is_client(user) else _over_the_shoulder(user)


def _accesses(user: User) -> list[Any]:
    if "portal_accesses" not in g:
        g.portal_accesses = queries.accesses_of(user)
    return cast(list[Any], g.portal_accesses)


def _by_account(user: User) -> Visitor | None:
    rows = _accesses(user)
    if not rows:
        return None
    chosen = session.get(CHOSEN)
    row = next((each for each in rows if each.client_id == chosen), rows[0])
    return Visitor(row.client_id, row.branch_id, frozenset(row.may) & frozenset(WHAT), "account", user.id)


def _over_the_shoulder(user: User) -> Visitor | None:
    view = viewing.under_way()
    if view is None:
        return None
    return Visitor(view.client_id, view.branch_id, frozenset(WHAT), "staff", user.id)
