"""What stands in the form of a booking, read as a wish: for whom, which room or any, when, who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from fastoffice.blueprints.rooming import KINDS, addresses, end_after, price_shown, wall_of
from fastoffice.blueprints.typed import Typed
from fastoffice.bookings.errors import BookingRefused, SlotTaken
from fastoffice.bookings.queries import free
from fastoffice.bookings.rules import slots
from fastoffice.bookings.service import Wish
from fastoffice.branches.models import Branch
from fastoffice.clients import lists as clients
from fastoffice.clients.models import Client
from fastoffice.extensions import db
from fastoffice.identity import access

FEW = 8
GUEST = "guest"
ANY = "any:"
MOST_GUESTS = 50
ALIASES = {"starts": "at", "ends": "minutes", "client": "client_name", "guest_name": "client_name"}


def wish_from(form: Typed, *, client_id: int | None = None) -> Wish | None:
    """What the form asks for; None with its errors noted when it cannot be read. `client_id`: whose it is already."""
    starts = wall_of(form)
    whose = client_id or chosen_client(form)
    [email, *_more], attendees = addresses(form, "email", 1) or [""], addresses(form, "attendees", MOST_GUESTS)
    ends = _end(form, starts)
    if starts is None or ends is None or form.errors:
        return None
    name, phone = form.text("organiser_name"), form.text("phone")
    wish = Wish(
        form.number("resource"), starts, ends, client_id=whose, people=form.number("people") or 1,
        title=form.text("title"), notes=form.text("notes"), private=form.on("private"), guest_phone=phone,
        attendees=attendees, request_key=form.text("request_key")[:64] or None, shown=shown_in(form))
    if whose:
        return replace(wish, organiser_name=name, organiser_email=email)
    return replace(wish, guest_name=form.text("client_name"), guest_email=email)


def _end(form: Typed, starts: datetime | None) -> datetime | None:
    if starts is None:
        return None
    try:
        return end_after(starts, max(form.number("minutes"), 1), access.current_branch().timezone)
    except BookingRefused as refusal:
        form.refuse(refusal, **ALIASES)
        return None


def pick(form: Typed) -> None:
    """Another room or hour that was offered takes the place of what stood in the form: "7 2026-12-03T16:00"."""
    room, _space, wall = form.text("pick").partition(" ")
    if room.isdecimal() and len(wall) == len("2026-12-03T16:00"):
        form.values.update(resource=room, day=wall[:10], at=wall[11:])


def kind_of(form: Typed) -> str:
    """"room" when any meeting room will do; empty when a certain one is wanted."""
    kind = form.text("resource").removeprefix(ANY)
    return kind if form.text("resource").startswith(ANY) and kind in KINDS else ""


def any_room(branch: Branch, wish: Wish, kind: str) -> Wish:
    """The wish with the smallest free room for its people. Raises SlotTaken when there is none."""
    starts_at, ends_at = slots.to_utc(wish.starts, branch.timezone), slots.to_utc(wish.ends, branch.timezone)
    offers = free.find_free(branch, starts_at, ends_at, people=wish.people, kind=kind)
    if not offers:
        raise SlotTaken
    return replace(wish, resource_id=offers[0].resource_id)


def shown_in(form: Typed) -> tuple[int, int] | None:
    """The price that the form showed: (included minutes, subtotal)."""
    return price_shown(form.text("shown"))


def chosen_client(form: Typed) -> int | None:
    """The client that was ticked, else the only one that what was typed means; None is a guest of the house.

    Several that could be meant, or another branch's, is noted beside the name.
    """
    if form.text("client") == GUEST:
        return None
    ticked = form.number("client")
    if ticked and not _is_ours(ticked):  # or the quote would tell another branch's hours
        form.errors["client_name"] = _l("There is no such client.")
        return None
    if ticked:
        return ticked
    rows = hits(form.text("client_name"))
    if len(rows) > 1:
        form.errors["client_name"] = _l("Choose which client it is, or a guest.")
    return rows[0].id if len(rows) == 1 else None


def hits(text: str) -> list[Any]:
    """Clients in use that hold every word."""
    rows = clients.find(access.current_branch().id, text.strip()[:80], FEW) if text.strip() else []
    return [row for row in rows if row.archived_at is None]


def offered(form: Typed) -> dict[str, Any]:
    """The clients to tick below the field, and who is: a client, the guest, or nobody yet."""
    ticked, typed = form.number("client"), form.text("client_name")
    known = db.session.get(Client, ticked) if ticked and _is_ours(ticked) else None
    if known is not None and not typed:
        form.values["client_name"] = typed = known.display_name
    rows = hits(typed)
    if known is not None and known.id not in [row.id for row in rows]:
        rows = [known, *rows]
    if known is None and form.text("client") == GUEST:
        chosen = GUEST
    else:
        chosen = str(known.id if known else rows[0].id if len(rows) == 1 else "")
    return {"hits": rows, "chosen": chosen if rows else GUEST, "guest": GUEST}


def _is_ours(client_id: int) -> bool:
    client = db.session.get(Client, client_id)
    return client is not None and client.branch_id == access.current_branch().id
