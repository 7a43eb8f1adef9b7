"""Included hours of a client: what each contract gave in a month, which booking took it, what is left."""

from __future__ import annotations

from flask import Response
from flask_babel import lazy_gettext as _l

from fastoffice.blueprints.months import month_asked
from fastoffice.blueprints.staff.rooms.base import blueprint, page, today
from fastoffice.bookings.queries import ledger
from fastoffice.bookings.queries.hours import month_of
from fastoffice.clients.models import Client
from fastoffice.identity import access

ENTRIES = {"granted": _l("Given by the plan"), "lowered": _l("The plan shrank"), "used": _l("Used"),
           "given_back": _l("Given back"), "expired": _l("Ended with the month")}


@blueprint.get("/hours/<int:client_id>")
@access.require("rooms.view")
def hours(client_id: int) -> Response:
    """A month of a client's hours, entry by entry."""
    client, day = access.scoped(Client, client_id), today()
    asked = month_asked(day)
    return page("hours", client=client, this_month=month_of(day), names=ENTRIES, **asked._asdict(),
                ledgers=ledger.of_client(client.id, asked.month, day))
