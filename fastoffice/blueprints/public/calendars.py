"""Calendars to subscribe to, behind an address that only its owner knows."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, request
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from fastoffice import clock
from fastoffice.bookings import calendars
from fastoffice.bookings.queries import feeds as reading
from fastoffice.bookings.queries.feeds import Subscription
from fastoffice.bookings.service import feeds
from fastoffice.errors import NotFound
from fastoffice.extensions import limiter

blueprint = Blueprint("calendars", __name__, url_prefix="/calendar")


def _calendar_key() -> str:
    """Calendars are counted one by one: all who work in a house share its address. The secret is kept nowhere."""
    token = str((request.view_args or {}).get("token", ""))
    return f"calendar {hashlib.sha256(token.encode()).hexdigest()[:32]}"


of_one, in_all = limiter.limit("120 per hour", key_func=_calendar_key), limiter.limit("6000 per hour")


@blueprint.get("/<token>.ics")
@in_all
@of_one
def feed(token: str) -> Response:
    """The bookings of a room or a person, as Outlook, Google and others read them."""
    given, now = _found(token), clock.now()
    with force_locale(given.language):
        text = calendars.feed(given.name or f"FastOffice {given.branch.name}", reading.of_feed(given, now),
                              given.branch.timezone, may_read=given.may_read)
    return _calendar(text)


@blueprint.get("/<token>.ifb")
@in_all
@of_one
def free_busy(token: str) -> Response:
    """Only when it is taken."""
    given, now = _found(token), clock.now()
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)  # the same answer all day while nothing changes
    return _calendar(calendars.free_busy(given.key, reading.of_feed(given, now), day - reading.PAST,
                                         day + reading.AHEAD))


def _found(token: str) -> Subscription:
    found = feeds.by_token(token)
    given = reading.subscription(found) if found is not None else None
    if given is None:
        raise NotFound(_l("There is no such calendar."))
    return given


def _calendar(text: bytes) -> Response:
    response = Response(text, mimetype="text/calendar")
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(hashlib.sha256(text).hexdigest()[:32])
    response.make_conditional(request)
    return response
