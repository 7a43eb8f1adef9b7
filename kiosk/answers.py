"""What the tablet is told, as plain values."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fastoffice import clock
from fastoffice.bookings.queries.walk_in import walk_in
from fastoffice.branches.models import Branch
from fastoffice.documents.qr import qr_png
from fastoffice.identity.devices import Device
from fastoffice.visitors import queries
from fastoffice.visitors.queries import Present, Status
from fastoffice.visitors.service import SignedIn, agreeing, tokens
from kiosk import files
from kiosk.words import LANGUAGES

ROOMS = ("room", "booth")



def lobby_of(branch: Branch, now: datetime) -> dict[str, Any]:
    """How the branch wants its lobby, what visitors sign there, until when a room can be had (HH:MM, "" for none), and
    which version of the page is the newest.
    """
    until = walk_in(branch, ROOMS, now).until
    lobby = queries.lobby(branch.id)
    rules = [{"id": row.id, "kind": row.kind, "kinds": list(row.visit_kinds),
              "texts": {language: agreeing.text_in(row, language) for language in LANGUAGES}}
             for row in agreeing.current(branch.id).values()]
    return {"version": files.version(), "photo": lobby.asks_photo, "badge": lobby.prints_badge, "rules": rules,
            "notice": lobby.privacy_notice,
            "rooms": clock.local(until, branch.timezone).strftime("%H:%M") if until else ""}


def signed_in(came: SignedIn) -> dict[str, Any]:
    """What the waiting page begins with; the code ends the visit at the tablet."""
    return {"state": came.state, "told": came.told, "badge": tokens.spoken(came.badge), "qr": _picture(came.badge)}


def status(found: Status) -> dict[str, Any]:
    return {"state": found.state, "note": found.note, "told": found.told, "escalated": found.escalated}


def sealed_list(device: Device, people: Sequence[Present], now: datetime) -> dict[str, str] | None:
    """Who is inside, as only the PIN opens it (AES-256-GCM, base64); None for a device without a PIN."""
    if not device.list_key:
        return None
    zone = device.branch.timezone
    rows = [{"name": each.name, "company": each.company, "host": each.host, "unsure": each.unsure,
             "since": clock.local(each.arrived_at, zone).strftime("%H:%M")} for each in people]
    said = {"made": clock.local(now, zone).strftime("%Y-%m-%d %H:%M"), "people": rows}
    nonce = os.urandom(12)
    sealed = AESGCM(bytes.fromhex(device.list_key)).encrypt(nonce, json.dumps(said).encode(), None)
    return {"salt": device.list_salt, "iv": _base64(nonce), "data": _base64(sealed)}


def _picture(code: str) -> str:
    return f"data:image/png;base64,{_base64(qr_png(code, 4))}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
