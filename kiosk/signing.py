"""Reading a sign-in as the tablet sends it, and noting it so that nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import g, request

from fastoffice.audit import Actor
from fastoffice.branches.models import Branch
from fastoffice.documents.images import ImageRefused
from fastoffice.errors import Refusal
from fastoffice.extensions import db
from fastoffice.mailroom import service as mailroom
from fastoffice.mailroom.service import Entry
from fastoffice.visitors import service
from fastoffice.visitors.service import Signed, SignedIn, SignIn

DETAILS = ("purpose", "position", "vehicle", "authority", "identification", "document")
LONGEST_AGE = 7 * 86_400
LARGEST_PICTURE = 4 * 1024 * 1024
MOST_SIGNATURES = 8  # each is decoded in a process of its own


@dataclass(frozen=True, slots=True)
class Told:
    """`was_kept`: it waited in the tablet, nobody stands before it any more who could correct it."""

    data: SignIn
    was_kept: bool


def read(now: datetime, where: str) -> Told:
    """The form of this request, its pictures cleaned and stored. `age` is what passed since it was written, by the
    tablet's own clock: whether that clock is right does not matter.
    """
    form = request.form
    data = SignIn(
        request_key=form.get("key", "")[:64], kind=form.get("kind", ""), name=_line("name"), company=_line("company"),
        contact=_line("contact"), host=form.get("host", "")[:500], host_text=_line("host_text"),
        host_company=_line("host_company"), invitation=form.get("invitation", "")[:300], photo_sha256=_photo(),
        signed=_signatures(), details={name: _line(name) for name in DETAILS if form.get(name)},
        remember=form.get("remember") == "y", language=str(g.language), where=where,
        arrived_at=now - timedelta(seconds=_age()))
    return Told(data, form.get("kept") == "y")


def note(branch: Branch, told: Told, actor: Actor, now: datetime) -> SignedIn | None:
    """The visit; of one that waited and is refused now, a call to reception with what it said, and None.

    Raises the refusals of visitors.service.sign_in for whoever still stands there.
    """
    if not told.was_kept:
        return _note(branch, told.data, actor, now)
    try:
        with db.session.begin_nested():
            return _note(branch, told.data, actor, now)
    except Refusal:
        said = " · ".join(filter(None, (told.data.name, told.data.company, told.data.contact, told.data.host_text)))
        service.call_reception(branch, f"kept-{told.data.request_key}", actor, now, where=told.data.where, note=said)
        return None


def _note(branch: Branch, data: SignIn, actor: Actor, now: datetime) -> SignedIn:
    """The visit; what was delivered lies in the mail room as well, in the tray where nobody can tell whose it is."""
    came = service.sign_in(branch, data, actor, now)
    if data.kind == "delivery":
        mailroom.log_item(branch, Entry(
            request_key=data.request_key, kind="parcel", addressee=data.host_text or "—", carrier=data.company,
            photo_sha256=data.photo_sha256), actor, now)
    return came


def _line(name: str) -> str:
    return str(request.form.get(name, ""))[:300]


def _age() -> float:
    text = request.form.get("age", "0")
    return min(float(text), LONGEST_AGE) if text.isdecimal() else 0.0


def _photo() -> str | None:
    sent = request.files.get("photo")
    data = sent.stream.read(LARGEST_PICTURE + 1) if sent else b""
    return service.keep_photo(data) if 0 < len(data) <= LARGEST_PICTURE else None


def _signatures() -> list[Signed]:
    """Each signed version with its picture; one that can't be read does not count as signed."""
    found: list[Signed] = []
    for name, sent in request.files.items():
        rules_id = name.removeprefix("signature-")
        if not name.startswith("signature-") or not rules_id.isdecimal() or len(rules_id) > 15:
            continue
        if len(found) == MOST_SIGNATURES:
            break
        try:
            found.append(Signed(int(rules_id), service.keep_signature(sent.stream.read(LARGEST_PICTURE))))
        except ImageRefused:
            found.append(Signed(int(rules_id), None))
    return found
