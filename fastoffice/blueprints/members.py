"""Somebody of a client who stands before a device: company, name and the PIN that their company gave them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeTimedSerializer

from fastoffice import transaction
from fastoffice.branches.models import Branch
from fastoffice.errors import Refusal
from fastoffice.folding import fold
from fastoffice.mailroom.service import nominees
from fastoffice.visitors import service as visitors
from fastoffice.visitors.service import tokens

STAYS = 600  # seconds between the PIN and the booking


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a client whose PIN was right."""

    client_id: int
    name: str


class PinAgain(Refusal):
    """The PIN was typed too long ago, or never."""

    def __init__(self) -> None:
        super().__init__(_l("Please write your PIN once more."), field="member_pin")


def who(branch: Branch, company: str, name: str, pin: str, now: datetime) -> Member | None:
    """Who it is, all three being right, or nobody: which one was wrong shows neither in the answer nor in its time.

    Wrong PINs are counted in a unit of their own; after five the person is locked out for a while.
    """
    found = visitors.match_host(branch, company)
    host = tokens.open_host(branch.id, found.host) if found.host else None
    key = fold(name)
    person = next((each for each in nominees.in_force(host[0]) if each.name_key == key), None) if host else None
    if host is None or person is None:
        nominees.pretend(pin)
        return None
    client_id, nominee_id, named = host[0], person.id, person.name
    try:
        is_right = transaction.run(lambda: nominees.try_pin(client_id, nominee_id, pin, now))
    except Refusal:  # locked, or ended this moment
        nominees.pretend(pin)
        is_right = False
    return Member(client_id, named) if is_right else None


def sealed(branch_id: int, member: Member | None) -> str:
    """What the page carries from the PIN to the booking; "" for nobody."""
    return str(_box().dumps([branch_id, member.client_id, member.name])) if member else ""


def opened(branch_id: int, text: str) -> Member:
    """Whose PIN was right a moment ago, at this branch. Raises PinAgain."""
    try:
        its_branch, client_id, name = _box().loads(text, max_age=STAYS)
    except (BadData, ValueError, TypeError) as error:
        raise PinAgain from error
    if its_branch != branch_id:
        raise PinAgain
    return Member(client_id, name)


def _box() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kiosk-member")
