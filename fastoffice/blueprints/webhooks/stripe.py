"""Stripe's events: checked on the body as it came, kept, answered. Nothing is looked at here."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, request
from flask_babel import lazy_gettext as _l

from fastoffice import clock, transaction
from fastoffice.errors import NotFound
from fastoffice.extensions import csrf, limiter
from fastoffice.payments.service.online import events, tellers

log = logging.getLogger(__name__)
blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")
csrf.exempt(blueprint)
LARGEST = 512 * 1024
LONGEST = 32  # of a public id


@blueprint.post("/stripe/<public_id>")
@limiter.limit("600 per minute")
def stripe(public_id: str) -> Response:
    """200 for what is kept (again, too), 400 for what is not theirs; going by the account as it is now.

    What the short way did not keep comes here: strangers, what is told again, the first event that a process hears.
    """
    known = public_id.isascii() and public_id.isalnum() and len(public_id) <= LONGEST
    teller = tellers.read(public_id) if known else None
    if teller is None:
        raise NotFound(_l("There is no such page."))
    request.max_content_length = LARGEST
    try:
        event = events.checked(teller, request.get_data(), request.headers.get("Stripe-Signature", ""), clock.now())
        if not transaction.run(events.store, teller, event) and not events.is_kept(teller, event):
            raise events.NotTheirs("the account changed just now")
    except events.NotTheirs as reason:
        log.warning("an event for account %s was refused: %s", teller.account_id, reason)
        return Response("not accepted", 400, content_type="text/plain")
    return Response("kept", 200, content_type="text/plain")
