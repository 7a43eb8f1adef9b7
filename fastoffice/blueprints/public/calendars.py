"""Calendars to subscribe to, behind an address that only its owner knows."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, request
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from fastoffice import clock
from fastoffice.bookings import calendars
from fastoffice.bookings.models import CalendarFeed, Resource
from fastoffice.bookings.queries import feeds as reading
from fastoffice.bookings.service import feeds
from fastoffice.branches.models import Branch
from fastoffice.errors import NotFound
from fastoffice.extensions import db, limiter

blueprint = Blueprint("calendars", __name__, url_prefix="/calendar")


@blueprint.get("/<token>.ics")
@limiter.limit("120 per hour")
def feed(token: str) -> Response:
    """The bookings of a room or a person, as Outlook, Google and others read them."""
    found, branch = _found(token)
    rows = reading.of_feed(found, clock.now())
    room = db.session.get(Resource, found.resource_id) if found.resource_id else None
    with force_locale(branch.language):
        text = calendars.feed(room.name if room else f"FastOffice {branch.name}", rows, branch.name,
                              open_titles=found.client_id is not None)
    return _calendar(text)


@blueprint.get("/<token>.ifb")
@limiter.limit("120 per hour")
def free_busy(token: str) -> Response:
    """Only when it is taken."""
    found, _branch = _found(token)
    now = clock.now()
    return _calendar(calendars.free_busy(reading.of_feed(found, now), now - reading.PAST, now + reading.AHEAD))


def _found(token: str) -> tuple[CalendarFeed, Branch]:
    found = feeds.by_token(token)
    if found is None:
        raise NotFound(_l("There is no such calendar."))
    return found, db.session.get_one(Branch, found.branch_id)


def _calendar(text: bytes) -> Response:
    response = Response(text, mimetype="text/calendar")
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(hashlib.sha256(text).hexdigest()[:32])
    response.make_conditional(request)
    return response
