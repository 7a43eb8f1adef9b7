"""One booking of the client: what it is, who is invited, its series, and cancelling it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_babel import ngettext

from fastoffice import clock
from fastoffice.blueprints.portal import own
from fastoffice.blueprints.portal.base import blueprint
from fastoffice.blueprints.portal.rooms import base
from fastoffice.blueprints.recurring import SCOPES
from fastoffice.blueprints.rooming import LENGTHS
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings.models import Booking
from fastoffice.bookings.queries import bookings as reading
from fastoffice.bookings.queries import resources as setup
from fastoffice.bookings.rules import policy as policy_rules
from fastoffice.bookings.rules import slots, states
from fastoffice.bookings.service import changing, series
from fastoffice.extensions import db
from fastoffice.identity import portal


@blueprint.get("/rooms/bookings/<int:booking_id>")
@portal.require("rooms")
def show_room(booking_id: int) -> Response:
    """When, at which price, who comes, and what can be done with it."""
    found = base.mine(booking_id)
    return booking_page(found, values_of(found))


@blueprint.post("/rooms/bookings/<int:booking_id>/cancellation")
@portal.require("rooms")
def cancel_room(booking_id: int) -> Response:
    """Cancel it, this and later, or all to come; dates that cost something all the same are said before."""
    found, form, now = base.mine(booking_id), Typed.sent(), clock.now()
    key, scope = found.id, form.text("scope") or series.THIS
    late, percent = _late(found, scope, now)
    if late > form.number("late"):
        form.values["late"] = str(late)
        form.notes.append(ngettext(
            "%(num)s date would be cancelled late: %(percent)s %% of its price and hours stay. Cancel once more if you "
            "want that.", "%(num)s dates would be cancelled late: %(percent)s %% of their price and hours stay. Cancel "
            "once more if you want that.", late, percent=percent))
        return booking_page(found, form, 422)
    return base.act(lambda branch: series.cancel(
        branch, db.session.get_one(Booking, key), scope, portal.current_actor(), now), _("Cancelled."))


def _late(found: Booking, scope: str, now: datetime) -> tuple[int, int]:
    """How many dates of those cost something though they are cancelled, and what part of it (%)."""
    policy = setup.policy_of(found.branch_id)
    rows = series.part_of_series(found, scope, now) if scope in series.SCOPES else []
    late = [row for row in rows if row.state == states.CONFIRMED and (row.owed or row.hours_kept)
            and policy_rules.kept_percent(row.charge_at, now, policy)]
    return len(late), policy.late_fee_percent


def booking_page(found: Booking, form: Typed, status: int = 200, alternatives: Any = ()) -> Response:
    """The booking with its forms as they stand."""
    branch, now = own.branch(), clock.now()
    form.values = {**values_of(found).values, **form.values}
    rows = reading.of_series(found.series_id) if found.series_id else []
    return base.page(
        "show.html", status=status, booking=found, form=form, series=rows, scopes=SCOPES, alternatives=alternatives,
        rooms=setup.resources(branch.id), now=now, choices=_lengths(found),
        can_change=found.state in changing.CHANGEABLE and found.starts_at > now,
        can_move=now <= found.charge_at or found.state != "confirmed",
        kept=policy_rules.kept_percent(found.charge_at, now, setup.policy_of(branch.id)))


def _lengths(found: Booking) -> list[int]:
    return sorted({*LENGTHS, slots.real_minutes(found.starts_at, found.ends_at)})


def values_of(found: Booking) -> Typed:
    """A booking as its form shows it; the title only to those whose business it is."""
    readable = base.reader()(found)
    return Typed({
        "resource": str(found.resource_id), "day": found.local_start[:10], "at": found.local_start[11:],
        "minutes": str(slots.real_minutes(found.starts_at, found.ends_at)), "people": str(found.people),
        "title": found.title if readable else "", "private": "y" if found.private else "",
        "attendees": "\n".join(found.attendees) if readable else "", "version": str(found.version), "scope": "this"})
