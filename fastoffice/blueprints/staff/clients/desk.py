"""A client's file at the front desk: its rooms and hours, who came to it, what arrived for it."""

from __future__ import annotations

from datetime import timedelta

from flask import Response

from fastoffice import clock
from fastoffice.blueprints import rooming
from fastoffice.blueprints.staff.clients.base import blueprint, client_of_branch, today
from fastoffice.blueprints.staff.clients.file import page_of_file
from fastoffice.bookings.queries.bookings import between
from fastoffice.bookings.queries.hours import hours
from fastoffice.guests import queries as guests
from fastoffice.identity import access
from fastoffice.mailroom import names as mail_names
from fastoffice.mailroom import queries as mailroom
from fastoffice.visitors import names as visit_names
from fastoffice.visitors.queries import lists as visits

SHOWN, AROUND = 8, timedelta(days=60)


@blueprint.get("/<int:client_id>/desk")
@access.require("rooms.view")
def desk(client_id: int) -> Response:
    """The last and the next of everything; a constant number of statements."""
    client, now = client_of_branch(client_id), clock.now()
    rows = between(client.branch_id, now - AROUND, now + AROUND, client_id=client.id)
    came = visits.of_client(client.id, size=SHOWN) if access.can("visits.view") else None
    mail = mailroom.of_client(client.id, size=SHOWN) if access.can("mailroom.view") else None
    return page_of_file(
        "desk", client, to_come=[row for row in rows if row.ends_at > now][:SHOWN],
        past=[row for row in reversed(rows) if row.ends_at <= now][:SHOWN], hours=hours(client.id, today(), today()),
        visits=came, mail=mail, room_states=rooming.STATES, room_tones=rooming.TONES, length_name=rooming.length_name,
        visit_kinds=visit_names.KINDS, visit_states=visit_names.STATES, mail_kinds=mail_names.KINDS,
        mail_states=mail_names.STATES, rented=guests.bookings_of_client(client.id, SHOWN))
