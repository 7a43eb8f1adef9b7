"""The hours included in the client's contracts, month by month, as the ledger has them."""

from __future__ import annotations

from flask import Response
from flask_babel import lazy_gettext as _l

from fastoffice.blueprints.months import month_asked
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
    asked = month_asked(today)
    return base.page(
        "hours.html", month=asked.month, this_month=month_of(today), kinds=KINDS, before=asked.before,
        after=asked.after, found=ledger.of_client(portal.current().client_id, asked.month, today))
