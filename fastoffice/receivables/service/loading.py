"""One decider of a request: the client's lock, then the state as it is now."""

from __future__ import annotations

from fastoffice.clients import queries as clients
from fastoffice.extensions import db
from fastoffice.receivables import errors, rules
from fastoffice.receivables.models import ClientRequest


def lock(request: ClientRequest) -> None:
    """Hold the request for this unit, and read it anew."""
    clients.lock([request.client_id])
    db.session.refresh(request)


def lock_new(request: ClientRequest) -> None:
    """Hold the request for this unit. Raises AnsweredAlready unless it still waits for an answer."""
    lock(request)
    check_new(request)


def check_new(request: ClientRequest) -> None:
    """Of one that is held: whether it waits for an answer. Raises AnsweredAlready."""
    if request.state != rules.NEW:
        raise errors.AnsweredAlready(request.state, request.decided_by or "")
