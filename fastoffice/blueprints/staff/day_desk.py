"""Mi día at the front desk: who waits for whom, what lies in the mail room, what clients ask, who has which room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from fastoffice import counting, locale
from fastoffice.bookings.queries.day import Day, rest_of_day
from fastoffice.branches.models import Branch
from fastoffice.identity.access import can
from fastoffice.mailroom import queries as mailroom
from fastoffice.receivables import queries as receivables
from fastoffice.visitors import queries as visitors

Task = dict[str, Any]
FEW, SOON_MINUTES = 3, 2


@dataclass(frozen=True, slots=True)
class Desk:
    """Tasks of this minute, tasks of today, and the rooms as `rest_of_day` tells them (None: not for this person)."""

    now: list[Task]
    today: list[Task]
    rooms: Day | None


def look(branch: Branch, now: datetime) -> Desk:
    """Three statements."""
    counts = counting.counts_of(_questions(branch))
    rooms = rest_of_day(branch, now) if can("rooms.view") else None
    wanted = _calls(counts.get("calls", 0)) + (_waiting(branch, now) if can("visits.register") else [])
    asked = _requests(counts.get("asked", 0)) + (_approvals(branch, rooms) if rooms and can("rooms.book") else [])
    return Desk(wanted, asked + _mail(counts), rooms)


def task(text: str, url: str, note: str, pill: str, tone: str) -> Task:
    return {"text": text, "url": url, "note": note, "pill": pill, "tone": tone}


def _questions(branch: Branch) -> dict[str, sa.Select[Any]]:
    """What is counted, of what this person looks after."""
    found: dict[str, sa.Select[Any]] = {}
    if can("visits.view"):
        found["calls"] = visitors.unattended(branch.id)
    if can("requests.decide"):
        found["asked"] = receivables.unanswered(branch.id)
    return found | mailroom.heaps(branch.id) if can("mailroom.handle") else found


def _calls(count: int) -> list[Task]:
    """Reception is wanted in the lobby now."""
    text = ngettext("%(num)d call from the lobby", "%(num)d calls from the lobby", count)
    return [task(text, url_for("visits.board"), "", _("now"), "bad")] if count else []


def _waiting(branch: Branch, now: datetime) -> list[Task]:
    """Visitors whom nobody fetched yet; beyond the first ones the board tells."""
    tasks, rows = [], visitors.waiting(branch.id, now, FEW + 1)
    for row in rows[:FEW]:
        minutes = max(int((now - row.arrived_at).total_seconds() // 60), 0)
        text = _("%(visitor)s waits for %(host)s", visitor=row.visitor_name or row.company, host=row.host or "—")
        tasks.append(task(text, url_for("visits.show", visit_id=row.id), ngettext(
            "%(num)d minute", "%(num)d minutes", minutes), _("in the lobby"),
            "bad" if minutes > SOON_MINUTES else "warn"))
    if len(rows) > FEW:
        tasks.append(task(_("More visitors wait in the lobby"), url_for("visits.board"), "", _("now"), "warn"))
    return tasks


def _requests(count: int) -> list[Task]:
    """What clients asked in the portal and nobody answered."""
    text = ngettext("Answer %(num)d request of a client", "Answer %(num)d requests of clients", count)
    return [task(text, url_for("requests.index"), "", _("waiting"), "warn")] if count else []


def _approvals(branch: Branch, rooms: Day) -> list[Task]:
    """Rooms that clients asked for."""
    return [task(_("Approve %(room)s for %(who)s", room=row.room, who=row.who or "—"),
                 url_for("rooms.show", booking_id=row.id), locale.moment_local(row.starts_at, branch.timezone),
                 _("waiting"), "warn") for row in rooms.to_approve[:FEW]]


def _mail(counts: dict[str, int]) -> list[Task]:
    """What clients asked about their mail, mail that is nobody's, and what is to be handed over."""
    tasks = []
    if counts.get("requests"):
        text = ngettext("Do what %(num)d client asked with its mail",
                        "Do what clients asked with %(num)d pieces of mail", counts["requests"])
        tasks.append(task(text, url_for("mail.requests"), "", _("waiting"), "warn"))
    if counts.get("unassigned"):
        text = ngettext("Find out whose %(num)d piece of mail is", "Find out whose %(num)d pieces of mail are",
                        counts["unassigned"])
        tasks.append(task(text, url_for("mail.index", show="unassigned"), "", _("unassigned"), "info"))
    known = counts.get("here", 0) - counts.get("unassigned", 0)
    if known > 0:
        tasks.append(task(ngettext("Hand over %(num)d piece of mail", "Hand over %(num)d pieces of mail", known),
                          url_for("mail.index"), "", _("here"), "mute"))
    return tasks
