"""Taking back, for five minutes, what was done of a client's request by a slip: the wrong piece, the wrong scan."""

from __future__ import annotations

from datetime import datetime

from fastoffice import audit
from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.charges import queries as charged
from fastoffice.charges import service as charges
from fastoffice.mailroom import errors
from fastoffice.mailroom.models import MailItem, MailRequest
from fastoffice.mailroom.rules import states
from fastoffice.mailroom.service import answering, handing, loading

UNDOABLE = (states.FORWARD, states.SCAN, states.DESTROY)


def is_undoable(request: MailRequest, item: MailItem, now: datetime) -> bool:
    """Whether what was done of it is young enough and nothing else happened to the piece since."""
    return (request.state == "done" and request.kind in UNDOABLE and request.decided_at is not None
            and now <= request.decided_at + states.UNDO and item.state == states.BECOMES[request.kind])


def undo_completion(branch: Branch, request_id: int, actor: Actor, now: datetime) -> MailRequest:
    """It waits again, as it was asked: the piece is here, the scan is nobody's, neither price nor storage is charged.

    Raises NoSuchRequest, NotHere (something else happened to the piece), TooLate after five minutes, AlreadyHere when
    its number came again.
    """
    request = loading.decided(branch.id, request_id)
    item = loading.item(branch.id, request.item_id)
    if request.state == "asked":
        return request
    if request.state != "done" or request.kind not in UNDOABLE or item.state != states.BECOMES[request.kind]:
        raise errors.NotHere
    if request.decided_at is None or now > request.decided_at + states.UNDO:
        raise errors.TooLate
    if item.is_here:
        item.state = item.state_before
    else:
        handing.reopen(branch, item, item.state_before, answering.part(request), actor, now)
        item.remind_at = loading.next_reminder(branch, item)
    for each in charged.of_origin(branch.id, answering.origin(request), client_id=request.client_id):
        if not each.billed:
            charges.withdraw_charge(each, actor, now)
    request.state, request.answer, request.decided_at, request.decided_by = "asked", "", None, None
    request.file_sha256, request.filename, request.media_type = None, "", ""
    audit.record(actor, "mail.request_undone", ("client", request.client_id),
                 {"request": request.id, "kind": request.kind}, branch_id=branch.id)
    return request
