"""A guest's own page: their booking, its price, paying it, cancelling it, and the meeting for their calendar.

The private address is exchanged for a short memory in the browser's session and a clean one, so that the token stands
in no history, no referrer and no log.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import force_locale, refresh
from flask_babel import gettext as _

from fastoffice import clock, csp, htmx, transaction, work_queue
from fastoffice.billing.service import pay_links
from fastoffice.blueprints import paying
from fastoffice.blueprints.errors import error_page
from fastoffice.blueprints.rooming import length_name
from fastoffice.bookings import calendars
from fastoffice.bookings.queries import feeds
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules import states
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal
from fastoffice.extensions import db, limiter
from fastoffice.guests import rules, service
from fastoffice.guests.errors import HoldOver, LinkOver
from fastoffice.guests.models import GuestBooking
from fastoffice.guests.service import cancelling, tokens
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.queries import online
from fastoffice.sent import whole

blueprint = Blueprint("guest_page", __name__, url_prefix="/booking")
REMEMBERED = timedelta(hours=2)
MEMORY = "guest_booking"


@blueprint.errorhandler(LinkOver)
def over(reason: LinkOver) -> Response:
    """What to do now, instead of a page that does not exist."""
    return _private(error_page(404, _("This page has closed"), str(reason), illustration="lost"))


@blueprint.get("/<token>")
@limiter.limit("60 per minute")
def enter(token: str) -> Response:
    """Exchange the mail's address for a clean one. Changes nothing of ours: mail scanners open links too."""
    found = tokens.find(token, clock.now())
    if found is None:
        raise LinkOver(_("This link is not valid any more. Call the reception: they see your booking."))
    remember(found)
    return _private(redirect(url_for(".show"), 303))


@blueprint.get("/")
@limiter.limit("60 per minute")
def show() -> Response:
    """The booking as it stands."""
    return _page(200)


@blueprint.post("/payments")
@limiter.limit("20 per minute")
def pay() -> Response:
    """Go on to the card page, while the room is held."""
    return go_and_pay(_opened().id)


@blueprint.get("/return")
@limiter.limit("60 per minute")
def back() -> Response:
    """Back from the card page: what became of it as far as we know; a worker is asking meanwhile."""
    row, attempt = _opened(), online.attempt_by_key(request.args.get("attempt", ""))
    if attempt is None or attempt.client_id != row.client_id:
        return _private(redirect(url_for(".show"), 303))
    if attempt.state in paying.UNDER_WAY:
        work_queue.ring_now(paying.SYNC, attempt.id)
    return _page(200, attempt=attempt)


@blueprint.get("/cancellation")
@limiter.limit("60 per minute")
def confirm_cancellation() -> Response:
    """What goes back if it is cancelled now. Changes nothing."""
    row = _opened()
    if not cancelling.may_cancel(row, clock.now()):
        return _private(redirect(url_for(".show"), 303))
    return _page(200, asks=True)


@blueprint.post("/cancellation")
@limiter.limit("20 per hour")
def cancel() -> Response:
    """Cancel it; what was shown goes back."""
    row, now = _opened(), clock.now()
    key, branch_id, expected = row.id, row.branch_id, whole(request.form.get("refund", ""), -1)

    def unit() -> None:
        branch = db.session.get_one(Branch, branch_id)
        service.cancel(branch, key, service.guest_of(branch), now, expected=expected)

    try:
        transaction.run(unit)
    except Refusal as refusal:
        return _page(422, error=str(refusal), asks=True)
    work_queue.ring_now("fastoffice.guests.jobs.look_after")
    return _private(htmx.redirect(url_for(".show")))


@blueprint.get("/meeting.ics")
@limiter.limit("60 per minute")
def meeting() -> Response:
    """The meeting for the guest's calendar."""
    row = _opened()
    if row.booking.state not in (*states.ACTIVE, states.DONE) or row.booking.state == states.HELD:
        raise LinkOver(_("There is no meeting to put into your calendar."))
    branch = db.session.get_one(Branch, row.branch_id)
    with force_locale(row.language):
        text = calendars.invitation([feeds.of_booking(row.booking_id)], branch.email)
    response = Response(text, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="reunion.ics"'
    return _private(response)


def remember(row: GuestBooking) -> None:
    """Let this browser see the booking for a while."""
    session[MEMORY] = {"guest": row.id, "mark": row.token_hash[:tokens.MARK],
                       "until": int((clock.now() + REMEMBERED).timestamp())}


def go_and_pay(guest_id: int) -> Response:
    """To the card page of a booking that was just held; where it cannot be opened, the guest's own page says why."""
    row, now = db.session.get_one(GuestBooking, guest_id), clock.now()
    remember(row)
    try:
        if row.state != rules.PAYING:
            return _private(redirect(url_for("guest_page.show"), 303))
        if row.hold_until <= now:
            raise HoldOver
        guest = service.guest_of(db.session.get_one(Branch, row.branch_id))
        return paying.go(row.branch_id, row.client_id, [row.invoice_id], "card", guest,
                         url_for("guest_page.back", _external=False))
    except (GatewayAway, GatewayRefused):
        return _page(503, error=_("The card page does not answer. Your room stays held: try again in a moment."))
    except Refusal as refusal:
        return _page(422, error=str(refusal))


def _opened() -> GuestBooking:
    """The booking that this browser was shown. Raises LinkOver."""
    memory, now = session.get(MEMORY), clock.now()
    row = _remembered(memory, now) if isinstance(memory, dict) else None
    if row is None:
        raise LinkOver(_("Open the link of your mail again: for your safety this page closes by itself."))
    return row


def _remembered(memory: dict[str, Any], now: datetime) -> GuestBooking | None:
    if not memory.get("mark") or int(memory.get("until", 0)) <= now.timestamp():
        return None
    return tokens.by_mark(int(memory["guest"]), str(memory["mark"]), now)


def _page(status: int, **context: Any) -> Response:
    row, now = _opened(), clock.now()
    branch = db.session.get_one(Branch, row.branch_id)
    g.language = row.language
    refresh()
    under_way = online.under_way([row.invoice_id]).get(row.invoice_id)
    to_pay = row.state == rules.PAYING and row.hold_until > now and row.booking.state == states.HELD
    if to_pay:
        csp.let_forms_go_to(paying.hosts())
    links = pay_links.urls([row.invoice_id])
    response = make_response(render_template(
        "public/guests/booking.html", row=row, booking=row.booking, room=row.booking.resource, branch=branch, now=now,
        to_pay=to_pay, waits=under_way is not None and under_way.state == "processing",
        may_cancel=cancelling.may_cancel(row, now), refund=cancelling.refund_of(row, now),
        policy=setup.policy_of(branch.id), invoice_link=links.get(row.invoice_id) if row.invoice.paid else None,
        length_name=length_name, **{"attempt": None, "asks": False, "error": "", **context}), status)
    return _private(response)


def _private(response: Any) -> Response:
    response.headers["Referrer-Policy"] = "same-origin" if response.status_code != 303 else "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    answer: Response = response
    return answer


