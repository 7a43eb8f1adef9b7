"""Bookings as iCalendar: wall times with their zone's own rules, a UID that stays, a SEQUENCE that grows.

`may_read` says of a row whether its title is the reader's business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from icalendar import Calendar, Event, FreeBusy, Timezone, vCalAddress, vText

from fastoffice.bookings.rules import states

STATUS = {states.CANCELLED: "CANCELLED", states.NO_SHOW: "CANCELLED", states.PENDING: "TENTATIVE"}
PRODUCT = "-//FastOffice//Rooms//EN"
ZONE_YEAR = timedelta(days=366)
MINUTE = timedelta(minutes=1)
OFTEN = timedelta(minutes=15)  # how often programs are asked to look again
Reader = Callable[[Any], bool]


def public_titles(row: Any) -> bool:
    """What anybody may read who knows a room's address."""
    return not (row.private or row.room_is_private)


def titles_for(email: str) -> Reader:
    """What a reader among those whose bookings they are may read: not what colleagues keep private."""
    reader = email.lower()

    def may_read(row: Any) -> bool:
        return not row.private or reader in {each.lower() for each in (row.organiser_email, *row.attendees) if each}

    return may_read


def feed(name: str, rows: Sequence[Any], zone: str, *, may_read: Reader) -> bytes:
    """A calendar to subscribe to; `zone` is told when there is nothing else in it."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-published-ttl", "PT15M")
    calendar.add("refresh-interval", OFTEN, parameters={"VALUE": "DURATION"})
    for row in rows:
        calendar.add_component(_event(row, open_title=may_read(row)))
    return _with_zones(calendar, rows, zone)


def invitation(rows: Sequence[Any], sender: str, *, only: Sequence[str] = ()) -> bytes:
    """A booking, or all of a series, for those who meet: asked to come, or told that it is cancelled.

    With `only` it is cancelled for these readers, who are no longer invited, and goes on for the others.
    """
    cancelled = bool(only) or all(STATUS.get(row.state) == "CANCELLED" for row in rows)
    calendar = _calendar("CANCEL" if cancelled else "REQUEST")
    for row in rows:
        calendar.add_component(_asked(row, sender, only))
    return _with_zones(calendar, rows, rows[0].zone)


def _asked(row: Any, sender: str, only: Sequence[str]) -> Event:
    """The event with who asks whom."""
    event = _event(row, open_title=True)
    if only:
        event["status"], event["transp"] = vText("CANCELLED"), vText("TRANSPARENT")
    organiser = vCalAddress(f"MAILTO:{row.organiser_email or sender}")
    organiser.params["cn"] = vText(row.organiser_name or row.client_name or row.place)
    event["organizer"] = organiser
    invited = [*row.attendees, *([row.organiser_email] if row.organiser_email else [])]
    for address in dict.fromkeys(only or invited):
        attendee = vCalAddress(f"MAILTO:{address}")
        attendee.params["rsvp"] = vText("FALSE")
        attendee.params["role"] = vText("REQ-PARTICIPANT")
        event.add("attendee", attendee, encode=False)
    return event


def free_busy(key: str, rows: Sequence[Any], first: datetime, last: datetime) -> bytes:
    """When it is taken, and nothing else, between two moments; `key` tells one address from another."""
    calendar = _calendar("PUBLISH")
    busy = FreeBusy()
    busy.add("dtstamp", max((row.changed_at for row in rows), default=first))
    busy.add("dtstart", first.astimezone(UTC))
    busy.add("dtend", last.astimezone(UTC))
    busy.add("uid", f"{key}@fastoffice")
    for row in rows:
        status = STATUS.get(row.state)
        if status != "CANCELLED":
            kind = "BUSY-TENTATIVE" if status == "TENTATIVE" else "BUSY"
            busy.add("freebusy", (row.starts_at, end_of(row)), parameters={"fbtype": kind})
    calendar.add_component(busy)
    return bytes(calendar.to_ical())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(row: Any, *, open_title: bool) -> Event:
    event, zone = Event(), ZoneInfo(row.zone)
    event.add("uid", row.uid)
    event.add("sequence", row.sequence)
    event.add("dtstamp", row.changed_at)
    event.add("last-modified", row.changed_at)
    event.add("created", row.created_at)
    event.add("dtstart", row.starts_at.astimezone(zone))
    event.add("dtend", end_of(row).astimezone(zone))
    event.add("summary", title_of(row) if open_title else _("Booked"))
    event.add("location", f"{row.room}, {row.place}")
    event.add("status", STATUS.get(row.state, "CONFIRMED"))
    event.add("transp", "TRANSPARENT" if STATUS.get(row.state) == "CANCELLED" else "OPAQUE")
    event.add("class", "PRIVATE" if row.private else "PUBLIC")
    return event


def end_of(row: Any) -> datetime:
    """When the room was free again: for those who left early that is then, to the minute, whatever it cost."""
    if row.state != states.DONE or row.ended_at is None or row.ended_at >= row.ends_at:
        return row.ends_at
    left = row.ended_at.replace(second=0, microsecond=0)
    return max(left, row.starts_at + MINUTE)


def title_of(row: Any) -> str:
    """What a booking is about, else whose it is."""
    return str(row.title or row.client_name or row.guest_name or _("Booked"))


def _with_zones(calendar: Calendar, rows: Sequence[Any], zone: str) -> bytes:
    """The calendar as text, with the rules of each zone for the years that it speaks of."""
    if rows:
        first = min(row.starts_at for row in rows) - ZONE_YEAR
        last = max(row.ends_at for row in rows) + ZONE_YEAR
        calendar.add_missing_timezones(first_date=first.date(), last_date=last.date())
    else:
        calendar.add_component(Timezone.from_tzid(zone))  # a calendar without anything in it is none
    return bytes(calendar.to_ical())
