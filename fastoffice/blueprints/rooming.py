"""Words of bookings and wall times as forms send them, for the staff's pages and the portal's."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import Response
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from fastoffice.blueprints.typed import Typed
from fastoffice.bookings.models import Resource
from fastoffice.bookings.rules import slots, states
from fastoffice.documents.files import files
from fastoffice.errors import NotFound
from fastoffice.sent import whole

STATES: dict[str, Any] = {
    states.HELD: _l("Held"), states.PENDING: _l("To approve"), states.CONFIRMED: _l("Confirmed"),
    states.CHECKED_IN: _l("In the room"), states.DONE: _l("Over"),
    states.CANCELLED: lazy_pgettext("booking", "Cancelled"),
    states.NO_SHOW: _l("Nobody came"), states.RELEASED: _l("Hold ran out"),
}
TONES = {states.HELD: "warn", states.PENDING: "warn", states.CONFIRMED: "info", states.CHECKED_IN: "ok",
         states.NO_SHOW: "bad"}
KINDS: dict[str, Any] = {"room": _l("Meeting room"), "booth": _l("Phone booth"), "parking": _l("Parking place")}
LONGEST = 366 * 24 * 60  # minutes: what a form asks for beyond is refused as this much
LONGEST_SHOWN = 40  # characters
LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240, 300, 360, 480)


def wall_of(form: Typed, day: str = "day", at: str = "at") -> datetime | None:
    """Day and hour of a form as a wall time; what cannot be read is noted beside its field."""
    chosen = form.day(day)
    try:
        hour = time.fromisoformat(form.text(at).strip()[:5])
    except ValueError:
        form.errors[at] = _l("Write an hour like 09:00.")
        return None
    return datetime.combine(chosen, hour) if chosen else None


def end_after(starts: datetime, minutes: int, zone: str) -> datetime:
    """The wall time real `minutes` after one, also in a night with a clock change."""
    return slots.to_wall(slots.to_utc(starts, zone) + timedelta(minutes=min(minutes, LONGEST)), zone)


def photo_of(room: Resource | None) -> Response:
    """A room's photo, for whoever may see the room: each audience's own route finds the room first.

    Its address carries `v`, the beginning of its hash, so that browsers keep it. Raises NotFound without one.
    """
    if room is None or room.photo_sha256 is None:
        raise NotFound(_l("There is no such picture."))
    response = Response(files().get(room.photo_sha256), mimetype="image/jpeg")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def length_name(minutes: int) -> str:
    """"1 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))


def as_shown(figures: tuple[int, int] | None) -> str:
    """What a form carries of the (included minutes, subtotal) that its page shows; `price_shown` reads it."""
    return ",".join(map(str, figures)) if figures else ""


def price_shown(text: str) -> tuple[int, int] | None:
    """The (included minutes, subtotal) that a page showed, as its form carries them ("30,15000"), or None."""
    parts = [whole(part, -1) for part in text[:LONGEST_SHOWN].split(",")]
    return (parts[0], parts[1]) if len(parts) == 2 and min(parts) >= 0 else None


def addresses(form: Typed, name: str, most: int = 20) -> tuple[str, ...]:
    """E-mail addresses that were typed, one a line or with commas between; a wrong one is noted beside its field."""
    found: list[str] = []
    for word in form.text(name)[:6000].replace(",", " ").replace(";", " ").split():
        try:
            found.append(validate_email(word, check_deliverability=False, allow_smtputf8=False).normalized.lower())
        except EmailNotValidError:
            form.errors[name] = _l("“%(text)s” is not an e-mail address.", text=word[:60])
    if len(set(found)) > most:
        form.errors[name] = _l("At most %(count)s people can be invited.", count=most)
    return tuple(dict.fromkeys(found))[:most]
