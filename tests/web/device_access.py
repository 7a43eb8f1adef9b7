"""Who may manage and be a device: rows of the settings, of the lobby's tablet and of what both may never open.

A row "device:kiosk" lets only a paired tablet in: everybody else gets 401.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.factories.devices import paired
from tests.factories.people import Cast

KIOSK, PANEL = "device:kiosk", "device:panel"

TABLE: dict[str, str] = dict.fromkeys(
    ("settings.devices_page", "settings.offer_code", "settings.end_device"), "devices.manage")
SAMPLES: dict[str, Callable[[Cast], Any]] = {"device_id": lambda cast: paired(cast.polanco)[0].id}
EVERYBODYS: set[str] = set()
