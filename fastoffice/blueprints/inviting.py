"""The form that invites a visitor, as reception and clients fill it in."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from datetime import time as wall_time

from flask_babel import lazy_gettext as _l

from fastoffice import clock
from fastoffice.blueprints.typed import Typed
from fastoffice.branches.models import Branch
from fastoffice.visitors.service import Invite

DEFAULT_HOURS = 2


def read_times(form: Typed, branch: Branch) -> tuple[datetime, datetime] | None:
    """From when until when, on the branch's clock; what cannot be read is noted beside its field."""
    day, until = form.day("day"), form.day("until", required=False)
    try:
        hour = wall_time.fromisoformat(form.text("hour").strip()[:5])
    except ValueError:
        form.errors["hour"] = _l("Write an hour like 09:00.")
        return None
    if day is None or "until" in form.errors:
        return None
    starts = clock.at_local(day, hour, branch.timezone)
    if until is None or until <= day:
        return starts, starts + timedelta(hours=DEFAULT_HOURS)
    return starts, clock.at_local(until, hour, branch.timezone) + timedelta(hours=DEFAULT_HOURS)


def invite_of(form: Typed, client_id: int, contact_id: int | None, times: tuple[datetime, datetime],
              language: str) -> Invite:
    """The form as the service takes it."""
    return Invite(
        request_key=form.text("request_key") or secrets.token_hex(16), client_id=client_id, contact_id=contact_id,
        name=form.text("name"), company=form.text("company"), email=form.text("email"), phone=form.text("phone"),
        kind=form.text("kind") or "visit", purpose=form.text("purpose"), starts_at=times[0], ends_at=times[1],
        language=language)
