"""Bookings as iCalendar: wall times with their zone's own rules, a UID that stays, a SEQUENCE that grows.

Titles of private bookings are not in it unless whoever reads is their owner (`open_titles`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from icalendar import Calendar, Event, FreeBusy, vCalAddress, vText

from fastoffice.bookings.rules import states

STATUS = {states.CANCELLED: "CANCELLED", states.NO_SHOW: "CANCELLED", states.PENDING: "TENTATIVE"}
PRODUCT = "-//FastOffice//Rooms//EN"
ZONE_YEAR = timedelta(days=366)


def feed(name: str, rows: Sequence[Any], place: str, *, open_titles: bool) -> bytes:
    """A calendar to subscribe to."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-published-ttl", "PT15M")
    for row in rows:
        calendar.add_component(_event(row, place, open_titles=open_titles))
    return _with_zones(calendar, rows)


def invitation(rows: Sequence[Any], place: str, sender: str) -> bytes:
    """A booking, or all of a series, for those who meet: asked to come, or told that it is cancelled."""
    cancelled = all(STATUS.get(row.state) == "CANCELLED" for row in rows)
    calendar = _calendar("CANCEL" if cancelled else "REQUEST")
    for row in rows:
        calendar.add_component(_asked(row, place, sender))
    return _with_zones(calendar, rows)


def _asked(row: Any, place: str, sender: str) -> Event:
    """The event with who asks whom."""
    event = _event(row, place, open_titles=True)
    organiser = vCalAddress(f"MAILTO:{row.organiser_email or sender}")
    organiser.params["cn"] = vText(row.organiser_name or row.client_name or place)
    event["organizer"] = organiser
    for address in dict.fromkeys([*row.attendees, *([row.organiser_email] if row.organiser_email else [])]):
        attendee = vCalAddress(f"MAILTO:{address}")
        attendee.params["rsvp"] = vText("FALSE")
        attendee.params["role"] = vText("REQ-PARTICIPANT")
        event.add("attendee", attendee, encode=False)
    return event


def free_busy(rows: Sequence[Any], first: datetime, last: datetime) -> bytes:
    """When it is taken, and nothing else, between two moments."""
    calendar = _calendar("PUBLISH")
    busy = FreeBusy()
    busy.add("dtstamp", max((row.changed_at for row in rows), default=first))
    busy.add("dtstart", first)
    busy.add("dtend", last)
    busy.add("uid", "busy@fastoffice")
    for row in rows:
        if STATUS.get(row.state) != "CANCELLED":
            busy.add("freebusy", (row.starts_at, row.ends_at))
    calendar.add_component(busy)
    return bytes(calendar.to_ical())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(row: Any, place: str, *, open_titles: bool) -> Event:
    event, zone = Event(), ZoneInfo(row.zone)
    event.add("uid", row.uid)
    event.add("sequence", row.sequence)
    event.add("dtstamp", row.changed_at)
    event.add("last-modified", row.changed_at)
    event.add("created", row.created_at)
    event.add("dtstart", row.starts_at.astimezone(zone))
    event.add("dtend", row.ends_at.astimezone(zone))
    event.add("summary", title_of(row, open_titles=open_titles))
    event.add("location", f"{row.room}, {place}")
    event.add("status", STATUS.get(row.state, "CONFIRMED"))
    event.add("transp", "TRANSPARENT" if STATUS.get(row.state) == "CANCELLED" else "OPAQUE")
    event.add("class", "PRIVATE" if row.private else "PUBLIC")
    return event


def title_of(row: Any, *, open_titles: bool) -> str:
    """What is said of a booking: "Booked" where its title is nobody's business."""
    if not open_titles and (row.private or row.room_is_private):
        return str(_("Booked"))
    return str(row.title or row.client_name or row.guest_name or _("Booked"))


def _with_zones(calendar: Calendar, rows: Sequence[Any]) -> bytes:
    """The calendar as text, with the rules of each zone for the years that it speaks of."""
    if rows:
        first = min(row.starts_at for row in rows) - ZONE_YEAR
        last = max(row.ends_at for row in rows) + ZONE_YEAR
        calendar.add_missing_timezones(first_date=first.date(), last_date=last.date())
    return bytes(calendar.to_ical())
