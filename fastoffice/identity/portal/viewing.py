"""Staff look at the portal as a client sees it: reading alone, for a while; the log has both ends of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import session

from fastoffice import audit, clock
from fastoffice.identity import access

VIEW = "portal_view"
LASTS = timedelta(hours=1)
PERMISSION = "portal.manage"


@dataclass(frozen=True, slots=True)
class ClientView:
    """The client whose portal a member of staff looks at."""

    client_id: int
    branch_id: int


def kept() -> ClientView | None:
    """The view that this session remembers, whether or not it still lasts."""
    memory = session.get(VIEW)
    return ClientView(int(memory["client"]), int(memory["branch"])) if isinstance(memory, dict) else None


def remember(view: ClientView | None, now: datetime) -> None:
    """Look at this client's portal from now on, or at none."""
    if view is None:
        session.pop(VIEW, None)
        return
    session[VIEW] = {"client": view.client_id, "branch": view.branch_id, "until": int((now + LASTS).timestamp())}


def note(actor: audit.Actor, before: ClientView | None, after: ClientView | None) -> None:
    """Write into the clients' histories whose portal is looked at no longer, and whose from now on."""
    for action, view in (("portal.view_ended", before), ("portal.view_started", after)):
        if view is not None:
            audit.record(actor, action, ("client", view.client_id), branch_id=view.branch_id)


def under_way() -> ClientView | None:
    """The view of whoever asks, while it lasts and their role and branches still allow it."""
    view = kept()
    if view is None or int(session[VIEW]["until"]) <= clock.now().timestamp() or not access.can(PERMISSION):
        return None
    return view if view.branch_id in {branch.id for branch in access.allowed_branches()} else None
