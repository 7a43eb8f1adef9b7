"""The client takes a request back; what waited for it waits no longer."""

from __future__ import annotations

from datetime import datetime

from fastoffice import audit
from fastoffice.billing.service import holds
from fastoffice.receivables import rules
from fastoffice.receivables.models import ClientRequest
from fastoffice.receivables.service import loading


def withdraw(request: ClientRequest, actor: audit.Actor, now: datetime) -> None:
    """Take it back; again without harm. Raises AnsweredAlready."""
    loading.lock(request)
    if request.state == rules.WITHDRAWN:
        return
    loading.check_new(request)
    request.state, request.decided_at, request.decided_by = rules.WITHDRAWN, now, actor.name[:120]
    holds.release_by_source(request.branch_id, request.source, actor, now)
    audit.record(actor, "request.withdrawn", ("request", request.id), branch_id=request.branch_id)
