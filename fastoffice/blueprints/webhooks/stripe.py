"""Stripe's events: checked on the body as it came, kept, answered. Nothing is looked at here."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from flask import Blueprint, Response, request
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import RequestEntityTooLarge

from fastoffice import clock
from fastoffice.blueprints.unit import writes
from fastoffice.errors import NotFound
from fastoffice.extensions import csrf, db, limiter
from fastoffice.payments.models import CardAccount
from fastoffice.payments.service.online import events

log = logging.getLogger(__name__)
blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")
csrf.exempt(blueprint)
LARGEST = 512 * 1024
LONGEST = 32  # of a public id


@blueprint.post("/stripe/<public_id>")
@limiter.limit("1200 per minute")
@writes
def stripe(public_id: str) -> Response:
    """200 for what is kept (again, too), 400 for what is not theirs."""
    known = public_id.isascii() and public_id.isalnum() and len(public_id) <= LONGEST
    account = db.session.scalar(sa.select(CardAccount).where(CardAccount.public_id == public_id)) if known else None
    if account is None:
        raise NotFound(_l("There is no such page."))
    if (request.content_length or 0) > LARGEST:
        raise RequestEntityTooLarge
    try:
        events.store(account, request.get_data(), request.headers.get("Stripe-Signature", ""), clock.now())
    except events.NotTheirs as reason:
        log.warning("an event for account %s was refused: %s", account.id, reason)
        return Response("not accepted", 400, content_type="text/plain")
    return Response("kept", 200, content_type="text/plain")
