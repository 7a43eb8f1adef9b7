"""From the button to the processor's page, in units of its own."""

from __future__ import annotations

from collections.abc import Sequence

from fastoffice import audit, clock, transaction
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.payments import errors
from fastoffice.payments.gateway import GatewayRefused
from fastoffice.payments.service.online import attempts, opening, syncing

TRIES = 3


def begin(branch_id: int, client_id: int, invoice_ids: Sequence[int], method: str, actor: audit.Actor,
          back_to: str) -> str:
    """The address to send the client to. What is open for these documents by other means is closed first.

    Raises what `attempts.start` and `opening.open_session` raise.
    """
    for _try in range(TRIES):
        now = clock.now()
        found = transaction.run(_start, branch_id, client_id, invoice_ids, method, actor, back_to)
        if found.attempt_id is not None:
            try:
                return opening.open_session(found.attempt_id)
            except GatewayRefused:
                if found.is_new:
                    raise
                continue  # one of a while ago that was never answered: it has failed now, a new one is made
        for attempt_id in found.in_the_way:
            syncing.close(attempt_id, now)
    raise errors.StillUnderWay


def _start(branch_id: int, client_id: int, invoice_ids: Sequence[int], method: str, actor: audit.Actor,
           back_to: str) -> attempts.Start:
    branch = db.session.get_one(Branch, branch_id)
    return attempts.start(branch, client_id, invoice_ids, method, actor, clock.now(), back_to=back_to)
