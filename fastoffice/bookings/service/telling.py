"""Telling those who meet: booked, changed, cancelled, each with the meeting for their calendar."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from flask_babel import force_locale

from fastoffice import clock
from fastoffice.bookings import calendars
from fastoffice.bookings.models import Booking
from fastoffice.bookings.queries import feeds as reading
from fastoffice.bookings.rules import states
from fastoffice.branches.models import Branch
from fastoffice.clients import queries as clients
from fastoffice.documents import service as documents
from fastoffice.documents.service import DocumentSpec
from fastoffice.locale import weekday_long
from fastoffice.notifications.service import NoticeSpec, owe_notice

BOOKED, CHANGED, CANCELLED, OFFERED = "room_booked", "room_changed", "room_cancelled", "room_offered"
Speaker = Callable[[Branch, Booking, str], Collection[str]]
_speakers: list[Speaker] = []


def let_speak(speaker: Speaker) -> None:
    """Let whoever sold a booking tell of it in their own words; they answer to whom. Again without harm."""
    if speaker not in _speakers:
        _speakers.append(speaker)


def readers(booking: Booking) -> list[str]:
    """Who is told: whoever booked, whom they invite, and a guest."""
    addresses = [booking.organiser_email, booking.guest_email, *booking.attendees]
    return list(dict.fromkeys(address for address in addresses if address))


def tell(branch: Branch, booking: Booking, kind: str, *, series: Sequence[Booking] = (), until: datetime | None = None
         ) -> None:
    """Owe the message of this change, once; nobody to tell, nothing owed. A `series` is told in one message."""
    told = {address for speaker in _speakers for address in speaker(branch, booking, kind)}
    emails = [address for address in readers(booking) if address.lower() not in told]
    if not emails:
        return
    language = _language(branch, booking)
    attached = meeting(branch, series or [booking], language) if kind != OFFERED else ()
    _owe(branch, booking, kind, emails, attached, str(booking.sequence), until)


def uninvite(branch: Branch, booking: Booking, gone: Sequence[str], *, series: Sequence[Booking] = ()) -> None:
    """Tell those who are no longer invited that for them it is cancelled; their calendars take it out."""
    if not gone or booking.state not in (states.CONFIRMED, states.CHECKED_IN):
        return
    attached = meeting(branch, series or [booking], _language(branch, booking), only=gone)
    _owe(branch, booking, CANCELLED, list(gone), attached, f"{booking.sequence}.gone")


def _language(branch: Branch, booking: Booking) -> str:
    client = clients.client_of(branch.id, booking.client_id) if booking.client_id else None
    return (client.language if client else "") or branch.language


def _owe(branch: Branch, booking: Booking, kind: str, emails: list[str], attached: tuple[tuple[str, int, str], ...],
         occasion: str, until: datetime | None = None) -> None:
    client = clients.client_of(branch.id, booking.client_id) if booking.client_id else None
    language = _language(branch, booking)
    starts = clock.local(booking.starts_at, branch.timezone)
    ends = clock.local(booking.ends_at, branch.timezone)
    name = booking.organiser_name or booking.guest_name
    owe_notice(NoticeSpec(
        branch_id=branch.id, kind=kind, subject=("booking", booking.id), occasion=occasion,
        party_id=booking.client_id, party_name=client.display_name if client else booking.guest_name,
        language=language, emails=emails, documents=attached,
        context={"client_name": client.display_name if client else booking.guest_name,
                 "contact_name": name or (client.display_name if client else ""), "room_name": booking.resource.name,
                 "booking_time": f"{weekday_long(starts.date(), language)}, {starts:%H:%M}–{ends:%H:%M}",
                 "booking_title": booking.title or "—",
                 "offer_until": f"{clock.local(until, branch.timezone):%H:%M}" if until else "",
                 "branch_name": f"Fast Office {branch.name}", "branch_phone": branch.phone or "",
                 "branch_email": branch.email or ""}))


def meeting(branch: Branch, rows: Sequence[Booking], language: str, *, only: Sequence[str] = ()
            ) -> tuple[tuple[str, int, str], ...]:
    """The meeting as a file that goes with the message; cancelled for `only` those who are no longer invited."""
    first = rows[0]
    with force_locale(language):
        text = calendars.invitation([reading.of_booking(row.id) for row in rows], branch.email, only=only)
    kind = f"ics.{first.sequence}{'.gone' if only else ''}"
    method = "CANCEL" if b"METHOD:CANCEL" in text else "REQUEST"
    documents.keep_ready(DocumentSpec(branch.id, "booking", first.id, kind, "reunion.ics"), text,
                         f"text/calendar; method={method}; charset=utf-8")
    return (("booking", first.id, kind),)
