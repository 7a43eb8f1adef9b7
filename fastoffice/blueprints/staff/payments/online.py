"""Attempts to pay online: the list, one with its story, looking again and closing its page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from fastoffice import clock, htmx, locale
from fastoffice.audit.models import AuditEntry
from fastoffice.blueprints.paging import address, neighbours, one_of, page_number
from fastoffice.blueprints.staff.payments.base import blueprint, tabs
from fastoffice.blueprints.typed import Typed
from fastoffice.blueprints.words import actor_name
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.identity import access
from fastoffice.payments import names
from fastoffice.payments.gateway import GatewayAway, GatewayRefused
from fastoffice.payments.models import PayAttempt
from fastoffice.payments.queries import attempts, online
from fastoffice.payments.queries.attempts import SHOWS
from fastoffice.payments.service.online import syncing

log = logging.getLogger(__name__)
# action -> (words, icon, tone)
ACTIONS: dict[str, tuple[Any, str, str]] = {
    "attempt.started": (_l("Started"), "play", "info"),
    "attempt.paid": (_l("Paid and booked"), "circle-check", "ok"),
    "attempt.failed": (_l("Came to nothing"), "circle-x", "bad"),
    "attempt.expired": (_l("Not finished in time"), "clock", ""),
}


@blueprint.get("/online", endpoint="online")
@access.require("payments.view")
def online_payments() -> Response:
    """A branch's attempts, or one client's."""
    branch, show = access.current_branch(), one_of("show", SHOWS, "all")
    client = _client()
    page = attempts.attempts_page(branch.id, show, page_number(), client.id if client else 0)
    asked = {"show": "" if show == "all" else show, "client": client.id if client else ""}
    return htmx.page_or_fragment(
        "staff/payments/online.html", "staff/payments/_attempts.html", branch=branch, page=page, show=show,
        client=client, chips=_chips(show, asked), numbers=online.numbers_of(page.rows),
        marks=attempts.marks([row.payment_id or 0 for row in page.rows]),
        tabs=[] if htmx.wants_fragment() else tabs("online"), is_on=online.account_of(branch.id) is not None,
        **neighbours(page, "payments.online", **asked))


def _client() -> Client | None:
    number = Typed(request.args.to_dict()).number("client")
    return access.scoped(Client, number) if number else None


def _chips(show: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    labels = {"all": _("All"), "open": _("In flight"), "processing": _("Pending"), "failed": _("Failed"),
              "paid": _("Paid online"), "refunded": _("Paid back"), "disputed": _("Disputed")}
    return [{"label": labels[name], "active": name == show,
             "url": address("payments.online", **{**asked, "show": "" if name == "all" else name})} for name in SHOWS]


@blueprint.get("/online/<int:attempt_id>")
@access.require("payments.view")
def attempt(attempt_id: int) -> Response:
    """What, who, for which documents, and what happened."""
    branch, found = access.current_branch(), _attempt(attempt_id)
    page = attempts.around(found)
    return htmx.page_or_fragment(
        "staff/payments/attempt.html", "staff/payments/attempt.html", branch=branch, attempt=found, page=page,
        started_by=actor_name(found.started_by),
        history=[_told(entry, branch.timezone) for entry in page.history])


def _attempt(attempt_id: int) -> PayAttempt:
    return access.owned(attempts.attempt(access.current_branch().id, attempt_id))


def _told(entry: AuditEntry, zone: str) -> dict[str, Any]:
    words, icon, tone = ACTIONS.get(entry.action, (entry.action, "clock", ""))
    error = str(entry.data.get("error", ""))
    return {"when": locale.moment_local(entry.at, zone), "title": words, "who": actor_name(entry.actor),
            "text": str(names.DECLINES.get(error, error)), "icon": icon, "tone": tone}


@blueprint.post("/online/<int:attempt_id>/look")
@access.require("payments.record")
def look_again(attempt_id: int) -> Response:
    """Ask the processor how it stands now; what it says is written as ever."""
    return _asked(attempt_id, syncing.sync)


@blueprint.post("/online/<int:attempt_id>/closing")
@access.require("payments.record")
def close_attempt(attempt_id: int) -> Response:
    """Close its page, so that its documents can be paid another way; money that came meanwhile is booked."""
    return _asked(attempt_id, syncing.close)


def _asked(attempt_id: int, work: Callable[[int, datetime], str]) -> Response:
    """No unit is open while the processor is asked."""
    key = _attempt(attempt_id).id
    db.session.rollback()
    try:
        state = work(key, clock.now())
        htmx.toast(_("Now it is: %(state)s.", state=names.ATTEMPT_STATES[state]), "info")
    except (GatewayAway, GatewayRefused) as reason:
        log.warning("attempt %s could not be looked at: %s", key, type(reason).__name__)
        htmx.toast(_("Stripe does not answer at this moment. Nothing changed; we go on looking by ourselves."),
                   "warning")
    return htmx.redirect(url_for("payments.attempt", attempt_id=key))
