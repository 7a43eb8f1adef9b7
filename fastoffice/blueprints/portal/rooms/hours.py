"""The hours included in the client's contracts, month by month, as the ledger has them."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, request
from flask_babel import lazy_gettext as _l

from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.portal.rooms import base
from fastoffice.bookings.queries import ledger
from fastoffice.bookings.queries.hours import month_of
from fastoffice.identity import portal

KINDS = {"granted": _l("Included in the contract"), "lowered": _l("The contract includes less"), "used": _l("Booking"),
         "given_back": _l("Given back"), "expired": _l("Ended with the month")}


@blueprint.get("/rooms/hours")
@portal.require("rooms")
def room_hours() -> Response:
    """What a month gave, which bookings took of it, and what is left."""
    today = own.today()
    first = _first(request.args.get("month", ""), today)
    return base.page(
        "hours.html", month=month_of(first), this_month=month_of(today), kinds=KINDS,
        found=ledger.of_client(portal.current().client_id, month_of(first), today),
        before=month_of(first - timedelta(days=1)), after=month_of(first + timedelta(days=31)))


def _first(text: str, today: date) -> date:
    """The first day of "2026-12"; of this month when nothing readable is asked for."""
    try:
        first = date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return today.replace(day=1)
    return first if abs(first.year - today.year) <= 10 else today.replace(day=1)
