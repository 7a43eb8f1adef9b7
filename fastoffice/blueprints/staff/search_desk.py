"""What the search finds at the front desk: bookings, visits and mail, each for those who may see it."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from fastoffice import clock
from fastoffice.blueprints.rooming import STATES
from fastoffice.bookings.queries.search import find_bookings
from fastoffice.branches.models import Branch
from fastoffice.identity import access
from fastoffice.locale import moment_local
from fastoffice.mailroom import names as mail_names
from fastoffice.mailroom import queries as mailroom
from fastoffice.visitors.queries import lists as visits

Hit = dict[str, Any]


def groups(branch: Branch, text: str, limit: int) -> list[dict[str, Any]]:
    """Groups of hits as the search shows them; one statement each."""
    found = []
    if access.can("visits.view"):
        found.append({"label": _("Visits"), "results": _visits(branch, text, limit)})
    if access.can("mailroom.view"):
        found.append({"label": _("Mail"), "results": _mail(branch, text, limit)})
    if access.can("rooms.view"):
        found.append({"label": _("Rooms"), "results": _bookings(branch, text, limit)})
    return found


def _bookings(branch: Branch, text: str, limit: int) -> list[Hit]:
    return [_hit("calendar-clock", url_for("rooms.show", booking_id=row.id), row.who or row.title or row.room, row.room,
                 moment_local(row.starts_at, branch.timezone), row.title if row.who else "", str(STATES[row.state]))
            for row in find_bookings(branch.id, text, limit, clock.now())]


def _visits(branch: Branch, text: str, limit: int) -> list[Hit]:
    return [_hit("door-open", url_for("visits.show", visit_id=row.id), row.visitor_name or row.company, row.company,
                 row.host, moment_local(row.arrived_at, branch.timezone))
            for row in visits.find(branch, text, limit, clock.now())]


def _mail(branch: Branch, text: str, limit: int) -> list[Hit]:
    return [_hit("package", url_for("mail.show", item_id=row.id), str(mail_names.KINDS[row.kind]),
                 row.client.display_name if row.client else row.addressee, row.sender, row.tracking,
                 moment_local(row.received_at, branch.timezone), str(mail_names.STATES[row.state]))
            for row in mailroom.find(branch.id, text, limit)]


def _hit(icon: str, url: str, title: str, *notes: str) -> Hit:
    return {"url": url, "title": title, "note": " · ".join(note for note in notes if note and note != title),
            "icon": icon}
