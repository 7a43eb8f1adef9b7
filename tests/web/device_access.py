"""Who may manage and be a device: rows of the settings and of the lobby's tablet.

A row "device:kiosk" lets only a paired tablet in, "device:panel" only a door panel: everybody else gets 401. Records
in addresses are Polanco's, so that Tijuana's tablet must get 404. Everywhere else both are sent back to their page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from fastoffice import clock, transaction
from fastoffice.branches.models import Branch
from fastoffice.extensions import db
from fastoffice.visitors.models import Visit, VisitPolicy
from fastoffice.visitors.service import SignIn, sign_in
from tests.factories.devices import paired
from tests.factories.people import ACTOR, Cast

KIOSK, PANEL = "device:kiosk", "device:panel"
CALLS = ("sync", "match_host", "recognize", "rules", "invitation", "sign_in", "status", "badge", "sign_out",
         "call_reception", "member", "free_rooms", "book_room")

TABLE: dict[str, str] = {
    **dict.fromkeys(("settings.devices_page", "settings.offer_code", "settings.end_device"), "devices.manage"),
    **dict.fromkeys(("kiosk.index", "kiosk.pair", "kiosk.manifest", "kiosk.service_worker", "kiosk.static_file"),
                    "public"),
    **{f"kiosk_calls.{name}": KIOSK for name in CALLS},
}


def a_visit(cast: Cast) -> str:
    """The key of somebody who signed in at Polanco's tablet; made once."""
    found = db.session.scalar(sa.select(Visit.request_key))
    if found is None:
        key, now, found = cast.polanco.id, clock.now(), "a-visit-of-polanco"
        told = SignIn(request_key=found, name="Ana Pérez", contact="5512345678", host_text="Nadie")
        transaction.run(lambda: sign_in(db.session.get_one(Branch, key), told, ACTOR, now))
    return str(found)


def print_badges(cast: Cast) -> None:
    """Polanco has a printer beside its tablet."""
    a_visit(cast)
    transaction.run(lambda: db.session.add(VisitPolicy(branch_id=cast.polanco.id, prints_badge=True)))


SAMPLES: dict[str, Callable[[Cast], Any]] = {
    "device_id": lambda cast: paired(cast.polanco)[0].id,
    "key": a_visit,
    "kiosk.static_file:filename": lambda _cast: "css/kiosk.css",
}
EVERYBODYS: set[str] = {"kiosk.static_file"}
FORMS: dict[str, dict[str, Any]] = {
    "kiosk_calls.sign_in": {"key": "table-1", "kind": "visit", "name": "Eva Sol", "contact": "5587654321",
                            "host_text": "Nadie"},
    "kiosk_calls.call_reception": {"key": "table-2"},
    "kiosk_calls.invitation": {"key": "table-3", "code": "K7QX2MPB"},
}
PREPARE: dict[str, Callable[[Cast], object]] = {"kiosk_calls.badge": print_badges}
# devices see these as everybody does; elsewhere they are sent back to their own page
OPEN = {"static", "health.show"}
