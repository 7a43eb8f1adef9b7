"""Included hours of a client: what each contract gave in a month, which booking took it, what is left."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, request
from flask_babel import lazy_gettext as _l

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
    first = _first(request.args.get("month", ""), day)
    return page("hours", client=client, first=first, month=month_of(first), this_month=month_of(day), names=ENTRIES,
                ledgers=ledger.of_client(client.id, month_of(first), day),
                before=month_of(first - timedelta(days=1)), after=month_of(first + timedelta(days=31)))


def _first(text: str, day: date) -> date:
    """The first day of a month as "2026-12"; this month for what is none."""
    try:
        found = date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return day.replace(day=1)
    return found if 1990 < found.year < 2190 else day.replace(day=1)
